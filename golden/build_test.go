package golden

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/internal/nodemodules"
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

// Every front-end installs from its lock file, type-checks, lints, passes its tests and builds within its budgets.
func TestFrontendsBuildAndPass(t *testing.T) {
	if testing.Short() {
		t.Skip("builds every front-end")
	}
	for _, name := range []string{"demo", "smallest", "everything", "certificate"} {
		t.Run(name, func(t *testing.T) {
			frontend := filepath.Join(isolated(t, scenario{want: name + "/want"}), "frontend")
			nodemodules.Link(t, frontend)
			scripts := []string{"lint", "test", "build"} // which type-checks first
			switch name {
			case "demo":
				scripts[1] = "coverage" // what it covers is the same everywhere
			case "certificate":
				scripts = scripts[2:] // the demo under other names
			}
			for _, script := range scripts {
				run(t, frontend, "npm", "run", script)
			}
			if name == "demo" {
				t.Run("package", func(t *testing.T) { servesPackage(t, frontend) })
				t.Run("nginx", func(t *testing.T) { servedByNginx(t, frontend) })
			}
			if name == "demo" || name == "everything" {
				t.Run("browser", func(t *testing.T) { worksInBrowser(t, name, frontend) })
			}
		})
	}
}

// useOfRoute is what somebody writes who calls a route: it must not compile without the route, or without a parameter.
const useOfRoute = `import type { Client } from "./api/client";

export const compare = async (api: Client): Promise<number> => {
  const answer = await api.compareForecasts<{ n: number }>({ forecastId: "1", itemId: "2", workspaceId: "3" });
  // @ts-expect-error: a parameter of the path is missing
  await api.compareForecasts({ itemId: "2", workspaceId: "3" });
  // @ts-expect-error: a parameter of the query is missing
  await api.compareForecasts({ forecastId: "1", itemId: "2" });
  // @ts-expect-error: there is no such parameter
  await api.compareForecasts({ forecastId: "1", itemId: "2", workspaceId: "3", other: "4" });
  return answer.n;
};
`

const addedRoute = `
  - name: compareForecasts
    method: GET
    path: /comparisons/{forecastId}
    scopes: [Forecast.Read.All]
    item: Forecast
    permissions: [Read]
`

// A route that is added to fabgen.yaml gives a method with typed parameters; without the route its use is an error.
func TestRouteGivesTypedMethod(t *testing.T) {
	source := string(config.Demo())
	with := strings.Replace(source, "\nenvironments:", addedRoute+"environments:", 1)
	if with == source {
		t.Fatal("the demo's fabgen.yaml has no line environments")
	}
	if out, err := compileUse(t, with); err != nil {
		t.Errorf("with the route: %v\n%s", err, out)
	}
	out, err := compileUse(t, source)
	if err == nil || !strings.Contains(out, "src/use.ts") || !strings.Contains(out, "compareForecasts") {
		t.Errorf("without the route: %v\n%s", err, out)
	}
}

// compileUse generates the workload, adds the use of the route, and compiles that and what it imports.
func compileUse(t *testing.T, source string) (string, error) {
	t.Helper()
	yaml := filepath.Join(t.TempDir(), "fabgen.yaml")
	if err := os.WriteFile(yaml, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	frontend := filepath.Join(scenario{yaml: yaml}.generate(t), "frontend")
	nodemodules.Link(t, frontend)
	project := `{"extends": "./tsconfig.json", "include": ["src/use.ts", "src/vite-env.d.ts"]}`
	for name, text := range map[string]string{"src/use.ts": useOfRoute, "tsconfig.use.json": project} {
		if err := os.WriteFile(filepath.Join(frontend, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "npx", "--no-install", "tsc", "--project", "tsconfig.use.json")
	cmd.Dir = frontend
	out, err := cmd.CombinedOutput()
	return string(out), err
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
