// Package merge joins what a person made of a generated file with what fabgen would generate now. It is pure: bytes in,
// bytes out, no file, no git.
//
// Every merge looks at three contents: the base, which was generated last, yours, which the person made of it, and
// theirs, which is generated now. Whatever only one side changed is taken; where both changed the same lines in two
// ways, both stand in the result between conflict markers in git's diff3 style.
package merge

import (
	"bytes"
	"slices"
)

// Result is a merged content.
type Result struct {
	Data      []byte // never nil
	Conflicts int    // places where both sides stand between markers
}

// File merges the file at path, whose name says whether it has a structure to merge by: JSON, YAML, go.mod, go.sum and
// settings such as .env. There, things that both sides add side by side do not conflict. A structure that cannot be
// read, and any other file, is merged as Text.
func File(path string, base, yours, theirs []byte) Result {
	if s := structureOf(path); s != nil && !sameText(yours, base) && !sameText(theirs, base) {
		if r, ok := s.merge(base, yours, theirs); ok {
			return r
		}
	}
	return Text(base, yours, theirs)
}

// Text merges by lines. The byte order mark, the line ends and the final line end of yours are kept, as far as theirs
// alone did not change them; lines that come from theirs end as most lines of yours do. It takes O(n·d) steps in the
// number of lines n and of differences d.
func Text(base, yours, theirs []byte) Result {
	words := dictionary{}
	b, y, t := words.split(base), words.split(yours), words.split(theirs)
	w := &writer{eol: dominantEnd(y, t)}
	w.merge(b, y, t)
	return Result{Data: w.finish(base, yours, theirs), Conflicts: w.conflicts}
}

// merge writes what comes of three texts. A region is where the base differs from either side; regions that touch are
// one, so that nothing is put together that nobody has seen side by side.
func (w *writer) merge(base, yours, theirs text) {
	mine, other := changes(base.keys, yours.keys), changes(base.keys, theirs.keys)
	var at, shiftMine, shiftOther int // at: the next line of the base; a shift turns one of its lines into one of a side
	for len(mine) > 0 || len(other) > 0 {
		r, m, o := nextRegion(mine, other)
		w.yours(yours, at+shiftMine, r.from+shiftMine)
		y0, t0 := r.from+shiftMine, r.from+shiftOther
		shiftMine += growth(mine[:m])
		shiftOther += growth(other[:o])
		y1, t1 := r.to+shiftMine, r.to+shiftOther
		switch {
		case o == 0, m > 0 && slices.Equal(yours.keys[y0:y1], theirs.keys[t0:t1]):
			w.yours(yours, y0, y1)
		case m == 0:
			w.theirs(theirs, t0, t1)
		default:
			w.conflict(base, yours, theirs, r, span{y0, y1}, span{t0, t1})
		}
		at, mine, other = r.to, mine[m:], other[o:]
	}
	w.yours(yours, at+shiftMine, len(yours.keys))
}

// span is a range of lines, without the line at its end.
type span struct{ from, to int }

// nextRegion gives the first lines of the base that changed, and how many changes of each side fall on them. There is
// at least one change.
func nextRegion(mine, other []change) (r span, m, o int) {
	if len(other) == 0 || len(mine) > 0 && mine[0].from < other[0].from {
		r.from = mine[0].from
	} else {
		r.from = other[0].from
	}
	r.to = r.from
	for {
		switch {
		case m < len(mine) && mine[m].from <= r.to:
			r.to = max(r.to, mine[m].to)
			m++
		case o < len(other) && other[o].from <= r.to:
			r.to = max(r.to, other[o].to)
			o++
		default:
			return r, m, o
		}
	}
}

// growth is how many lines more there are after the changes.
func growth(all []change) int {
	n := 0
	for _, c := range all {
		n += c.newTo - c.newFrom - (c.to - c.from)
	}
	return n
}

// sameText reports whether two texts are the same but for byte order mark and line ends.
func sameText(a, b []byte) bool { return bytes.Equal(a, b) || bytes.Equal(plain(a), plain(b)) }

// plain is a text without byte order mark and with LF at line ends.
func plain(data []byte) []byte {
	return bytes.ReplaceAll(bytes.TrimPrefix(data, mark), []byte("\r\n"), []byte("\n"))
}
