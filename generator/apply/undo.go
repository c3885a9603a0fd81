package apply

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/generator/plan"
)

// storeUndo keeps what the run is about to replace, and stages the record of it. Contents are named by what they hold,
// so that they stand in nobody's way before the record counts.
func (u *update) storeUndo(ctx context.Context) error {
	there := u.undoNames()
	var pieces []piece
	for _, sum := range u.plan.Undo.Contents() {
		if slices.Contains(there, path.Base(plan.UndoPath(sum))) {
			continue
		}
		data, err := u.replaced(sum)
		if err != nil {
			return err
		}
		pieces = append(pieces, piece{path: plan.UndoPath(sum), data: data, mode: 0o644, pack: true})
	}
	if !slices.Contains(there, path.Base(plan.UndoIgnore)) {
		pieces = append(pieces, piece{path: plan.UndoIgnore, data: []byte("*\n"), mode: 0o644})
	}
	for _, p := range pieces {
		u.staged = append(u.staged, p.path)
	}
	record := piece{path: plan.UndoFile, data: u.plan.Undo.Encode(), mode: 0o644}
	if err := u.stageAll(ctx, append(pieces, record)); err != nil {
		return err
	}
	for _, p := range pieces {
		if err := u.Rename(plan.StagePath(p.path), p.path); err != nil {
			return err
		}
	}
	return nil
}

// replaced reads content that the record needs from where it stands now.
func (u *update) replaced(sum string) ([]byte, error) {
	if slices.Contains(u.plan.Undo.Bases, sum) {
		packed, err := u.readFile(plan.BasePath(sum))
		if err != nil {
			return nil, err
		}
		return plan.Unpack(packed, sum)
	}
	at := plan.StateFile
	for _, f := range u.plan.Undo.Files {
		if f.Before == sum {
			at = f.Path
			break
		}
	}
	if err := u.expect(at, sum); err != nil {
		return nil, err
	}
	return u.readFile(at)
}

func (u *update) readFile(p string) ([]byte, error) {
	f, err := u.root.Open(p)
	if err != nil {
		return nil, fmt.Errorf("keeping what is replaced: %w", err)
	}
	data, err := io.ReadAll(f)
	return data, errors.Join(err, f.Close())
}

// undoNames are the names in the folder of the record.
func (u *update) undoNames() []string {
	entries, err := fs.ReadDir(u.root.FS(), plan.UndoFolder)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// staleUndo are the contents that the new record does not need.
func (u *update) staleUndo() []string {
	needed := map[string]bool{}
	for _, sum := range u.plan.Undo.Contents() {
		needed[plan.UndoPath(sum)] = true
	}
	var stale []string
	for _, name := range u.undoNames() {
		if p := path.Join(plan.UndoFolder, name); strings.HasSuffix(name, path.Ext(plan.UndoPath(""))) && !needed[p] {
			stale = append(stale, p)
		}
	}
	return stale
}
