package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// listShape is a list of one shape; *[]T.
type listShape[T any] struct {
	noun    string // of many, for messages: scopes
	element shape
	max     int
	min     int
	id      func(*T) *string // what tells the elements apart; unique without regard to case
	key     string           // the key of id in an element; empty where the element itself is the text
}

func (s listShape[T]) inline() bool { return s.key == "" }

func (s listShape[T]) absent(src any) bool { return len(*src.(*[]T)) == 0 }

func (s listShape[T]) read(r *reader, at place, n ast.Node, dst any) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(at.path, at.of(n), fault{describe(n), "a list of " + s.noun, listHint(n)})
		return
	}
	if len(list.Values) > s.max || len(list.Values) < s.min {
		r.fail(at.path, at.of(n), s.countFault(len(list.Values)))
	}
	if len(list.Values) == 0 {
		return
	}
	values := make([]T, len(list.Values))
	for i, v := range list.Values {
		p := place{fmt.Sprintf("%s[%d]", at.path, i), positionOf(v)}
		r.positions[p.path] = p.at
		s.element.read(r, p, v, &values[i])
	}
	s.unique(r, at.path, values)
	*dst.(*[]T) = values
}

func (s listShape[T]) countFault(n int) fault {
	if n < s.min {
		return fault{"an empty list", "one or more " + s.noun, ""}
	}
	return fault{fmt.Sprintf("%d %s", n, s.noun), fmt.Sprintf("at most %d", s.max), ""}
}

// unique reports each element that says again what another has said.
func (s listShape[T]) unique(r *reader, path string, values []T) {
	first := make(map[string]int, len(values))
	for i := range values {
		id := *s.id(&values[i])
		if id == "" {
			continue
		}
		earlier, again := first[strings.ToLower(id)]
		if !again {
			first[strings.ToLower(id)] = i
			continue
		}
		r.reportAt(s.idPath(path, i), fault{
			fmt.Sprintf("%s a second time (first in %s)", quote(id), s.idPath(path, earlier)),
			"each of the " + s.noun + " once, without regard to case", "rename it or take it away"})
	}
}

func (s listShape[T]) idPath(path string, i int) string {
	path = fmt.Sprintf("%s[%d]", path, i)
	if s.key != "" {
		path += "." + s.key
	}
	return path
}

func (s listShape[T]) write(w *writer, src any) {
	values := *src.(*[]T)
	if s.key == "" {
		words := make([]string, len(values))
		for i := range values {
			words[i] = *s.id(&values[i])
		}
		w.texts(words)
		return
	}
	for i := range values {
		w.entry(func() { s.element.write(w, &values[i]) })
	}
}

func (s listShape[T]) schema() *schema {
	return &schema{Type: "array", Items: s.element.schema(), MinItems: s.min, MaxItems: s.max, UniqueItems: true}
}

// listHint shows how one value is written as a list.
func listHint(n ast.Node) string {
	if value, ok := textOf(n); ok && value != "" && len(value) < 40 {
		return "did you mean [" + value + "]?"
	}
	return ""
}
