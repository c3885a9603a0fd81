package bench_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench/benchtest"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
)

// A back-end runs, keeps its data over a restart, and is gone with what was kept once the bench is closed.
func TestBench(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a server")
	}
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("FABRIC_CLIENT_SECRET_FILE", "/of/another/workload") // two credentials would be one too many
	b := benchtest.Start(t, benchtest.Build(t, "../../../..", "demo"))
	for range 2 {
		resp, err := http.Get(b.URL + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if err := b.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(b.Logs(), `"msg":"listening"`); got != 3 {
		t.Errorf("it has listened %d times:\n%s", got, b.Logs())
	}
	b.Close()
	if resp, err := http.Get(b.URL + "/healthz"); err == nil {
		resp.Body.Close()
		t.Error("it still runs")
	}
	if left, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "fabgen-test-*")); err != nil || len(left) > 0 {
		t.Errorf("%q are left, %v", left, err)
	}
}

// What keeps a back-end from getting ready is told in its own words.
func TestBackendsThatDoNotStart(t *testing.T) {
	doc, err := config.Parse("fabgen.yaml", config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(doc)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "backend"), 0o700); err != nil {
		t.Fatal(err)
	}
	ends := filepath.Join(dir, "ends")
	if err := os.WriteFile(ends, []byte("#!/bin/sh\necho the setting is wrong\nexit 2\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	starts := filepath.Join(dir, "starts")
	if err := os.WriteFile(starts, []byte("#!/bin/sh\nsleep 300 &\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ binary, want string }{
		"one that starts another": {starts, "the back-end does not get ready: exit status 3"}, // whose output stays open
		"one that ends":           {ends, "the back-end does not get ready: exit status 2; it said:\nthe setting is wrong"},
		"one that is not there":   {filepath.Join(dir, "none"), "starting " + filepath.Join(dir, "none")},
		"one that does not build": {"", "building the back-end in " + filepath.Join(dir, "backend")},
	} {
		_, err := bench.Start(t.Context(), bench.Options{Dir: dir, Model: m, Env: m.Env, Binary: c.binary})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := bench.Start(ctx, bench.Options{Dir: dir, Model: m, Env: m.Env, Binary: ends}); err == nil {
		t.Error("it starts after its context has ended")
	}
}
