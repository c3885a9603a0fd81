// Package yamlfile reads the YAML files that people write to test a workload: strictly, in bounded size, and with the
// place of all that is wrong.
package yamlfile

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/fabgen/fabgen/generator/config"
)

// Max is the most bytes that a file may have.
const Max = 256 << 10

// Problem is something that is wrong with a file.
type Problem struct {
	File         string
	Line, Column int
	Text         string
}

// Error is it as editors like it: file:line:column: text.
func (p Problem) Error() string { return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text) }

// Problems are all that is wrong with a file, in the order of its lines.
type Problems []Problem

// Error is a line for each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Reader collects what is wrong with a file. It is not safe for concurrent use.
type Reader struct {
	File  string   // its name for messages
	Words []string // its keys, of which the nearest is told where one is unknown

	problems Problems
}

// Fail reports something that is wrong at a place; where that is nil, at the file's begin.
func (r *Reader) Fail(at *token.Position, format string, args ...any) {
	if at == nil {
		at = &token.Position{Line: 1, Column: 1}
	}
	r.problems = append(r.problems, Problem{r.File, at.Line, at.Column, fmt.Sprintf(format, args...)})
}

// Known reports a word that is none of those that there are. what is what an error calls it.
func (r *Reader) Known(at *token.Position, what, word string, all []string) {
	if slices.Contains(all, word) {
		return
	}
	there, hint := strings.Join(all, ", "), ""
	if there == "" {
		there = "none"
	}
	if near := config.Nearest(word, all); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	r.Fail(at, "found no %s %q; there is %s%s", what, word, there, hint)
}

// Failed says whether something is wrong at a line; where that is 0, whether anything is.
func (r *Reader) Failed(line int) bool {
	return slices.ContainsFunc(r.problems, func(p Problem) bool { return line == 0 || p.Line == line })
}

// Err is all that is wrong, of the type Problems; nil where nothing is.
func (r *Reader) Err() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	return r.problems
}

// Read parses the file and gives its one document to body. what is what an error calls the file's content, and want what
// the document should have.
func (r *Reader) Read(data []byte, what, want string, body func(ast.Node)) {
	if len(data) > Max {
		r.Fail(nil, "the %s has more than %d bytes; cut it into several", what, Max)
		return
	}
	defer func() {
		if recover() != nil { // the library's own
			r.Fail(nil, "found YAML that its parser cannot read; check indentation, quotes and brackets")
		}
	}()
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		r.failYAML(nil, err)
		return
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		r.Fail(nil, "found no %s, or several; want one YAML document with %s", what, want)
		return
	}
	ast.Walk(anchors{r}, file.Docs[0].Body)
	if !r.Failed(0) {
		body(file.Docs[0].Body)
	}
}

// Decode reads a node strictly, and reports what is wrong with it; at its begin where the library has no place.
func (r *Reader) Decode(n ast.Node, into any) bool {
	if err := yaml.NodeToValue(n, into, yaml.Strict()); err != nil {
		r.failYAML(Begin(n), err)
		return false
	}
	return true
}

// failYAML reports an error of the YAML library.
func (r *Reader) failYAML(at *token.Position, err error) {
	var placed interface {
		GetToken() *token.Token
		GetMessage() string
	}
	message := err.Error()
	if errors.As(err, &placed) {
		message = placed.GetMessage()
		if t := placed.GetToken(); t != nil && t.Position != nil {
			at = t.Position
		}
	}
	first, _, _ := strings.Cut(message, "\n")
	r.Fail(at, "%s", r.withNearest(first))
}

// withNearest adds the nearest known word to what is said of an unknown field.
func (r *Reader) withNearest(message string) string {
	name, ok := strings.CutPrefix(message, `unknown field "`)
	if !ok {
		return message
	}
	if near := config.Nearest(strings.TrimSuffix(name, `"`), r.Words); near != "" {
		return fmt.Sprintf("%s; did you mean %s?", message, near)
	}
	return message
}

// anchors refuses what would repeat parts of a file, which grows without bound.
type anchors struct{ r *Reader }

// Visit implements ast.Visitor.
func (a anchors) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		a.r.Fail(n.GetToken().Position, "found an anchor, an alias or a merge key; write it out")
	}
	return a
}

// Begin is where a node begins: a mapping with its first key.
func Begin(n ast.Node) *token.Position {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken().Position
	}
	return n.GetToken().Position
}

// Place is where a key stands in a mapping, by the keys that lead to it; nil where there is none.
func Place(n ast.Node, keys ...string) *token.Position {
	m, ok := n.(*ast.MappingNode)
	if !ok || len(keys) == 0 {
		return nil
	}
	for _, v := range m.Values {
		if key := v.Key.GetToken(); key.Value != keys[0] {
			continue
		} else if len(keys) == 1 {
			return key.Position
		}
		return Place(v.Value, keys[1:]...)
	}
	return nil
}

// Keys are the keys of a type that is read from YAML, and those of what is in it.
func Keys(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("yaml")
		if key == "" || key == "-" {
			continue
		}
		keys = append(keys, key)
		inner := f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Map || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			keys = append(keys, Keys(inner)...)
		}
	}
	return keys
}
