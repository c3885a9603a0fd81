package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
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
	data, err := readBounded(path, registration.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("%s is missing, from which the local Entra knows the application; run `fabgen generate --restore`", path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the application's registration: %w", err)
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
	data, err := readBounded(path, localentra.MaxSeed)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no file %s; --seed takes one with tenants and users", path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the seed: %w", err)
	}
	seed, err := localentra.ParseSeed(data)
	if err != nil {
		return nil, usagef("%s: %v", path, err)
	}
	return seed, nil
}

// readBounded reads a file, and one byte more than most of one that is longer.
func readBounded(path string, most int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, _, err := bounded(f, most)
	return data, err
}

// localFolders are where a local cloud keeps what it has: the root certificate, for all workloads, and what is one
// workload's. Both are in the person's cache folder, so that nothing gets among the workload's files.
func localFolders(dir string) (root, state string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", "", fmt.Errorf("finding your cache folder: %w", err)
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
	return filepath.Join(cache, "fabgen", "entra"), filepath.Join(cache, "fabgen", "workloads", name), nil
}
