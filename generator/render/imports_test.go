package render

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/imports"

	"github.com/fabgen/fabgen/internal/modeltest"
)

// Templates group their imports themselves, for rendering formats a file once and groups none.
func TestImportsAreGrouped(t *testing.T) {
	scenarios, err := filepath.Glob("../../golden/*/fabgen.yaml")
	if err != nil || len(scenarios) < 3 {
		t.Fatalf("scenarios %v, %v", scenarios, err)
	}
	for _, name := range scenarios {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files, err := Render(context.Background(), modeltest.Of(t, name, source), fstest.MapFS{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f.Path, ".go") {
				checkImports(t, name, f)
			}
		}
	}
}

func checkImports(t *testing.T, scenario string, f File) {
	t.Helper()
	want, err := imports.Process(f.Path, f.Data, &imports.Options{FormatOnly: true, Comments: true, TabIndent: true, TabWidth: 8})
	if err != nil {
		t.Errorf("%s: %v", f.Path, err)
	} else if !bytes.Equal(f.Data, want) {
		t.Errorf("%s of %s: its template %s does not keep the standard library's imports apart from others", f.Path, scenario, f.Template)
	}
}
