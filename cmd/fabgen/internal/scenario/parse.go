package scenario

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/fabgen/fabgen/generator/config"
)

// MaxStory is the most bytes that a story may have, and maxSteps the most steps.
const (
	MaxStory = 256 << 10
	maxSteps = 1000
)

// Problem is something that is wrong with a story.
type Problem struct {
	File         string
	Line, Column int
	Text         string
}

// Error is it as editors like it: file:line:column: text.
func (p Problem) Error() string { return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text) }

// Problems are all that is wrong with a story, in the order of its lines.
type Problems []Problem

// Error is a line for each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// reader collects what is wrong with a story.
type reader struct {
	file     string
	problems Problems
}

func (r *reader) fail(at *token.Position, format string, args ...any) {
	if at == nil {
		at = &token.Position{Line: 1, Column: 1}
	}
	r.problems = append(r.problems, Problem{r.file, at.Line, at.Column, fmt.Sprintf(format, args...)})
}

// failYAML reports an error of the YAML library.
func (r *reader) failYAML(at *token.Position, err error) {
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
	r.fail(at, "%s", withNearest(first))
}

// withNearest adds the nearest known word to what is said of an unknown field.
func withNearest(message string) string {
	name, ok := strings.CutPrefix(message, `unknown field "`)
	if !ok {
		return message
	}
	name = strings.TrimSuffix(name, `"`)
	if near := config.Nearest(name, words); near != "" {
		return fmt.Sprintf("%s; did you mean %s?", message, near)
	}
	return message
}

// words are the keys of a story.
var words = keysOf(reflect.TypeFor[Step]())

func keysOf(t reflect.Type) []string {
	keys := []string{"name", "steps"}
	for i := range t.NumField() {
		f := t.Field(i)
		if key := f.Tag.Get("yaml"); key != "" && key != "-" {
			keys = append(keys, key)
		}
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[Duration]() {
			keys = append(keys, keysOf(inner)...)
		}
	}
	return keys
}

// node is a step with where its parts stand.
type node struct {
	step   Step
	at     *token.Position
	places map[string]*token.Position // of the step's keys
}

// read reads the YAML.
func (r *reader) read(data []byte) (name string, steps []node) {
	if len(data) > MaxStory {
		r.fail(nil, "the story has more than %d bytes; cut it into several", MaxStory)
		return "", nil
	}
	defer func() {
		if recover() != nil { // the library's own
			r.fail(nil, "found YAML that its parser cannot read; check indentation, quotes and brackets")
		}
	}()
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		r.failYAML(nil, err)
		return "", nil
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		r.fail(nil, "found no story, or several; want one YAML document with name and steps")
		return "", nil
	}
	body := file.Docs[0].Body
	ast.Walk(anchors{r}, body)
	var top struct {
		Name  string     `yaml:"name"`
		Steps []ast.Node `yaml:"steps"`
	}
	if len(r.problems) > 0 {
		return "", nil
	}
	if err := yaml.NodeToValue(body, &top, yaml.Strict()); err != nil {
		r.failYAML(body.GetToken().Position, err)
		return "", nil
	}
	if len(top.Steps) == 0 || len(top.Steps) > maxSteps {
		r.fail(body.GetToken().Position, "found %d steps; want 1 to %d under steps", len(top.Steps), maxSteps)
	}
	for _, s := range top.Steps[:min(len(top.Steps), maxSteps)] {
		if s == nil || s.Type() == ast.NullType {
			r.fail(body.GetToken().Position, "found an empty step; want one of call, create and so on")
			continue
		}
		steps = append(steps, r.step(s))
	}
	return top.Name, steps
}

// anchors refuses what would repeat parts of a file, which grows without bound.
type anchors struct{ r *reader }

// Visit implements ast.Visitor.
func (a anchors) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		a.r.fail(n.GetToken().Position, "found an anchor, an alias or a merge key; write the step out")
	}
	return a
}

func (r *reader) step(n ast.Node) node {
	out := node{at: n.GetToken().Position, places: map[string]*token.Position{}}
	if m, ok := n.(*ast.MappingNode); ok {
		for i, v := range m.Values {
			key := v.Key.GetToken()
			out.places[key.Value] = key.Position
			if i == 0 {
				out.at = key.Position
			}
		}
	}
	if err := yaml.NodeToValue(n, &out.step, yaml.Strict()); err != nil {
		r.failYAML(out.at, err)
	}
	out.step.Line = out.at.Line
	return out
}
