package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/generator/apply/dirlock"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/registration"
)

// localOptions reads the workload in dir, and the people of a seed where there is one, for a local cloud.
func localOptions(dir, seed string) (local.Options, error) {
	m, env, err := readModel(dir, config.DefaultEnvironment)
	if err != nil {
		return local.Options{}, err
	}
	o := local.Options{Model: m, Env: env}
	if o.Registration, err = readRegistration(filepath.Join(dir, filepath.FromSlash(applicationTemplate))); err != nil {
		return o, err
	}
	if o.Seed, err = readSeed(seed); err != nil {
		return o, err
	}
	o.RootDir, o.StateDir, err = localFolders(dir)
	return o, err
}

// readRegistration reads the application that the local Entra knows. What is not registered there fails, as it would
// with Entra.
func readRegistration(path string) (*registration.Application, error) {
	data, _, err := readBounded(path, registration.MaxSize, "the application's registration",
		"the local Entra knows the application by it: run `fabgen generate --restore`") // what is more, Parse refuses
	if err != nil {
		return nil, err
	}
	app, err := registration.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("reading the application's registration %s: %w", path, err)
	}
	return app, nil
}

// readSeed reads who there is; nil for those whom the local Entra brings along.
func readSeed(path string) (*localentra.Seed, error) {
	if path == "" {
		return nil, nil
	}
	data, _, err := readBounded(path, localentra.MaxSeed, "the seed", "--seed takes one with tenants and users")
	if err != nil {
		return nil, err
	}
	seed, err := localentra.ParseSeed(data)
	if err != nil {
		return nil, usagef("%s: %v", path, err)
	}
	return seed, nil
}

// localFolders are where a local cloud keeps what it has: the root certificate, for all workloads, and what is one
// workload's. Both are in the person's cache folder, so that nothing gets among the workload's files.
func localFolders(dir string) (root, state string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", "", fmt.Errorf("finding your cache folder: %w; %s", err, elsewhere)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	if target, err := filepath.EvalSymlinks(abs); err == nil {
		abs = target
	}
	sum := sha256.Sum256([]byte(abs))
	name := filepath.Base(abs) + "-" + hex.EncodeToString(sum[:6])
	return filepath.Join(cache, "fabgen", "entra"), filepath.Join(cache, "fabgen", "workloads", name, "state"), nil
}

// cacheVariable names another cache folder, by os.UserCacheDir.
var cacheVariable = cmp.Or(map[string]string{"windows": "LocalAppData", "darwin": "HOME"}[runtime.GOOS], "XDG_CACHE_HOME")

// elsewhere is what to do where the cache folder is of no use.
var elsewhere = "set " + cacheVariable + " to a folder that you can write to"

// claim keeps a second `fabgen dev` away from a workload's state, which each would write over the other's.
func claim(state, dir string) (release func(), err error) {
	folder := filepath.Dir(state)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of what is kept: %w; %s", err, elsewhere)
	}
	release, err = dirlock.Try(folder, "lock")
	if errors.Is(err, dirlock.ErrHeld) {
		return nil, fmt.Errorf("another `fabgen dev` runs for %s; end that first, or run a copy of the folder", dir)
	}
	return release, err
}
