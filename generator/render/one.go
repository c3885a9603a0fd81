package render

import (
	"fmt"
	"slices"

	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/templates"
)

// One renders one template for one environment, with the bytes that Render gives the file: path is the template's in
// the table, such as entra/application.json, and stands for the whole workload, not for an item, route or resource.
func One(m *model.Model, path string, env *model.Environment) ([]byte, error) {
	table := rules()
	i := slices.IndexFunc(table, func(r rule) bool { return r.Path == path })
	if i < 0 {
		return nil, fmt.Errorf("rendering: there is no template %s", path)
	}
	s, err := newSet(templates.FS)
	if err != nil {
		return nil, err
	}
	return s.render(job{rule: table[i], path: path, data: Data{Model: m, Env: env}})
}
