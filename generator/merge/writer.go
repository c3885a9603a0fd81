package merge

import "bytes"

// writer puts a merged text together.
type writer struct {
	bytes.Buffer
	eol       string // of lines that do not come from yours
	conflicts int
}

// yours writes lines of yours as they are.
func (w *writer) yours(t text, from, to int) {
	for _, line := range t.lines[from:to] {
		w.endLine()
		w.Write(line)
	}
}

// theirs writes lines with the line ends of yours.
func (w *writer) theirs(t text, from, to int) {
	for _, line := range t.lines[from:to] {
		w.endLine()
		w.Write(trimEnd(line))
		w.WriteString(w.eol)
	}
}

// endLine gives the line before a line end, where it was the last one of yours and had none.
func (w *writer) endLine() {
	if w.Len() > 0 && !endsLine(w.Bytes()) {
		w.WriteString(w.eol)
	}
}

func (w *writer) marker(label string) {
	w.endLine()
	w.WriteString(label + w.eol)
}

func (w *writer) conflict(base, yours, theirs text, b, y, t span) {
	w.conflicts++
	w.marker(markerYours)
	w.yours(yours, y.from, y.to)
	w.marker(markerBase)
	w.theirs(base, b.from, b.to)
	w.marker(markerMiddle)
	w.theirs(theirs, t.from, t.to)
	w.marker(markerTheirs)
}

// finish sets the two ends of the text: of the byte order mark and of the final line end, what yours has, unless only
// theirs differs from the base.
func (w *writer) finish(base, yours, theirs []byte) []byte {
	out := w.Bytes()
	out = bytes.TrimSuffix(bytes.TrimSuffix(out, []byte("\n")), []byte("\r"))
	whole := len(out) < w.Len() // there is a final line end
	if len(out) == 0 && !whole {
		return append([]byte{}, out...)
	}
	var final []byte
	if endsInLine(base, yours, theirs) {
		final = []byte(w.eol)
		if whole {
			final = w.Bytes()[len(out):]
		}
	}
	var head []byte
	if pick(bytes.HasPrefix(base, mark), bytes.HasPrefix(yours, mark), bytes.HasPrefix(theirs, mark)) {
		head = mark
	}
	return bytes.Join([][]byte{head, out, final}, nil)
}

// endsInLine says whether the result has a final line end. An empty side says nothing about it.
func endsInLine(base, yours, theirs []byte) bool {
	switch {
	case len(yours) == 0:
		return endsLine(theirs)
	case len(theirs) == 0:
		return endsLine(yours)
	case len(base) == 0:
		return endsLine(yours)
	}
	return pick(endsLine(base), endsLine(yours), endsLine(theirs))
}

// pick merges one property: that of yours, unless only theirs differs from the base.
func pick(base, yours, theirs bool) bool {
	if yours == base {
		return theirs
	}
	return yours
}
