package golden

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/testenv"
)

// Every back-end builds and passes its tests from a copy of its tree alone, out of this repository's reach.
func TestBackendsBuildAndPass(t *testing.T) {
	if testing.Short() {
		t.Skip("builds every back-end")
	}
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			dir := isolated(t, s)
			backend := filepath.Join(dir, "backend")
			run(t, backend, "go", "vet", "./...")
			run(t, backend, "go", "test", "./...") // builds everything; program_test.go links two of the servers
			if out := run(t, backend, "gofmt", "-l", "cmd", "internal"); out != "" {
				t.Errorf("gofmt would change:\n%s", out)
			}
			if s.name == "demo" { // all have the same modules
				run(t, backend, "go", "mod", "verify")
			}
		})
	}
}

// The demo's front-end installs from its lock file, type-checks, lints, passes its tests and builds.
func TestDemoFrontendBuildsAndPasses(t *testing.T) {
	needTool(t, "npm")
	frontend := filepath.Join(isolated(t, scenario{want: "demo/want"}), "frontend")
	run(t, frontend, "npm", "ci", "--no-audit", "--no-fund")
	for _, script := range []string{"typecheck", "lint", "coverage", "build"} { // coverage runs the tests
		run(t, frontend, "npm", "run", script)
	}
	t.Run("package", func(t *testing.T) { servesPackage(t, frontend) })
	t.Run("weight", func(t *testing.T) { isLight(t, frontend) })
	t.Run("typed", func(t *testing.T) { hasTypedRoutes(t, filepath.Join(frontend, "node_modules")) })
	t.Run("browser", func(t *testing.T) { worksInBrowser(t, frontend) })
	t.Run("others", func(t *testing.T) {
		for _, name := range []string{"smallest", "everything", "certificate"} {
			t.Run(name, func(t *testing.T) { checkFrontend(t, name, filepath.Join(frontend, "node_modules")) })
		}
	})
}

// checkFrontend type-checks, lints and tests a front-end with the demo's modules, which are the same.
func checkFrontend(t *testing.T, name, modules string) {
	frontend := filepath.Join(isolated(t, scenario{want: name + "/want"}), "frontend")
	if err := os.Symlink(modules, filepath.Join(frontend, "node_modules")); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"typecheck", "lint", "test"} {
		run(t, frontend, "npm", "run", script)
	}
}

// isolated copies a scenario's tree to a folder of its own.
func isolated(t testing.TB, s scenario) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "workload")
	copyTree(t, s.want, dir)
	return dir
}

// run runs a tool in a folder, with the machine's environment less what would let it reach this repository.
func run(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	t.Logf("%s %s took %s", name, strings.Join(args, " "), time.Since(start).Round(10*time.Millisecond))
	return string(out)
}

// needTool fails the test in CI where a tool is missing, and skips it elsewhere, saying so.
func needTool(t testing.TB, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		testenv.Missing(t, name+" is not installed")
	}
}
