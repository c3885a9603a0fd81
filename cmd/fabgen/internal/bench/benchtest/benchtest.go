// Package benchtest builds the back-ends of golden workloads for the tests of what drives them.
package benchtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
)

// Build builds a golden workload's back-end from a copy of it, and gives what bench.Start needs to run it. root is the
// path of this repository.
func Build(t testing.TB, root, name string) bench.Options {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "golden", name, "fabgen.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := config.Parse("fabgen.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(doc)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	backend := filepath.Join(dir, "backend")
	if err := os.CopyFS(backend, os.DirFS(filepath.Join(root, "golden", name, "want", "backend"))); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "server.exe")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/server")
	cmd.Dir, cmd.Env = backend, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the back-end: %v\n%s", err, said)
	}
	return bench.Options{Dir: dir, Model: m, Env: m.Env, Binary: binary}
}

// Start starts a bench that ends with the test.
func Start(t testing.TB, o bench.Options) *bench.Bench {
	t.Helper()
	b, err := bench.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}
