package render

import (
	"strings"

	"github.com/fabgen/fabgen/generator/model"
)

// job is one file to render.
type job struct {
	rule
	path string // with its placeholders filled in
	data Data
}

// expandAll gives the files of every rule that applies.
func expandAll(table []rule, m *model.Model) []job {
	var jobs []job
	for _, r := range table {
		if r.When == nil || r.When(m) {
			jobs = append(jobs, expand(r, m)...)
		}
	}
	return jobs
}

// Paths gives the paths of the files that an element of items, routes or resources has to itself, by their templates. A
// scope has none.
func Paths(m *model.Model, list, name string) map[string]string {
	paths := map[string]string{}
	for _, j := range expandAll(rules(), m) {
		if j.data.isOf(list, name) {
			paths[j.Path] = j.path
		}
	}
	return paths
}

func (d Data) isOf(list, name string) bool {
	switch list {
	case "items":
		return d.Item != nil && d.Item.Name == name
	case "routes":
		return d.Route != nil && d.Route.Name == name
	case "resources":
		return d.Resource != nil && d.Resource.Name == name
	}
	return false
}

// expand gives one file for each thing that the rule's path stands for. {env} leaves out the default environment, whose
// file has no environment's name; {environment} is every one of them.
func expand(r rule, m *model.Model) []job {
	var jobs []job
	add := func(data Data, names ...string) {
		data.Model = m
		if data.Env == nil {
			data.Env = m.Env
		}
		jobs = append(jobs, job{rule: r, path: strings.NewReplacer(names...).Replace(r.Path), data: data})
	}
	switch {
	case strings.Contains(r.Path, "{item}"), strings.Contains(r.Path, "{Item}"):
		for _, item := range m.Items {
			add(Data{Item: item}, "{item}", item.File, "{Item}", item.Name)
		}
	case strings.Contains(r.Path, "{route}"):
		for _, route := range m.Routes {
			add(Data{Route: route}, "{route}", route.File)
		}
	case strings.Contains(r.Path, "{resource}"):
		for _, resource := range m.Resources {
			add(Data{Resource: resource}, "{resource}", resource.File)
		}
	case strings.Contains(r.Path, "{environment}"):
		for _, env := range m.Environments {
			add(Data{Env: env}, "{environment}", env.Name)
		}
	case strings.Contains(r.Path, "{env}"):
		for _, env := range m.Environments {
			if !env.Default {
				add(Data{Env: env}, "{env}", env.Name)
			}
		}
	default:
		add(Data{})
	}
	return jobs
}
