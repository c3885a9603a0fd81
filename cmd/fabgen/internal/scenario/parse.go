package scenario

import (
	"reflect"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/yamlfile"
)

// maxSteps is the most steps that a story may have.
const maxSteps = 1000

// words are the keys of a story.
var words = append([]string{"name", "steps"}, yamlfile.Keys(reflect.TypeFor[Step]())...)

// node is a step with the YAML that it was read from.
type node struct {
	step Step
	yaml ast.Node
}

// place is where a key of the step stands; where it has none, where the step begins.
func (n *node) place(key string) *token.Position {
	if at := yamlfile.Place(n.yaml, key); at != nil {
		return at
	}
	return yamlfile.Begin(n.yaml)
}

// read reads the YAML.
func read(r *yamlfile.Reader, data []byte) (name string, steps []node) {
	r.Read(data, "story", "name and steps", func(body ast.Node) {
		var top struct {
			Name  string     `yaml:"name"`
			Steps []ast.Node `yaml:"steps"`
		}
		if !r.Decode(body, &top) {
			return
		}
		if len(top.Steps) == 0 || len(top.Steps) > maxSteps {
			r.Fail(body.GetToken().Position, "found %d steps; want 1 to %d under steps", len(top.Steps), maxSteps)
		}
		name = top.Name
		for _, s := range top.Steps[:min(len(top.Steps), maxSteps)] {
			if s == nil || s.Type() == ast.NullType {
				r.Fail(body.GetToken().Position, "found an empty step; want one of call, create and so on")
				continue
			}
			n := node{yaml: s}
			r.Decode(s, &n.step)
			n.step.Line = yamlfile.Begin(s).Line
			steps = append(steps, n)
		}
	})
	return name, steps
}
