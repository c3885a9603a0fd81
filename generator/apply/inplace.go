package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/fabgen/fabgen/generator/plan"
)

// update brings a tree that exists up to date.
type update struct {
	disk
	root   *os.Root
	plan   *plan.Plan
	limit  int
	writes []piece
	made   []string // folders, parents first
	staged []string // files that are removed where the run fails
}

// inPlace writes every file beside its target, then renames all, and writes the account of what was generated last.
func inPlace(ctx context.Context, p *plan.Plan, h host) error {
	dir, err := filepath.Abs(p.Dir)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	unlock, err := lock(ctx, dir)
	if err != nil {
		return err
	}
	defer unlock()
	u := &update{disk: h.over(rooted{root}), root: root, plan: p, limit: h.limit(), writes: writes(p)}
	if err := u.checkState(); err != nil {
		return err
	}
	if err := u.prepare(ctx); err != nil {
		return errors.Join(fmt.Errorf("%w; nothing was changed", err), u.undo())
	}
	if err := u.commit(); err != nil {
		return fmt.Errorf("%w; the tree is half way: run fabgen generate again to finish", err)
	}
	return nil
}

// prepare does all that can be undone, and all that takes room on the disk.
func (u *update) prepare(ctx context.Context) error {
	steps := []func(context.Context) error{
		u.sweep, u.makeAccountFolders, u.storeBases, u.storeUndo, u.announce, u.makeFolders, u.stage, u.checkTargets,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// sweep removes what a killed run left.
func (u *update) sweep(context.Context) error {
	for _, p := range u.plan.Leftovers {
		remove := u.Remove
		if p == plan.NewTreeFolder {
			remove = u.RemoveAll
		}
		if err := remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// makeAccountFolders makes the folders of fabgen's own account.
func (u *update) makeAccountFolders(context.Context) error {
	return u.makeMissing(foldersOf(append(bases(u.plan), piece{path: plan.StateFile}, piece{path: plan.UndoFile})))
}

func (u *update) makeFolders(context.Context) error { return u.makeMissing(foldersOf(u.writes)) }

func (u *update) makeMissing(dirs []string) error {
	for _, dir := range dirs {
		info, err := u.root.Lstat(dir)
		switch {
		case err == nil && !info.IsDir():
			return fmt.Errorf("%s is no longer a folder: %w; run again", dir, ErrChanged)
		case err == nil:
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		if err := u.Mkdir(dir); err != nil {
			return err
		}
		u.made = append(u.made, dir)
	}
	return nil
}

// storeBases stores base contents. They are named by what they hold, so they are in nobody's way before they count.
func (u *update) storeBases(ctx context.Context) error {
	all := bases(u.plan)
	if len(all) == 0 {
		return nil
	}
	for _, p := range all {
		u.staged = append(u.staged, p.path)
	}
	if err := u.stageAll(ctx, all); err != nil {
		return err
	}
	for _, p := range all {
		if err := u.Rename(plan.StagePath(p.path), p.path); err != nil {
			return err
		}
	}
	return u.SyncDir(plan.BaseFolder)
}

// announce writes down what the run will have made, so that what it puts on disk is known for fabgen's own even if it
// is killed. What an earlier run announced and did is made part of the account before.
func (u *update) announce(context.Context) error {
	if u.plan.Recovered != nil {
		if err := u.swap(plan.StateFile, u.plan.Recovered.Encode()); err != nil {
			return err
		}
	}
	u.staged = append(u.staged, plan.PendingFile)
	return u.swap(plan.PendingFile, u.plan.Pending.Encode())
}

// swap puts a new file in the place of an old one and has it on the disk.
func (u *update) swap(p string, data []byte) error {
	u.staged = append(u.staged, plan.StagePath(p))
	if err := u.Write(plan.StagePath(p), data, 0o644, false); err != nil {
		return err
	}
	if err := u.Rename(plan.StagePath(p), p); err != nil {
		return err
	}
	return u.SyncDir(path.Dir(p))
}

func (u *update) stage(ctx context.Context) error {
	state := piece{path: plan.StateFile, data: u.plan.State.Encode(), mode: 0o644}
	return u.stageAll(ctx, append(slices.Clip(u.writes), state))
}

func (u *update) stageAll(ctx context.Context, pieces []piece) error {
	for _, p := range pieces {
		u.staged = append(u.staged, plan.StagePath(p.path))
	}
	return each(ctx, u.limit, pieces, func(p piece) error {
		data, err := p.content()
		if err != nil {
			return err
		}
		if err := u.Write(plan.StagePath(p.path), data, p.mode, p.exact); err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		return nil
	})
}

// undo removes everything that prepare made.
func (u *update) undo() error {
	slices.Reverse(u.made)
	var problems []error
	for _, p := range append(u.staged, u.made...) {
		if err := u.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}
