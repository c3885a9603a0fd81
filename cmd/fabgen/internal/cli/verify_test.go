package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/internal/nodemodules"
)

// With --verify a front-end that does not type-check is not written; one that does is, and none of it is skipped.
func TestGenerateVerifiesTheFrontEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a workload twice")
	}
	dir := filepath.Join(t.TempDir(), "w")
	if out, err := exec.Command("fabgen", "init", "--demo", "-q", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	nodemodules.Link(t, filepath.Join(dir, "frontend"))
	changeFile(t, filepath.Join(dir, "fabgen.yaml"), "displayName: Contoso Forecast", "displayName: Contoso Foresight")
	const worker, wrong = "frontend/src/index.worker.ts", "export const mine: number = \"text\";\n"
	changeFile(t, filepath.Join(dir, worker), "", wrong)

	out, err := exec.Command("fabgen", "generate", "--verify", "--dir", dir).CombinedOutput()
	for _, want := range []string{"does not build in frontend; nothing was written", "src/index.worker.ts", "not assignable to type 'number'"} {
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%v: %s\nwant an error that says %q", err, out, want)
		}
	}
	readme := filepath.Join(dir, "README.md")
	if data, err := os.ReadFile(readme); err != nil || strings.Contains(string(data), "Foresight") {
		t.Errorf("it is written, or %v", err)
	}

	changeFile(t, filepath.Join(dir, worker), wrong, "")
	out, err = exec.Command("fabgen", "generate", "--verify", "--dir", dir).CombinedOutput()
	if err != nil || strings.Contains(string(out), "not verified") {
		t.Errorf("%v: %s", err, out)
	}
	if data, err := os.ReadFile(readme); err != nil || !strings.Contains(string(data), "Foresight") {
		t.Errorf("it is not written, or %v", err)
	}
}

// changeFile replaces the first place of a text in a file; an empty one is its beginning.
func changeFile(t *testing.T, file, old, fresh string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(data), old, fresh, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}
