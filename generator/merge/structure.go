package merge

import (
	"bytes"
	"path"
	"strings"
)

// structure is how files of one kind are merged by what they hold.
type structure struct {
	// align merges three texts and gives them back as texts that are the same but for what is in conflict. A merge by
	// lines, which follows, then marks just that. It gives nothing, ok being false, where it cannot read one of them or
	// cannot do so for what they hold. The texts have neither byte order mark nor CRLF.
	align func(base, yours, theirs []byte) (v variants, ok bool)
	// meaning is what a text says, apart from its layout. Texts that mean the same may stand for each other.
	meaning func(text []byte) string
}

// structureOf gives the structure of files of this name; nil where there is none to merge by.
func structureOf(file string) *structure {
	name := path.Base(file)
	switch {
	case name == "go.mod":
		return &structure{alignGoMod, goModMeaning}
	case name == "go.sum":
		return &structure{alignGoSum, goSumMeaning}
	case name == ".npmrc", name == ".env", strings.HasPrefix(name, ".env."), strings.HasSuffix(name, ".env"):
		return &structure{alignSettings, wholeText}
	}
	switch path.Ext(name) {
	case ".json":
		return &structure{alignJSON, jsonMeaning}
	case ".yaml", ".yml":
		return &structure{alignYAML, wholeText}
	}
	return nil
}

func wholeText(text []byte) string { return string(text) }

// merge merges by structure. It does so only where the structure can tell all that theirs changed: the change, applied
// to the base alone, must mean what theirs means.
func (s *structure) merge(base, yours, theirs []byte) (Result, bool) {
	b, y, t := plain(base), plain(yours), plain(theirs)
	untouched, ok := s.align(b, b, t)
	if !ok || s.meaning(untouched.yours.Bytes()) != s.meaning(t) {
		return Result{}, false
	}
	v, ok := s.align(b, y, t)
	if !ok {
		return Result{}, false
	}
	return v.finish(yours), true
}

// variants are three texts that are written side by side.
type variants struct{ base, yours, theirs bytes.Buffer }

// all writes what the three have in common.
func (v *variants) all(text string) { v.each(text, text, text) }

// each writes what is in conflict.
func (v *variants) each(base, yours, theirs string) {
	v.base.WriteString(base)
	v.yours.WriteString(yours)
	v.theirs.WriteString(theirs)
}

// merged writes one text that is merged: what only one side changed is taken from that side.
func (v *variants) merged(base, yours, theirs string) {
	switch {
	case yours == theirs || base == theirs:
		v.all(yours)
	case base == yours:
		v.all(theirs)
	default:
		v.each(base, yours, theirs)
	}
}

// finish merges the variants by lines, and gives the result the byte order mark and the line ends of yours.
func (v *variants) finish(yours []byte) Result {
	r := Text(v.base.Bytes(), v.yours.Bytes(), v.theirs.Bytes())
	if !endsLine(yours) && len(yours) > 0 {
		r.Data = bytes.TrimSuffix(r.Data, []byte("\n"))
	}
	r.Data = Text(plain(yours), yours, r.Data).Data
	return r
}

// list is what stands side by side in a structure: its keys in order, and what they hold in a form to compare.
type list struct {
	order []string
	value map[string]string
}

func (l list) has(key string) bool { _, ok := l.value[key]; return ok }

// add appends a key that is not there yet.
func (l *list) add(key, value string) {
	if l.value == nil {
		l.value = map[string]string{}
	}
	l.order = append(l.order, key)
	l.value[key] = value
}

// mergeKeys gives the keys of the result in order: those of yours, without what theirs alone took out, and with what
// theirs alone put in, each after what it follows in theirs. What yours took out stays out, and what yours changed and
// theirs took out stays in.
func mergeKeys(base, yours, theirs list) []string {
	var keys []string
	for _, k := range yours.order {
		taken := base.has(k) && !theirs.has(k) && base.value[k] == yours.value[k]
		if !taken {
			keys = append(keys, k)
		}
	}
	for i, k := range theirs.order {
		if !base.has(k) && !yours.has(k) {
			keys = insertKey(keys, theirs.order, i)
		}
	}
	return keys
}

// insertKey puts order[i] after the nearest key before it, or else before the nearest key after it.
func insertKey(keys, order []string, i int) []string {
	at := map[string]int{}
	for n, k := range keys {
		at[k] = n
	}
	place := len(keys)
	if before, ok := nearest(at, order[:i], true); ok {
		place = before + 1
	} else if after, ok := nearest(at, order[i+1:], false); ok {
		place = after
	}
	keys = append(keys, "")
	copy(keys[place+1:], keys[place:])
	keys[place] = order[i]
	return keys
}

func nearest(at map[string]int, order []string, last bool) (int, bool) {
	for n := range order {
		k := order[n]
		if last {
			k = order[len(order)-1-n]
		}
		if place, ok := at[k]; ok {
			return place, true
		}
	}
	return 0, false
}

// reindent moves a text of several lines, which begins within its first one, from one depth to another.
func reindent(text, from, to string) string {
	if from == to {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines[1:] {
		if rest, ok := strings.CutPrefix(line, from); ok {
			lines[i+1] = to + rest
		}
	}
	return strings.Join(lines, "")
}

// indentAt is the blank start of the line that a place in a text is in.
func indentAt(text string, at int) string {
	line := text[strings.LastIndexByte(text[:at], '\n')+1:]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}
