package plan

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/fabgen/fabgen/generator/render"
)

// ErrNothingToUndo says that no run is recorded that could be taken back.
var ErrNothingToUndo = errors.New("there is no generation to take back")

const editedSince = "it changed after the generation; move your change aside, or lose it with --force"

// Undo plans to take back all that the last run did to the workload in dir: its files, fabgen.yaml where the run edited
// it, and the account of what was generated. Files that changed since are conflicts, unless force. Its own record lets
// another Undo take it back. It fails with ErrNothingToUndo, ErrInterrupted and ErrCorruptState.
func Undo(ctx context.Context, dir string, force bool) (*Plan, error) {
	t, err := openTarget(dir)
	if err != nil {
		return nil, err
	}
	defer t.close()
	acc, err := t.readAccount()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", dir, err)
	case acc.pending != nil:
		return nil, fmt.Errorf("%s: %w", dir, ErrInterrupted)
	case acc.undo == nil:
		return nil, fmt.Errorf("%s: %w: a new workload is taken back by deleting it, and a later generation is kept on the "+
			"machine that ran it until the next one", dir, ErrNothingToUndo)
	}
	u := &undoing{Plan: newPlan(dir, acc, t), target: t, record: acc.undo, force: force}
	if err := u.planAll(ctx, acc); err != nil {
		return nil, fmt.Errorf("%s: taking the last generation back: %w", dir, err)
	}
	return u.Plan, nil
}

// undoing is the plan of an undo while it is made.
type undoing struct {
	*Plan
	*target
	record *UndoRecord
	force  bool
}

func (u *undoing) planAll(ctx context.Context, acc *account) error {
	last, err := u.lastState()
	if err != nil {
		return err
	}
	u.State, u.Pending = last, &State{Entries: last.Entries}
	touched := map[string]bool{}
	for _, f := range u.record.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := u.putBack(f, acc); err != nil {
			return err
		}
		addFolders(touched, f.Path)
	}
	u.Folders = u.emptied(touched, u.remaining())
	u.Pending.Folders = u.Folders
	content := map[string][]byte{}
	for _, sum := range u.record.Bases {
		if content[sum], err = u.kept(sum); err != nil {
			return err
		}
	}
	u.keepBases(last.bases(), content, acc)
	u.recordAction(acc)
	u.Undo = u.undoRecord(acc)
	u.sort()
	return nil
}

// lastState is the account as it was before the run.
func (u *undoing) lastState() (*State, error) {
	if u.record.State == "" {
		return &State{Entries: map[string]Entry{}}, nil
	}
	data, err := u.kept(u.record.State)
	if err != nil {
		return nil, err
	}
	return decodeState(StateFile, data)
}

// kept reads content that the run replaced.
func (u *undoing) kept(sum string) ([]byte, error) {
	packed, err := u.readAccountFile(UndoPath(sum))
	if err != nil {
		return nil, err
	}
	if packed == nil {
		return nil, fmt.Errorf("%s is missing; take the generation back with version control", UndoPath(sum))
	}
	return Unpack(packed, sum)
}

// putBack plans for one file.
func (u *undoing) putBack(f Replaced, acc *account) error {
	if err := u.scan(path.Dir(f.Path)); err != nil {
		return err
	}
	s, err := u.look(f.Path)
	if err != nil {
		return err
	}
	a := Action{Path: f.Path, Class: u.classOf(f.Path, acc), Mode: f.Mode, Seen: s.sha256, Old: s.data}
	switch {
	case s.obstacle != "":
		a.Kind, a.Reason = Conflict, s.obstacle
	case s.sha256 == f.Before:
		a.Kind, a.Reason = Unchanged, "as it was"
	case s.sha256 != f.After && !u.force:
		a.Kind, a.Reason = Conflict, editedSince
	case f.Before == "":
		a.Kind, a.Reason = Delete, "it was not there before"
	case !s.there:
		a.Kind, a.Reason = Create, "it was there before"
	default:
		a.Kind, a.Reason = Update, "as it was before"
	}
	if f.Before != "" && s.obstacle == "" && a.Kind != Unchanged {
		if a.Data, err = u.kept(f.Before); err != nil {
			return err
		}
		a.Data = held(a.Data)
	}
	a.exact = a.Kind == Create
	u.Actions = append(u.Actions, a)
	return nil
}

// classOf says whose a file is, by either account.
func (u *undoing) classOf(p string, acc *account) render.Class {
	if e, ok := u.State.Entries[p]; ok {
		return e.Class
	}
	if e, ok := acc.state.Entries[p]; ok {
		return e.Class
	}
	return render.Seeded
}

// remaining are the files that stand once all is put back.
func (u *undoing) remaining() []render.File {
	var files []render.File
	for p := range u.State.Entries {
		files = append(files, render.File{Path: p})
	}
	return files
}
