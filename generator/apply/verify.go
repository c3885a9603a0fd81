package apply

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/fabgen/fabgen/generator/plan"
)

// checkState refuses a plan that another run, or a person, made out of date.
func (u *update) checkState() error {
	return u.expect(plan.StateFile, u.plan.StateSeen)
}

// checkTargets looks once more at every file that is to be replaced or removed, right before that is done.
func (u *update) checkTargets(ctx context.Context) error {
	var touched []plan.Action
	for _, a := range u.plan.Actions {
		if a.Path != plan.StateFile && a.Kind.Touches() {
			touched = append(touched, a)
		}
	}
	return each(ctx, u.limit, touched, func(a plan.Action) error { return u.expect(a.Path, a.Seen) })
}

// expect fails with ErrChanged unless the file at p, reached through real folders alone, has this SHA-256. An empty
// one stands for no file.
func (u *update) expect(p, want string) error {
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if info, err := u.root.Lstat(dir); err == nil && !info.IsDir() {
			return fmt.Errorf("%s is no longer a folder: %w; run again", dir, ErrChanged)
		}
	}
	found, err := u.hashOf(p)
	if err != nil {
		return err
	}
	if found != want {
		return fmt.Errorf("%s: %w; run again", p, ErrChanged)
	}
	return nil
}

// hashOf gives the SHA-256 of the file at p, empty where there is none.
func (u *update) hashOf(p string) (string, error) {
	info, err := u.root.Lstat(p)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "not a file", nil
	}
	f, err := u.root.Open(p)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
