package render_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fabgen/fabgen/generator/render"
	"github.com/fabgen/fabgen/internal/modeltest"
)

// One file alone is, byte for byte, the file that stands in the workload.
func TestOneGivesTheFileOfTheTree(t *testing.T) {
	m := modeltest.Of(t, "fabgen.yaml", []byte(provisioned))
	files, err := render.Render(context.Background(), m, fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	tree := map[string]string{}
	for _, f := range files {
		tree[f.Path] = string(f.Data)
	}
	for _, env := range m.Environments {
		for template, path := range map[string]string{
			"entra/application.json":        "entra/application" + env.Suffix + ".json",
			"manifest/WorkloadManifest.xml": "manifest/WorkloadManifest" + env.Suffix + ".xml",
			"frontend/.env.dev":             "frontend/.env." + env.Name,
		} {
			got, err := render.One(m, template, env)
			if err != nil || string(got) != tree[path] || len(got) == 0 {
				t.Errorf("%s for %s is not %s: %v", template, env.Name, path, err)
			}
		}
	}
	if _, err := render.One(m, "entra/none", m.Env); err == nil || !strings.Contains(err.Error(), "entra/none") {
		t.Errorf("err = %v", err)
	}
}
