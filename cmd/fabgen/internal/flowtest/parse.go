package flowtest

import (
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/yamlfile"
	"github.com/fabgen/fabgen/generator/model"
)

// withBody are the methods whose calls always have a body.
var withBody = []string{http.MethodPost, http.MethodPut, http.MethodPatch}

// inputWords are the keys of a file of inputs.
var inputWords = yamlfile.Keys(reflect.TypeFor[Inputs]())

// properties are those by which Fabric says which endpoint it wants resolved.
var properties = []string{"EndpointName", "TenantRegion", "WorkspaceRegion", "TenantId"}

// ParseInputs reads the inputs of a workload's flows. file is its name for messages. The error is of type
// yamlfile.Problems, and holds everything that is wrong.
func ParseInputs(file string, data []byte, m *model.Model) (*Inputs, error) {
	c := &inputChecker{Reader: &yamlfile.Reader{File: file, Words: inputWords}, m: m, in: &Inputs{}}
	c.Read(data, "input of flows", "items, routes or resolve", func(body ast.Node) {
		if c.body = body; c.Decode(body, c.in) {
			c.checkItems()
			c.checkRoutes()
			c.each(c.in.Resolve, "property", properties, "resolve")
		}
	})
	if err := c.Err(); err != nil {
		return nil, err
	}
	return c.in, nil
}

// inputChecker compares inputs with the workload that they are for.
type inputChecker struct {
	*yamlfile.Reader
	m    *model.Model
	in   *Inputs
	body ast.Node
}

// wrong reports something at the place that keys lead to.
func (c *inputChecker) wrong(keys []string, format string, args ...any) {
	c.Fail(yamlfile.Place(c.body, keys...), format, args...)
}

// known looks up names that stand under some keys.
func (c *inputChecker) known(names []string, what string, all []string, under ...string) {
	for _, name := range names {
		c.Known(yamlfile.Place(c.body, append(slices.Clone(under), name)...), what, name, all)
	}
}

// each looks up the names of texts that stand under some keys, and wants a value for each.
func (c *inputChecker) each(texts map[string]string, what string, all []string, under ...string) {
	names := slices.Sorted(maps.Keys(texts))
	c.known(names, what, all, under...)
	for _, name := range names {
		if texts[name] == "" {
			c.wrong(append(slices.Clone(under), name), "%s has no value; give it one, or leave it out", name)
		}
	}
}

func (c *inputChecker) checkItems() {
	var names []string
	for _, i := range c.m.Items {
		names = append(names, i.Name)
		var jobs []string
		for _, j := range i.Jobs {
			jobs = append(jobs, j.Name)
		}
		c.known(slices.Sorted(maps.Keys(c.in.Items[i.Name].Jobs)), "job of "+i.Name, jobs, "items", i.Name, "jobs")
	}
	c.known(slices.Sorted(maps.Keys(c.in.Items)), "item", names, "items")
}

func (c *inputChecker) checkRoutes() {
	var names []string
	for _, r := range c.m.Routes {
		names = append(names, r.Name)
		if given, ok := c.in.Routes[r.Name]; ok {
			c.checkRoute(r, given)
		}
	}
	c.known(slices.Sorted(maps.Keys(c.in.Routes)), "route", names, "routes")
}

func (c *inputChecker) checkRoute(r *model.Route, given RouteInput) {
	params := maps.Clone(given.Params)
	for _, name := range ofItem {
		if _, ok := params[name]; ok {
			c.wrong([]string{"routes", r.Name, "params", name},
				"found %s; leave it out: the test calls %s about an item that it has made", name, r.Name)
			delete(params, name)
		}
	}
	c.each(params, "parameter of "+r.Name, freeParams(r), "routes", r.Name, "params")
	if given.Body != nil && r.Method == http.MethodGet {
		c.wrong([]string{"routes", r.Name, "body"}, "found a body; %s is a GET, which has none", r.Name)
	}
}
