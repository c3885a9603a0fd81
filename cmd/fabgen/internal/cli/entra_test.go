package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/internal/testenv"
)

const goldenFolder = "../../../../golden"

// printed is what a command prints, which has to go well.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	a, out, talk := newTestApp()
	if code := a.run(t.Context(), args); code != exitDone {
		t.Fatalf("%v: exit code %d: %s", args, code, talk)
	}
	return out.String()
}

// What the command line prints is, byte for byte, what stands in the kept trees.
func TestEntraPrintsWhatIsKept(t *testing.T) {
	for scenario, environments := range map[string][]string{"demo": {"prod"}, "everything": {"prod", "test"}} {
		want := filepath.Join(goldenFolder, scenario, "want")
		same := func(file string, args ...string) {
			t.Helper()
			data, err := os.ReadFile(filepath.Join(want, "entra", file))
			if err != nil {
				t.Fatal(err)
			}
			if printed(t, append(args, "--dir", want)...) != string(data) {
				t.Errorf("%s: %v does not print %s", scenario, args, file)
			}
		}
		same("application.json", "entra", "manifest")
		same("provision.sh", "entra", "script")
		for _, env := range environments {
			same("application."+env+".json", "entra", "manifest", "--env", env)
		}
	}
}

func TestEntraScriptIsCleanShell(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the script is for macOS and Linux")
	}
	for _, scenario := range []string{"demo", "everything"} {
		dir := filepath.Join(goldenFolder, scenario, "want")
		for _, env := range []string{"dev", "prod"} {
			script := printed(t, "entra", "script", "--dir", dir, "--env", env)
			for _, check := range [][]string{{"sh", "-n"}, {"shellcheck", "-"}} {
				cmd := exec.Command(testenv.Tool(t, check[0]), check[1:]...)
				cmd.Stdin = strings.NewReader(script)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s for %s: %v: %v\n%s", scenario, env, check, err, out)
				}
			}
		}
	}
}
