//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// demoIn makes the demo in a new folder.
func demoIn(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("fabgen", "init", "--demo", "-q", ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

func TestAddAsksForWhatIsMissing(t *testing.T) {
	dir := demoIn(t)
	s := startSession(t, dir, "add", "route", "--path", "/things/{thingId}")
	s.play(`
expect Route name
answer get things
expect found "get things"
answer getThing
expect HTTP method
press enter
expect Scopes
expect [ ]  Forecast.Read.All
press space enter
expect fabgen.yaml
expect > Write
press enter
`)
	if code := s.wait(); code != exitDone {
		t.Fatalf("exit code is %d; want %d:\n%s", code, exitDone, s.text())
	}
	data, err := os.ReadFile(filepath.Join(dir, "fabgen.yaml"))
	want := "  - name: getThing\n    method: GET\n    path: /things/{thingId}\n    scopes: [Forecast.Read.All]\n"
	if err != nil || !strings.Contains(string(data), want) {
		t.Errorf("%v; fabgen.yaml holds\n%s", err, data)
	}
	if _, err := os.Stat(filepath.Join(dir, "backend/internal/routes/getthing.go")); err != nil {
		t.Error(err)
	}
}

func TestAddThatIsCancelledWritesNothing(t *testing.T) {
	for name, script := range map[string]string{
		"at a question": "expect Item name\npress ctrl-c",
		"at the end":    "expect Item name\nanswer Report\nexpect > Write\npress down\nexpect > Cancel\npress enter",
	} {
		t.Run(name, func(t *testing.T) {
			dir := demoIn(t)
			want, err := os.ReadFile(filepath.Join(dir, "fabgen.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			s := startSession(t, dir, "add", "item")
			s.play(script)
			if code := s.wait(); code != exitFailed {
				t.Errorf("exit code is %d; want %d:\n%s", code, exitFailed, s.text())
			}
			got, err := os.ReadFile(filepath.Join(dir, "fabgen.yaml"))
			if err != nil || string(got) != string(want) {
				t.Errorf("fabgen.yaml was written, or %v", err)
			}
			if found, err := filepath.Glob(filepath.Join(dir, "backend/internal/items/report*")); err != nil || len(found) > 0 {
				t.Errorf("%v were written, %v", found, err)
			}
		})
	}
}
