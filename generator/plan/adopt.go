package plan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/fabgen/fabgen/generator/render"
)

// ErrNotGenerated says that a path is not one that fabgen generates.
var ErrNotGenerated = errors.New("not a file that fabgen generates")

// ErrInterrupted says that a run was interrupted, so that its work must be finished first.
var ErrInterrupted = errors.New("the last run was interrupted; run `fabgen generate` first, which finishes it")

// Adopt plans to take what stands at the paths for the user's edits of what is generated there. Of the Input it uses
// Dir, Files, Version and Last. It fails with ErrNotGenerated, and with ErrInterrupted.
func Adopt(ctx context.Context, in Input, paths []string) (*Plan, error) {
	t, err := openTarget(in.Dir)
	if err != nil {
		return nil, err
	}
	defer t.close()
	acc, err := t.readAccount()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.Dir, err)
	}
	if acc.pending != nil {
		return nil, fmt.Errorf("%s: %w", in.Dir, ErrInterrupted)
	}
	p := newPlan(in.Dir, acc, t)
	for _, e := range acc.state.Entries {
		p.record(e, e)
	}
	d := &decisions{Plan: p, in: in, acc: acc, target: t}
	for _, name := range paths {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := d.adopt(name); err != nil {
			return nil, err
		}
	}
	p.keepAccount(in, acc)
	p.Undo = p.undoRecord(acc)
	p.sort()
	return p, nil
}

func (d *decisions) adopt(name string) error {
	f, ok := find(d.in.Files, name)
	q := question{file: f, sha256: hash(f.Data), adopt: true}
	if !ok || q.isAccount() {
		return fmt.Errorf("adopting %s: %w; `fabgen check --json` and %s name those that are", name, ErrNotGenerated, StateFile)
	}
	if err := d.scan(path.Dir(name)); err != nil {
		return err
	}
	var err error
	if q.disk, err = d.look(name); err != nil {
		return err
	}
	switch {
	case q.disk.obstacle != "":
		return fmt.Errorf("adopting %s: %s", name, q.disk.obstacle)
	case !q.disk.there:
		return fmt.Errorf("adopting %s: it is not there; `fabgen generate` makes it", name)
	}
	q.prior, q.known = d.acc.entry(name, q.disk)
	e := q.adopted(d.in.Version)
	d.Rendered[name] = q.sha256
	d.Actions = append(d.Actions, q.action(Keep, "yours from now on"))
	d.record(e, e)
	return nil
}

// adopted is the entry of an adopted file. Its base is what was generated last, so that the next run brings in what
// changed since.
func (q question) adopted(version string) Entry {
	e := Entry{
		Path: q.file.Path, Class: render.Seeded, Mode: q.file.Mode.Perm(), Template: q.file.Template, Version: version,
		SHA256: q.sha256, Adopted: q.file.Class == render.Owned,
	}
	if q.known && !q.prior.Is(q.sha256) {
		e.SHA256, e.Version = q.prior.SHA256, q.prior.Version
	}
	return e
}

func find(files []render.File, name string) (render.File, bool) {
	for _, f := range files {
		if f.Path == name {
			return f, true
		}
	}
	return render.File{}, false
}

// ReadConfig gives the configuration that the workload in dir was generated from last. Errors wrap fs.ErrNotExist where
// that is not recorded.
func ReadConfig(dir string) ([]byte, error) {
	t, err := openTarget(dir)
	if err != nil {
		return nil, err
	}
	defer t.close()
	if err := t.scan(Folder); err != nil {
		return nil, err
	}
	data, err := t.readAccountFile(ConfigFile)
	if err == nil && data == nil {
		err = fmt.Errorf("%s: %w", ConfigFile, fs.ErrNotExist)
	}
	return data, err
}
