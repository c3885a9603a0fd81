package plan

import (
	"errors"
	"fmt"

	"github.com/fabgen/fabgen/generator/render"
)

// ErrSourceChanged says that somebody else wrote fabgen.yaml while it was edited here.
var ErrSourceChanged = errors.New("fabgen.yaml changed meanwhile")

// decisions is a plan while it is made.
type decisions struct {
	*Plan
	*target
	in   Input
	acc  *account
	disk map[string]sight

	rendered map[string]bool
	moved    map[string]string // where an action takes what stands at a path
}

// decideAll fills in the actions for every file but fabgen's own account, and what is to be recorded.
func (d *decisions) decideAll() error {
	d.rendered = make(map[string]bool, len(d.in.Files))
	for _, f := range d.in.Files {
		d.rendered[f.Path] = true
	}
	d.moved = d.halfMoved()
	moves := d.moves()
	for _, f := range d.in.Files {
		if err := d.decideRendered(f, moves[f.Path]); err != nil {
			return err
		}
	}
	for path := range d.acc.paths() {
		if prior, known := d.acc.entry(path, d.disk[path]); known && !d.rendered[path] {
			if err := d.decideStale(stale{prior, d.disk[path], d.moved[path], d.in.Force}); err != nil {
				return err
			}
		}
	}
	return d.decideSource()
}

// decideRendered decides on a rendered file; from is where an earlier one of it stands, or stood.
func (d *decisions) decideRendered(f render.File, from string) error {
	q := question{file: f, disk: d.disk[f.Path], force: d.in.Force, base: d.base}
	q.sha256 = q.disk.hashOf(f.Data)
	d.Rendered[f.Path] = q.sha256
	q.prior, q.known = d.acc.entry(f.Path, q.disk)
	q.resumed = d.acc.isWork(f.Path, q.disk)
	if from != "" && !d.leaves(f, from) {
		q.prior, q.known = d.acc.entry(from, d.disk[from])
		if activePath(from) != f.Path {
			q.origin = from
		}
		if d.movable(from) && !q.disk.there && q.disk.obstacle == "" {
			q.disk, q.from = d.disk[from], from
		}
	}
	q.restore = !q.disk.there && d.in.restores(f.Path)
	a, err := q.decide()
	if err != nil {
		return err
	}
	d.Actions = append(d.Actions, a)
	if e, ok := q.entry(a, d.in.Version); ok {
		d.record(e, q.pending(e, a))
	}
	if a.From != "" && a.Kind.Writes() {
		d.moved[a.From] = a.Path
	}
	return nil
}

// leaves reports whether a file of fabgen's stays where it was generated although a run that was interrupted wanted it
// elsewhere: somebody edited it since. Where the move is asked for in this run it is in the way instead.
func (d *decisions) leaves(f render.File, from string) bool {
	prior, known := d.acc.entry(from, d.disk[from])
	edited := known && f.Class == render.Owned && !prior.Adopted && d.disk[from].there && !d.disk[from].isLast(prior)
	return edited && d.in.Moves[f.Path] == "" && !d.in.Force
}

func (d *decisions) movable(path string) bool {
	s := d.disk[path]
	return s.there && s.obstacle == "" && s.data != nil
}

// decideStale decides on a file that is no longer rendered.
func (d *decisions) decideStale(s stale) error {
	if s.retires() && d.movable(s.prior.Path) {
		return d.retire(s)
	}
	a, ok := s.decide()
	if !ok {
		return nil
	}
	d.Actions = append(d.Actions, a)
	if a.Kind == Edited || s.prior.Retired && a.Kind == Keep {
		d.record(s.prior, s.prior)
	}
	return nil
}

// retire takes an edited file out of the build.
func (d *decisions) retire(s stale) error {
	to, there, err := d.retiredPath(s)
	if err != nil {
		return err
	}
	a, e := s.retire(to)
	if !there {
		d.Actions = append(d.Actions, a)
	}
	s.moved = to
	gone, _ := s.decide()
	d.Actions = append(d.Actions, gone)
	pending := e
	pending.Written, pending.From, pending.FromSHA = hash(a.Data), a.From, s.disk.sha256
	d.record(e, pending)
	return nil
}

// retiredPath is the first name for a retired file that is free; there says that the file stands there already.
func (d *decisions) retiredPath(s stale) (path string, there bool, err error) {
	for _, number := range []string{"", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"} {
		path = s.prior.Path + retiredSuffix + number
		found, err := d.look(path)
		switch {
		case err != nil:
			return "", false, err
		case !found.there && found.obstacle == "":
			return path, false, nil
		case found.obstacle == "" && found.sha256 == s.disk.sha256:
			return path, true, nil
		}
	}
	return "", false, fmt.Errorf("%s is no longer generated and is to be kept, but %s and others like it stand there; "+
		"delete those that you need no more", s.prior.Path, s.prior.Path+retiredSuffix)
}

// base gives content that was generated earlier, nil where it is known nowhere.
func (d *decisions) base(sum string) ([]byte, error) {
	if d.acc.bases[sum] {
		return d.readBase(sum)
	}
	for _, f := range d.in.last() {
		if hash(f.Data) == sum {
			return f.Data, nil
		}
	}
	return nil, nil
}

// decideSource decides on fabgen.yaml, where it is written. It is never recorded: it is the user's.
func (d *decisions) decideSource() error {
	if !d.in.Init && d.in.Edits == nil {
		return nil
	}
	q := question{
		file:   render.File{Path: SourceFile, Data: d.in.Source, Mode: 0o644, Class: render.Seeded},
		sha256: hash(d.in.Source), disk: d.disk[SourceFile], force: d.in.Force,
	}
	if d.in.Edits == nil {
		a, err := q.decide()
		d.Actions = append(d.Actions, a)
		return err
	}
	if q.disk.sha256 != hash(d.in.Edits) {
		return fmt.Errorf("editing %s: %w; run again", SourceFile, ErrSourceChanged)
	}
	if q.disk.sha256 != q.sha256 {
		a := q.action(Update, "edited as you asked")
		a.Data = held(d.in.Source)
		d.Actions = append(d.Actions, a)
	}
	return nil
}
