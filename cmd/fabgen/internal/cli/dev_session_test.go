//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A change that cannot be merged is asked about while the workload runs. No leaves everything as it is, and Ctrl-C at the
// question ends all, as it does elsewhere.
func TestDevAsksBeforeItMarks(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a server")
	}
	cache, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", strings.TrimSpace(string(cache)))
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := demoIn(t)
	replaceIn := func(name, before, after string) {
		t.Helper()
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(data), before) {
			t.Fatalf("%v; %s has no %s", err, name, before)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(data), before, after, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	replaceIn("README.md", "# Contoso Forecast", "# Our Forecast")
	s := startSession(t, dir, "dev", "--backend-only")
	s.expect("Ctrl-C ends all of it.")
	replaceIn("fabgen.yaml", "displayName: Contoso Forecast", "displayName: Contoso Foresight")
	s.play("expect would get conflict markers\npress enter\nexpect the workload goes on as it was")
	replaceIn("fabgen.yaml", "displayName: Contoso Foresight", "displayName: Contoso Hindsight")
	s.play("expect Generate?\nexpect > No\npress ctrl-c")
	if code := s.wait(); code != exitFailed {
		t.Errorf("exit code is %d; want %d:\n%s", code, exitFailed, s.text())
	}
	if data, err := os.ReadFile(filepath.Join(dir, "README.md")); err != nil || strings.Contains(string(data), "<<<<<<<") {
		t.Errorf("%v; README.md holds\n%s", err, data)
	}
}
