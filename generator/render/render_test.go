package render

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/render/icon"
	"github.com/fabgen/fabgen/internal/modeltest"
	"github.com/fabgen/fabgen/templates"
)

// hostile is the text that no file may break on.
const hostile = "a\"b*/</x>${y}'\\n` ]]> | #{z} %d \u202e\u2028 é 🚀"

func tree(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{
		"shared/body.tmpl":   {Data: []byte(`{{define "body"}}{{.Env.Name}}{{end}}`)},
		"workload/base.tmpl": {Data: []byte("{{.Workload.Name}}\n")},
	}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func renderOne(t *testing.T, path, text string) (string, error) {
	t.Helper()
	fsys := tree(map[string]string{"workload/" + path + ".tmpl": text})
	files, err := renderTree(context.Background(), fsys, []rule{{Path: path}}, modeltest.Demo(t), fstest.MapFS{})
	if err != nil {
		return "", err
	}
	return string(files[0].Data), nil
}

func TestErrorsNameTemplateAndLine(t *testing.T) {
	tests := []struct {
		name, path, text string
		want             []string
	}{
		{"broken Go after a loop", "a.go", "package a\n{{range .Scopes}}\n// {{.Name}}\n{{- end}}\n\nfunc {\n",
			[]string{"a.go.tmpl", "line 6", `"func {"`}},
		{"broken JSON", "a.json", "{\n  \"a\": 1\n  \"b\": 2\n}\n", []string{"a.json.tmpl", "line 3"}},
		{"two JSON values", "a.json", "{}\n{}\n", []string{"a.json.tmpl", "after the end"}},
		{"broken XML", "a.xml", "<a>\n<b>\n</a>\n", []string{"a.xml.tmpl", "line 3"}},
		{"broken YAML", "a.yaml", "a: 1\nb: [\n", []string{"a.yaml.tmpl", "line"}},
		{"missing member", "a.txt", "x\n{{.Nope}}\n", []string{"a.txt:2", "Nope"}},
		{"unescaped text", "a.txt", "x\n\n{{printf \"%s!\" .Workload.Name}}\n", []string{"a.txt:3", "escaper"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := renderOne(t, tt.path, tt.text)
			if err == nil {
				t.Fatal("it rendered")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not name %q", err, want)
				}
			}
		})
	}
}

func TestPathsStandForTheirThings(t *testing.T) {
	fsys := tree(map[string]string{
		"workload/{Item}.xml.tmpl":         "<a>{{.Item.TypeName}}</a>\n",
		"workload/{route}.txt.tmpl":        "{{.Route.GoName}}\n",
		"workload/{resource}.txt.tmpl":     "{{.Resource.File}}\n",
		"workload/base.{env}.txt.tmpl":     "{{template \"body\" .}}\n",
		"workload/{environment}.yaml.tmpl": "name: {{.Env.Name}}\n",
		"workload/only.txt.tmpl":           "{{template \"body\" .}}\n",
		"workload/copied/as-it-is.json":    `{"a": "{{.Not.A.Template}}"}`,
	})
	table := []rule{
		{Path: "{Item}.xml"}, {Path: "{route}.txt"}, {Path: "base.{env}.txt", Class: Seeded}, {Path: "only.txt", Mode: 0o755},
		{Path: "{environment}.yaml"},
		{Path: "copied/as-it-is.json"}, {Path: "never", When: func(*model.Model) bool { return false }},
	}
	m := modeltest.Demo(t)
	files, err := renderTree(context.Background(), fsys, table, m, fstest.MapFS{
		"auth/a.go": {Data: []byte("package auth\n")}, "auth/a_test.go": {Data: []byte("package auth\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]File{}
	for _, f := range files {
		got[f.Path] = f
	}
	if want := 1 + len(m.Items) + len(m.Routes) + 2*len(m.Environments) - 1 + 2; len(files) != want {
		t.Errorf("%d files, want %d", len(files), want)
	}
	for path, want := range map[string]string{
		"Forecast.xml": "<a>Org.ContosoForecast.Forecast</a>\n", "only.txt": "dev\n", "base.prod.txt": "prod\n",
		"dev.yaml": "name: dev\n", "prod.yaml": "name: prod\n",
		"copied/as-it-is.json":                         `{"a": "{{.Not.A.Template}}"}`,
		"backend/third_party/fabgen/runtime/auth/a.go": runtimeHeaders[".go"] + "package auth\n",
	} {
		if string(got[path].Data) != want {
			t.Errorf("%s is %q, want %q", path, got[path].Data, want)
		}
	}
	if got["base.prod.txt"].Class != Seeded || got["only.txt"].Mode != fs.FileMode(0o755) {
		t.Error("class or mode of the table is lost")
	}
}

func TestPathsStayInsideAndApart(t *testing.T) {
	m := modeltest.Demo(t)
	for name, path := range map[string]string{"escape": "../out", "absolute": "/etc/out", "twice": "base"} {
		fsys := tree(map[string]string{"workload/" + path: "x"})
		s := &set{copied: map[string][]byte{path: nil, "base": nil}}
		files, err := s.renderAll(context.Background(), expandAll([]rule{{Path: path}, {Path: "base"}}, m))
		if err == nil {
			err = checkPaths(files)
		}
		if err == nil {
			t.Errorf("%s: accepted (%v)", name, fsys)
		}
	}
}

// Every template has its row and every row its template, or draws, so that nothing is forgotten in silence.
func TestTableAndTreeAgree(t *testing.T) {
	rows := map[string]bool{}
	for _, r := range rules() {
		if _, there := rows[r.Path]; there {
			t.Errorf("%s has two rows", r.Path)
		}
		rows[r.Path] = r.Draw == nil
	}
	err := fs.WalkDir(templates.FS, treeFolder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path, treeFolder+"/"), templateSuffix)
		if !rows[name] {
			t.Errorf("the template %s has no row in the table", name)
		}
		delete(rows, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, template := range rows {
		if !template {
			continue
		}
		t.Errorf("the table's row %s has no template", name)
	}
}

func TestRuntimeLicenceIsTheProjects(t *testing.T) {
	want, err := os.ReadFile(filepath.Join("..", "..", "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := fs.ReadFile(templates.FS, "workload/"+runtimeFolder+"LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("the licence that comes along with the runtime is not the project's")
	}
}

// The model gives each item a style of its own among those that can be drawn.
func TestModelKnowsTheStylesThatThereAre(t *testing.T) {
	if icon.Styles != model.IconStyles {
		t.Errorf("%d styles, and the model has %d", icon.Styles, model.IconStyles)
	}
}
