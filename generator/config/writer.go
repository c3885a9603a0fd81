package config

import (
	"bytes"
	"strconv"
	"strings"
)

// writer writes YAML: mappings and lists of mappings in lines of their own, lists of texts in brackets.
type writer struct {
	bytes.Buffer
	depth  int  // of indentation, in steps of two spaces
	inLine bool // something stands on the line already, such as the dash of an entry
}

const widest = 100 // characters that a list in brackets may take

func (w *writer) text(s string) { w.raw(scalar(s)) }

func (w *writer) number(n int) { w.raw(strconv.Itoa(n)) }

func (w *writer) raw(s string) { w.WriteString(" " + s) }

// section puts an empty line and a comment before a key.
func (w *writer) section(comment string) {
	w.WriteString("\n# " + comment + "\n")
}

// key writes one pair.
func (w *writer) key(name string, s shape, value any) {
	w.indent()
	w.WriteString(scalar(name) + ":")
	switch {
	case s.inline():
		s.write(w, value)
		w.endLine()
	case s.absent(value):
		w.raw("{}")
		w.endLine()
	default:
		w.endLine()
		w.depth++
		s.write(w, value)
		w.depth--
	}
}

// entry writes one element of a list, whose first key stands beside the dash.
func (w *writer) entry(element func()) {
	w.indent()
	w.WriteString("- ")
	w.inLine = true
	w.depth++
	element()
	w.depth--
	w.inLine = false
}

// texts writes a list of texts, in brackets if they fit in a line.
func (w *writer) texts(values []string) {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = scalar(v)
	}
	if list := strings.Join(words, ", "); len(list) <= widest {
		w.raw("[" + list + "]")
		return
	}
	w.endLine()
	w.depth++
	for _, word := range words {
		w.indent()
		w.WriteString("- " + word)
		w.endLine()
	}
	w.depth--
}

func (w *writer) indent() {
	if !w.inLine {
		w.WriteString(strings.Repeat("  ", w.depth))
	}
	w.inLine = false
}

func (w *writer) endLine() {
	if b := w.Bytes(); len(b) > 0 && b[len(b)-1] != '\n' {
		w.WriteByte('\n')
	}
}
