package merge

import "bytes"

// mark is the byte order mark of UTF-8.
var mark = []byte("\xef\xbb\xbf")

// text is a file in lines.
type text struct {
	lines [][]byte // with their line ends; the last may have none
	keys  []int32  // what stands in each line apart from its line end: equal lines have equal keys
}

// dictionary gives each line that differs from all others a number.
type dictionary map[string]int32

// split cuts data into lines, without the byte order mark.
func (d dictionary) split(data []byte) text {
	data = bytes.TrimPrefix(data, mark)
	n := bytes.Count(data, []byte("\n")) + 1
	t := text{lines: make([][]byte, 0, n), keys: make([]int32, 0, n)}
	for line := range bytes.Lines(data) {
		t.lines = append(t.lines, line)
		t.keys = append(t.keys, d.key(trimEnd(line)))
	}
	return t
}

func (d dictionary) key(line []byte) int32 {
	if key, ok := d[string(line)]; ok {
		return key
	}
	key := int32(len(d))
	d[string(line)] = key
	return key
}

// trimEnd takes the line end off.
func trimEnd(line []byte) []byte {
	line, ended := bytes.CutSuffix(line, []byte("\n"))
	if ended {
		line = bytes.TrimSuffix(line, []byte("\r"))
	}
	return line
}

// dominantEnd is the line end of most lines of yours, or of theirs where yours has none.
func dominantEnd(yours, theirs text) string {
	for _, t := range []text{yours, theirs} {
		crlf, lf := 0, 0
		for _, line := range t.lines {
			switch {
			case bytes.HasSuffix(line, []byte("\r\n")):
				crlf++
			case bytes.HasSuffix(line, []byte("\n")):
				lf++
			}
		}
		if crlf > lf {
			return "\r\n"
		}
		if lf > 0 {
			return "\n"
		}
	}
	return "\n"
}

// endsLine reports whether the last line has a line end.
func endsLine(data []byte) bool { return bytes.HasSuffix(data, []byte("\n")) }
