// Package golden proves the templates: each folder is a scenario, whose fabgen.yaml must give want/ byte for byte,
// and whose output must build, pass its own tests and keep the rules of Fabric's manifests. The workloads under
// examples/ are held to the same.
package golden

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/golden/rules"
	"github.com/fabgen/fabgen/runtime"
)

var update = flag.Bool("update", false, "rewrite golden/*/want and examples/*")

// scenario is one configuration and the tree that it must give.
type scenario struct {
	name string
	yaml string // path of its fabgen.yaml
	want string // folder of its tree
}

func scenarios(t *testing.T) []scenario {
	t.Helper()
	var out []scenario
	for _, pattern := range []string{"*/fabgen.yaml", "../examples/*/fabgen.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, yaml := range found {
			folder := filepath.Dir(yaml)
			s := scenario{name: filepath.ToSlash(folder), yaml: yaml, want: folder}
			if filepath.Dir(folder) == "." {
				s.want = filepath.Join(folder, "want")
			}
			out = append(out, s)
		}
	}
	if len(out) < 6 {
		t.Fatalf("found %d scenarios, want at least 6", len(out))
	}
	return out
}

// document reads a scenario's configuration.
func (s scenario) document(t testing.TB) (*config.Document, []byte) {
	t.Helper()
	source, err := os.ReadFile(s.yaml)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := config.Parse(s.yaml, source)
	if err != nil {
		t.Fatal(err)
	}
	return doc, source
}

// generate writes a scenario's workload into a new folder.
func (s scenario) generate(t *testing.T) string {
	t.Helper()
	doc, source := s.document(t)
	dir := filepath.Join(t.TempDir(), "workload")
	request := generator.Request{Dir: dir, Document: doc, Source: source, Runtime: runtime.Source}
	if err := generator.Init(context.Background(), request); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWorkloadsAreAsWanted(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			dir := s.generate(t)
			if *update {
				replaceTree(t, dir, s.want)
			}
			compareTrees(t, dir, s.want)
			for _, err := range rules.Check(os.DirFS(s.want)) {
				t.Error(err)
			}
		})
	}
}

// Two runs give the same bytes, whatever the clock, the folder and the scheduling of the renderers.
func TestTwoRunsGiveTheSameBytes(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			compareTrees(t, s.generate(t), s.generate(t))
		})
	}
}

// The scenario and the example that stand for init --demo have its configuration.
func TestDemosAreTheDemo(t *testing.T) {
	for _, path := range []string{"demo/fabgen.yaml", "../examples/contoso/fabgen.yaml"} {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(config.Demo()) {
			t.Errorf("%s is not the built-in demo", path)
		}
	}
}
