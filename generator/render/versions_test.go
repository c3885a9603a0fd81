package render

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/fabgen/fabgen/templates"
)

// A workload gets the runtime's dependencies in the versions that fabgen's own tests run with.
func TestWorkloadsGetTheTestedVersions(t *testing.T) {
	own, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	tested := requirements(t, own)
	generated, err := renderOne(t, "go.mod", readTemplate(t, "backend/go.mod.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"backend/go.mod":         generated,
		runtimeFolder + "go.mod": readTemplate(t, runtimeFolder+"go.mod.tmpl"),
	} {
		for module, version := range requirements(t, []byte(text)) {
			if module != "github.com/fabgen/fabgen" && tested[module] != version {
				t.Errorf("%s has %s %s, and fabgen is tested with %q", name, module, version, tested[module])
			}
		}
	}
}

func readTemplate(t *testing.T, name string) string {
	t.Helper()
	data, err := fs.ReadFile(templates.FS, treeFolder+"/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func requirements(t *testing.T, data []byte) map[string]string {
	t.Helper()
	file, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range file.Require {
		out[r.Mod.Path] = r.Mod.Version
	}
	return out
}
