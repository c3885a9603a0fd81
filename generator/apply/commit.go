package apply

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/fabgen/fabgen/generator/plan"
)

// commit puts the staged files in place. From here on the run goes through to its end.
func (u *update) commit() error {
	if err := u.Rename(plan.StagePath(plan.UndoFile), plan.UndoFile); err != nil {
		return err
	}
	if err := u.SyncDir(plan.UndoFolder); err != nil {
		return err
	}
	for _, p := range u.writes {
		if err := u.Rename(plan.StagePath(p.path), p.path); err != nil {
			return err
		}
	}
	if err := u.delete(); err != nil {
		return err
	}
	if err := u.syncTouched(); err != nil {
		return err
	}
	if err := u.Rename(plan.StagePath(plan.StateFile), plan.StateFile); err != nil {
		return err
	}
	if err := u.SyncDir(plan.Folder); err != nil {
		return err
	}
	for _, p := range slices.Concat([]string{plan.PendingFile}, u.plan.StaleBases, u.staleUndo()) {
		if err := u.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// delete removes what is no longer generated, and the folders that this leaves empty.
func (u *update) delete() error {
	for _, p := range u.deletions() {
		if err := u.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, dir := range u.plan.Folders {
		if !u.isEmpty(dir) {
			continue
		}
		if err := u.Remove(dir); err != nil {
			return err
		}
	}
	return nil
}

func (u *update) deletions() []string {
	var paths []string
	for _, a := range u.plan.Actions {
		if a.Kind == plan.Delete {
			paths = append(paths, a.Path)
		}
	}
	return paths
}

func (u *update) isEmpty(dir string) bool {
	f, err := u.root.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	_, err = f.ReadDir(1)
	return errors.Is(err, io.EOF)
}

// syncTouched has the names in every folder that gained or lost one on the disk.
func (u *update) syncTouched() error {
	set := map[string]bool{}
	for _, p := range u.writes {
		set[path.Dir(p.path)] = true
	}
	for _, p := range append(u.deletions(), u.made...) {
		set[path.Dir(p)] = true
	}
	return each(context.Background(), u.limit, slices.Sorted(maps.Keys(set)), func(dir string) error {
		err := u.SyncDir(dir)
		if errors.Is(err, fs.ErrNotExist) { // removed, being empty
			return nil
		}
		return err
	})
}
