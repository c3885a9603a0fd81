// Package benchtest builds the back-ends of golden workloads for the tests of what drives them.
package benchtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
)

// Edit is a change of a back-end's code, as a user makes it: Old, which stands once in the file, becomes New.
type Edit struct {
	File     string // in backend/
	Old, New string
}

// Build builds a golden workload's back-end from a copy of it, and gives what bench.Start needs to run it. root is the
// path of this repository.
func Build(t testing.TB, root, name string, edits ...Edit) bench.Options {
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
	for _, e := range edits {
		e.apply(t, backend)
	}
	binary := filepath.Join(dir, "server.exe")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/server")
	cmd.Dir, cmd.Env = backend, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the back-end: %v\n%s", err, said)
	}
	return bench.Options{Dir: dir, Model: m, Env: m.Env, Binary: binary}
}

func (e Edit) apply(t testing.TB, backend string) {
	t.Helper()
	file := filepath.Join(backend, filepath.FromSlash(e.File))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(data), e.Old); n != 1 {
		t.Fatalf("%s has %q %d times", e.File, e.Old, n)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(data), e.Old, e.New, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
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
