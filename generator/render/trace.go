package render

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"text/template/parse"
)

// mark stands before the number of a template's line in a traced rendering; no template and no value has it.
const mark = "\x00"

// templateLine finds the line of the template that gave a line of its rendering: it renders once more with the
// number of its line after each line break of the template's own text. It is called on the way to an error only.
func (s *set) templateLine(name string, data any, line int) int {
	source := s.sources[name]
	traced, err := s.templates.Clone()
	if err != nil {
		return 0
	}
	tree := traced.Lookup(name).Copy()
	markLines(tree, source)
	if _, err := traced.AddParseTree(name, tree); err != nil {
		return 0
	}
	var out bytes.Buffer
	if err := traced.ExecuteTemplate(&out, name, data); err != nil {
		return 0
	}
	return lastMark(out.String(), line)
}

// lastMark gives the number of the last mark on or before a line, or 1 before the first.
func lastMark(out string, line int) int {
	found := 1
	for i, l := range strings.SplitN(out, "\n", line+1) {
		if i >= line {
			break
		}
		if parts := strings.SplitN(l, mark, 3); len(parts) == 3 {
			found, _ = strconv.Atoi(parts[1])
		}
	}
	return found
}

func markLines(tree *parse.Tree, source string) {
	walk(tree.Root, func(node parse.Node) {
		if text, ok := node.(*parse.TextNode); ok {
			text.Text = markText(text.Text, 1+strings.Count(source[:text.Pos], "\n"))
		}
	})
}

func markText(text []byte, line int) []byte {
	var out bytes.Buffer
	for _, b := range text {
		out.WriteByte(b)
		if b == '\n' {
			line++
			fmt.Fprintf(&out, "%s%d%s", mark, line, mark)
		}
	}
	return out.Bytes()
}
