// Package nodemodules installs what the tests of front-ends, and their drivers, import: once for all that have the same
// lock file, as generated front-ends do.
package nodemodules

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/testenv"
)

// Link gives a folder its node_modules. They are installed by npm ci from its package.json, package-lock.json and .npmrc,
// into the user's cache folder where they are not yet. Without npm the test is skipped, and fails in CI.
func Link(t testing.TB, project string) {
	t.Helper()
	testenv.Tool(t, "npm")
	modules, err := installed(t.Context(), project)
	if err == nil {
		err = os.Symlink(modules, filepath.Join(project, "node_modules"))
	}
	if err != nil {
		t.Fatalf("installing the modules of %s: %v", project, err)
	}
}

func installed(ctx context.Context, project string) (string, error) {
	key, err := lockKey(filepath.Join(project, "package-lock.json"))
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "fabgen-test", key)
	modules := filepath.Join(folder, "node_modules")
	if _, err := os.Stat(modules); err == nil {
		return modules, nil
	}
	return modules, install(ctx, project, folder)
}

// install makes the folder whole or not at all, whoever else is making it.
func install(ctx context.Context, project, folder string) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(folder), "new")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
		data, err := os.ReadFile(filepath.Join(project, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(work, name), data, 0o600); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund")
	cmd.Dir = work
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	if err := os.Rename(work, folder); err != nil {
		if _, there := os.Stat(folder); there != nil {
			return err
		}
	}
	return nil
}

// lockKey names what a lock file installs; the name and version of the project itself do not matter.
func lockKey(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var lock struct {
		Packages map[string]map[string]any `json:"packages"`
	}
	if err := json.Unmarshal(data, &lock); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	delete(lock.Packages[""], "name")
	delete(lock.Packages[""], "version")
	if data, err = json.Marshal(lock); err != nil { // sorts the keys
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8]), nil
}
