package golden

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
			run(t, backend, "go", "build", "./...")
			run(t, backend, "go", "vet", "./...")
			run(t, backend, "go", "test", "./...")
			if out := run(t, backend, "gofmt", "-l", "cmd", "internal"); out != "" {
				t.Errorf("gofmt would change:\n%s", out)
			}
			run(t, backend, "go", "mod", "verify")
		})
	}
}

// isolated copies a scenario's tree to a folder of its own.
func isolated(t *testing.T, s scenario) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "workload")
	copyTree(t, s.want, dir)
	return dir
}

// run runs a tool in a folder, with the machine's environment less what would let it reach this repository.
func run(t *testing.T, dir, name string, args ...string) string {
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
