package model

import (
	"fmt"
	"strings"

	"github.com/fabgen/fabgen/generator/config"
)

// reservedSettings are the back-end's own; a resource's <NAME>_URL must not take one of them.
var reservedSettings = map[string]bool{
	"FABRIC_API_URL": true, "ONELAKE_URL": true, "DATABASE_URL": true, "TOKEN_CACHE_URL": true,
}

// manifestFiles stand beside the manifests of the items, which are named after them.
var manifestFiles = []string{"Product", "WorkloadManifest"}

// collisions finds names that are different in fabgen.yaml and the same in the generated code or on a file system
// without case.
func (m *Model) collisions(doc *config.Document) config.Problems {
	var problems config.Problems
	add := func(path, found, want string) {
		problems = append(problems, doc.Problem(path, found, want, ""))
	}
	unique := newUnique(add)
	for i, s := range m.Scopes {
		unique.claim("scope", fmt.Sprintf("scopes[%d].name", i), s.Name, strings.ToLower(s.GoName))
	}
	for i, r := range m.Resources {
		path := fmt.Sprintf("resources[%d].name", i)
		unique.claim("resource", path, r.Name, r.File)
		if !r.Known && reservedSettings[r.EnvName] {
			add(path, fmt.Sprintf("%q, whose address would be the setting %s", r.Name, r.EnvName),
				"a name whose setting is not one of the back-end's own")
		}
	}
	for i, r := range m.Routes {
		unique.claim("route", fmt.Sprintf("routes[%d].name", i), r.Name, r.File)
	}
	for _, name := range manifestFiles {
		unique.reserve("item", strings.ToLower(name), name)
	}
	for _, e := range m.Environments {
		unique.claim("environment", "environments."+e.Name, e.Name, m.Namespace(e))
	}
	for i, item := range m.Items {
		unique.claim("item", fmt.Sprintf("items[%d].name", i), item.Name, item.File)
		jobs := newUnique(add)
		for j, job := range item.Jobs {
			jobs.claim("job", fmt.Sprintf("items[%d].jobs[%d]", i, j), job.Name, strings.ToLower(job.GoName))
		}
	}
	return problems
}

// unique remembers which name took which derived name first.
type unique struct {
	taken map[string]string
	add   func(path, found, want string)
}

func newUnique(add func(path, found, want string)) *unique {
	return &unique{taken: map[string]string{}, add: add}
}

// reserve takes a derived name for something of fabgen's own.
func (u *unique) reserve(kind, derived, name string) {
	u.taken[kind+"\x00"+derived] = name
}

func (u *unique) claim(kind, path, name, derived string) {
	key := kind + "\x00" + derived
	first, taken := u.taken[key]
	if !taken {
		u.taken[key] = name
		return
	}
	u.add(path, fmt.Sprintf("%q, which gives the same identifier and file as the %s %q", name, kind, first),
		"a name that differs by more than case, dots and dashes")
}
