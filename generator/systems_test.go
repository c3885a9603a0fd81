package generator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/plan"
)

// Inside, paths have slashes on every system: what works out what is written never asks for the rules of the system that
// it runs on. The last stage opens the workload's folder, which is named by those rules.
func TestPathsInsideHaveSlashesOnEverySystem(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.under("generator") || f.isTest() || f.under("generator/apply") {
			continue
		}
		for _, i := range f.imports {
			if i == "path/filepath" {
				t.Errorf("%s imports %s", f.path, i)
			}
		}
	}
}

// maxPath leaves 100 of the 260 characters that Windows takes for a path to the folder that the workload stands in.
const maxPath = 160

// Every scenario's tree can stand on each system: plan refuses names that Windows keeps for itself or cannot hold, and
// such as differ in case alone.
func TestTreesStandOnEverySystem(t *testing.T) {
	scenarios, err := filepath.Glob("../golden/*/fabgen.yaml")
	if err != nil || len(scenarios) < 3 {
		t.Fatalf("scenarios %v, %v", scenarios, err)
	}
	for _, name := range scenarios {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := planNew(t, source)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range p.Actions {
			if len(a.Path) > maxPath || strings.ContainsAny(a.Path, `\:`) {
				t.Errorf("%s: %s", name, a.Path)
			}
		}
	}
}

func planNew(t *testing.T, source []byte) (*plan.Plan, error) {
	t.Helper()
	doc, err := config.Parse("fabgen.yaml", source)
	if err != nil {
		return nil, err
	}
	return generator.PlanInit(t.Context(), generator.Request{
		Dir: filepath.Join(t.TempDir(), "w"), Document: doc, Source: source, Runtime: os.DirFS("../runtime"),
	})
}
