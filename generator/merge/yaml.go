package merge

import (
	"regexp"
	"strings"
)

// yamlKey is the start of a member of a block mapping.
var yamlKey = regexp.MustCompile("^(\"[^\"\\\\]*\"|'[^']*'|[^\\s#:'\"\\[\\]{}&*!|>%@`,?-][^#:]*?)\\s*:(?:\\s+(.*))?$")

// alignYAML merges block mappings by their keys, and block sequences by the names or the texts of their elements, at any
// depth. What it does not know for sure, such as several documents, tabs or flow style, it leaves to a merge by lines.
func alignYAML(base, yours, theirs []byte) (v variants, ok bool) {
	b, okB := readYAML(base)
	y, okY := readYAML(yours)
	t, okT := readYAML(theirs)
	if !okB || !okY || !okT || b.kind != y.kind || y.kind != t.kind {
		return v, false
	}
	v.blocks(b, y, t)
	return v, true
}

func readYAML(data []byte) (*block, bool) {
	text := closed(data)
	if strings.Contains(text, "\t") {
		return nil, false
	}
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, line)
	}
	top := &block{}
	return top, top.fill(lines)
}

// fill reads lines as the children of a block; false where they are no block mapping or sequence.
func (b *block) fill(lines []string) bool {
	first := 0
	for first < len(lines) && isYAMLNote(lines[first]) {
		first++
	}
	if first == len(lines) {
		return false
	}
	b.depth = blank(lines[first])
	b.kind = mapping
	if isElement(lines[first][len(b.depth):]) {
		b.kind = sequence
	}
	lead := 0
	for lead < len(lines) {
		start := lead
		for start < len(lines) && isYAMLNote(lines[start]) {
			start++
		}
		if start == len(lines) {
			break
		}
		end := b.end(lines, start)
		child := &block{lead: strings.Join(lines[lead:start], "")}
		if blank(lines[start]) != b.depth || !b.read(child, lines[start:end]) || !b.add(child) {
			return false
		}
		lead = end
	}
	b.tail = strings.Join(lines[lead:], "")
	return true
}

// end is where the lines of the child that starts at a line end: before the next line as deep as it, and before the
// comments and blank lines that stand above that one.
func (b *block) end(lines []string, start int) int {
	end := start + 1
	for n := start + 1; n < len(lines); n++ {
		deeper := len(blank(lines[n])) > len(b.depth)
		dash := b.kind == mapping && len(blank(lines[n])) == len(b.depth) && isElement(lines[n][len(b.depth):])
		switch {
		case strings.TrimSpace(lines[n]) == "", isYAMLNote(lines[n]) && !deeper:
			continue
		case !deeper && !dash:
			return end
		}
		end = n + 1
	}
	return end
}

// read reads one child.
func (b *block) read(child *block, lines []string) bool {
	rest := strings.TrimSuffix(lines[0][len(b.depth):], "\n")
	if b.kind == sequence {
		return child.readElement(b.depth, rest, lines)
	}
	found := yamlKey.FindStringSubmatch(rest)
	if found == nil {
		return false
	}
	child.key = found[1]
	if found[2] == "" || strings.HasPrefix(found[2], "#") {
		inside := *child
		if len(lines) > 1 && inside.fill(lines[1:]) {
			inside.head = lines[0]
			*child = inside
			return true
		}
	}
	child.head = strings.Join(lines, "")
	return true
}

// readElement reads an element of a sequence. One that is a mapping with a name is known by it; any other one by its
// whole text.
func (b *block) readElement(depth, rest string, lines []string) bool {
	if !isElement(rest) {
		return false
	}
	b.head = strings.Join(lines, "")
	b.key = strings.TrimSpace(b.head)
	body := strings.TrimLeft(rest[1:], " ")
	if found := yamlKey.FindStringSubmatch(body); found != nil && found[1] == "name" && found[2] != "" {
		opened := append([]string{depth + " " + rest[1:] + "\n"}, lines[1:]...)
		inside := block{key: "name " + found[2]}
		if inside.fill(opened) && inside.kind == mapping && inside.inner[0].kind == opaque {
			first := inside.inner[0]
			first.head = depth + "-" + first.head[len(depth)+1:]
			*b = block{key: inside.key, kind: mapping, inner: inside.inner, byKey: inside.byKey, depth: inside.depth,
				tail: inside.tail, lead: b.lead}
		}
	}
	return true
}

func isElement(rest string) bool {
	return strings.HasPrefix(rest, "- ") || strings.TrimRight(rest, "\n") == "-"
}

// isYAMLNote reports whether a line is blank or a comment.
func isYAMLNote(line string) bool {
	word := strings.TrimSpace(line)
	return word == "" || strings.HasPrefix(word, "#")
}

// blank is the blank start of a line.
func blank(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " "))] }
