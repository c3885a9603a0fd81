package apply

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/render"
	"github.com/fabgen/fabgen/internal/modeltest"
)

// settings is a small configuration, with templates that change with fabgen's version.
type settings struct {
	items, routes []string // sorted
	version       int
}

func (s settings) with(items, routes []string) settings {
	slices.Sort(items)
	slices.Sort(routes)
	return settings{items, routes, s.version}
}

// files renders the configuration.
func (s settings) files() []render.File {
	readme := "# Workload\n\n## Items\n\n"
	all := fmt.Sprintf("// version %d\n", s.version)
	for _, item := range s.items {
		readme += "- " + item + "\n"
		all += "item " + item + "\n"
	}
	readme += "\n## Routes\n\n"
	for _, route := range s.routes {
		readme += "- GET /" + route + "\n"
		all += "route " + route + "\n"
	}
	readme += fmt.Sprintf("\n## Versions\n\nmade by %d\n\n## End\n", s.version)
	out := []render.File{
		seeded("README.md", readme), owned("all.go", all),
		seeded("package.json", fmt.Sprintf("{\n  \"dependencies\": {\n    \"a\": \"1.%d.0\",\n    \"z\": \"1.0.0\"\n  }\n}\n", s.version)),
	}
	if s.version > 1 {
		out = append(out, seeded("since2.yaml", fmt.Sprintf("a: 1\nversion: %d\nz: 1\n", s.version)))
	}
	for _, item := range s.items {
		out = append(out, s.itemFiles(item)...)
	}
	for _, route := range s.routes {
		out = append(out, templated("routes/{route}.go", "{route}", route,
			fmt.Sprintf("package routes\n\n// %s, version %d\n\nfunc handle() {\n\tfirst()\n\tsecond()\n}\n", route, s.version)))
	}
	return out
}

func (s settings) itemFiles(item string) []render.File {
	handler := fmt.Sprintf("package items\n\n// %[1]s\n\nfunc create() {\n\tone()\n\ttwo()\n}\n\n"+
		"func update() {\n\tversion(%[2]d)\n}\n\nfunc remove() {\n\tthree()\n}\n", item, s.version)
	table := templated("items/{item}/table.go", "{item}", item, "table "+item+"\n")
	table.Class = render.Owned
	return []render.File{templated("items/{item}/handler.go", "{item}", item, handler), table}
}

func templated(template, hole, thing, content string) render.File {
	f := seeded(strings.ReplaceAll(template, hole, thing), content)
	f.Template = template
	return f
}

// templates are what a history's workload is rendered from.
type templates struct {
	files func(settings) []render.File
	moves func(before, after settings, list, from, to string) map[string]string // as plan.Input has them
	owned string                                                                // a file of fabgen's that is always there
	edits int                                                                   // how many files a person writes to at a time
}

// few are templates of the tests' own, which leave time for many histories.
var few = templates{
	files: settings.files,
	moves: func(_, _ settings, list, from, to string) map[string]string {
		moves := map[string]string{}
		if list == "routes" {
			moves["routes/"+to+".go"] = "routes/" + from + ".go"
			return moves
		}
		for _, name := range []string{"handler.go", "table.go"} {
			moves["items/"+to+"/"+name] = "items/" + from + "/" + name
		}
		return moves
	},
	owned: "all.go",
	edits: 1,
}

// whole are the templates that workloads are really rendered from, of the version that the settings say.
func whole(t *testing.T) templates {
	var mu sync.Mutex
	rendered := map[string][]render.File{}
	return templates{
		files: func(s settings) []render.File {
			mu.Lock()
			defer mu.Unlock()
			key := fmt.Sprint(s)
			if rendered[key] == nil {
				rendered[key] = s.wholeFiles(t)
			}
			return rendered[key]
		},
		moves: func(before, after settings, list, from, to string) map[string]string {
			if list == "items" {
				from, to = typeName(from), typeName(to)
			}
			was, moves := render.Paths(before.model(t), list, from), map[string]string{}
			for template, now := range render.Paths(after.model(t), list, to) {
				moves[now] = was[template]
			}
			return moves
		},
		owned: "backend/internal/routes/all_routes.go",
		edits: 10,
	}
}

func (s settings) model(t *testing.T) *model.Model {
	var b strings.Builder
	b.WriteString(`apiVersion: fabgen/v1
workload: {name: Org.Years, module: example.com/years}
entra: {tenantId: 11111111-2222-4333-8444-555555555555, clientId: 66666666-7777-4888-9999-aaaaaaaaaaaa}
scopes: [{name: Years.Read, description: Read years}]
resources: [{name: onelake, scopes: [user_impersonation]}]
`)
	for i, item := range s.items {
		if i == 0 {
			b.WriteString("items:\n")
		}
		fmt.Fprintf(&b, "  - {name: %s, jobs: [Run]}\n", typeName(item))
	}
	for i, route := range s.routes {
		if i == 0 {
			b.WriteString("routes:\n")
		}
		fmt.Fprintf(&b, "  - {name: %s, method: GET, path: /%s, scopes: [Years.Read], resource: onelake}\n", route, route)
	}
	return modeltest.Of(t, "fabgen.yaml", []byte(b.String()))
}

func typeName(item string) string { return strings.ToUpper(item[:1]) + item[1:] }

func (s settings) wholeFiles(t *testing.T) []render.File {
	source := fstest.MapFS{"auth/auth.go": {Data: []byte("package auth\n")}}
	files, err := render.Render(t.Context(), s.model(t), source)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		files[i].Data = changed(f, s.version)
	}
	return files
}

// changed is what an upgraded template gives: a third of the files, others with each version, have a line more somewhere.
func changed(f render.File, version int) []byte {
	sum := fnv.New32a()
	sum.Write([]byte(f.Path))
	n := int(sum.Sum32() >> 1)
	if version == 1 || n%3 != version%3 || bytes.IndexByte(f.Data, 0) >= 0 {
		return f.Data
	}
	lines := strings.SplitAfter(string(f.Data), "\n")
	at, text := lineFor(f.Path, fmt.Sprintf("template%d", version), len(lines), n)
	return []byte(strings.Join(slices.Insert(lines, at, text), ""))
}

// lineFor is a line with a word that may stand in a file of this name, and where: n says where it may stand anywhere.
func lineFor(name, word string, lines, n int) (at int, text string) {
	at = n % max(1, lines)
	name = strings.TrimSuffix(name, path.Ext(name[:len(name)-len(path.Ext(name))])) // nothing but the last ending counts
	switch ext := path.Ext(strings.TrimSuffix(name, ".removed")); {
	case ext == ".json":
		return 1, fmt.Sprintf("  %q: \"1\",\n", word)
	case ext == ".sum":
		return at, "example.com/" + word + " v1.0.0 h1:" + word + "=\n"
	case ext == ".md":
		return at, word + "\n"
	case ext == ".html":
		return at, "<!-- " + word + " -->\n"
	case slices.Contains([]string{".go", ".mod", ".ts", ".tsx", ".js", ".bicepparam", ".bicep"}, ext):
		return at, "// " + word + "\n"
	}
	return at, "# " + word + "\n"
}
