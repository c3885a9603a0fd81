package config

import (
	"github.com/goccy/go-yaml/ast"
)

// shape is what may stand at one place of fabgen.yaml. Each shape reads a YAML node into the Config, writes the Config
// as YAML, and says as JSON Schema what it takes: so the three cannot disagree. A value is reached through a pointer
// (dst, src) whose type belongs to the shape, such as *string for a text.
type shape interface {
	read(r *reader, at place, n ast.Node, dst any)
	write(w *writer, src any)
	absent(src any) bool // nothing to write
	inline() bool        // written in the line of its key
	schema() *schema
}

// place is where a value stands: its path, and the position to report where the value itself has none.
type place struct {
	path string
	at   Position
}

// of is the position to report for what stands here.
func (p place) of(n ast.Node) Position {
	if _, empty := n.(*ast.NullNode); empty || n == nil {
		return p.at
	}
	return positionOf(n)
}

// textShape is one text; *string.
type textShape struct{ rule *rule }

func (s textShape) read(r *reader, at place, n ast.Node, dst any) {
	value, ok := r.text(at, n, s.rule.want)
	if !ok {
		return
	}
	if f, bad := s.rule.check(value); bad {
		r.fail(at.path, at.of(n), f)
	} else {
		value = s.rule.clean(value)
	}
	*dst.(*string) = value
}

func (textShape) inline() bool { return true }

func (s textShape) absent(src any) bool { return *src.(*string) == "" }

func (s textShape) write(w *writer, src any) { w.text(*src.(*string)) }

func (s textShape) schema() *schema {
	if len(s.rule.choices) > 0 {
		return &schema{Enum: anys(s.rule.choices)}
	}
	one := 1
	out := &schema{Type: "string", MinLength: &one, MaxLength: s.rule.max, Pattern: cleanPattern}
	if s.rule.pattern != nil {
		out.Pattern = s.rule.pattern.String()
	}
	return out
}

// numberShape is one of a few whole numbers; *int.
type numberShape struct{ choices []int }

func (numberShape) inline() bool { return true }

func (s numberShape) absent(src any) bool { return *src.(*int) == 0 }

func (s numberShape) write(w *writer, src any) { w.number(*src.(*int)) }

func (s numberShape) schema() *schema { return &schema{Enum: anys(s.choices)} }

func (s numberShape) read(r *reader, at place, n ast.Node, dst any) {
	value, isNumber := numberOf(n)
	for _, c := range s.choices {
		if isNumber && c == value {
			*dst.(*int) = value
			return
		}
	}
	f := fault{found: describe(n), want: s.want()}
	if text, isText := textOf(n); isText && s.takes(text) {
		f.hint = "take the quotes away"
	}
	r.fail(at.path, at.of(n), f)
}

// booleanShape is true or false; *bool.
type booleanShape struct{}

func (booleanShape) inline() bool { return true }

func (booleanShape) absent(src any) bool { return !*src.(*bool) }

func (booleanShape) write(w *writer, _ any) { w.raw("true") }

func (booleanShape) schema() *schema { return &schema{Type: "boolean"} }

func (booleanShape) read(r *reader, at place, n ast.Node, dst any) {
	if b, ok := n.(*ast.BoolNode); ok {
		*dst.(*bool) = b.Value
		return
	}
	r.fail(at.path, at.of(n), fault{describe(n), "true or false", ""})
}

// anys makes the values of an enum.
func anys[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}
