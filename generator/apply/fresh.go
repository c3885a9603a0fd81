package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/generator/plan"
)

// builder makes a new tree. What it made is undone where it fails.
type builder struct {
	disk
	*site
	plan   *plan.Plan
	limit  int
	made   []string // folders on the way to the tree
	placed []string // what stands in its final place
}

// fresh builds the whole tree in a workshop of its own, has all of it on the disk, and renames it into place.
func fresh(ctx context.Context, p *plan.Plan, h host) (err error) {
	s, err := openSite(p.Dir)
	if err != nil {
		return err
	}
	defer s.root.Close()
	unlock, err := lock(ctx, s.path)
	if err != nil {
		return err
	}
	defer unlock()
	b := &builder{disk: h.over(rooted{s.root}), site: s, plan: p, limit: h.limit()}
	if err := b.checkStillVacant(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%w; nothing was left behind", err), b.undo())
		}
	}()
	if err := b.openWorkshop(); err != nil {
		return err
	}
	if err := b.build(ctx); err != nil {
		return err
	}
	if err := b.checkStillVacant(); err != nil {
		return err
	}
	return b.publish()
}

// checkStillVacant looks again whether the tree meets anything; renaming would put it in the place of a file.
func (b *builder) checkStillVacant() error {
	names := b.top()
	if !b.exists() {
		names = []string{b.target}
	}
	for _, name := range names {
		if _, err := b.root.Lstat(name); err == nil {
			return fmt.Errorf("%s appeared: %w; run again", path.Join(b.path, name), ErrChanged)
		}
	}
	return nil
}

// openWorkshop makes the folders on the way and an empty workshop, in the place of one that a killed run left.
func (b *builder) openWorkshop() error {
	for _, dir := range b.missing {
		if err := b.Mkdir(dir); err != nil {
			return err
		}
		b.made = append(b.made, dir)
	}
	info, err := b.root.Lstat(b.workshop())
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is not a folder, and fabgen needs one of that name; move it away", b.workshop())
	case err == nil:
		if err := b.RemoveAll(b.workshop()); err != nil {
			return err
		}
	}
	return b.Mkdir(b.workshop())
}

// build writes the tree into the workshop.
func (b *builder) build(ctx context.Context) error {
	pieces := b.pieces()
	dirs := foldersOf(pieces)
	for _, dir := range dirs {
		if err := b.Mkdir(path.Join(b.workshop(), dir)); err != nil {
			return err
		}
	}
	err := each(ctx, b.limit, pieces, func(p piece) error {
		data, err := p.content()
		if err != nil {
			return err
		}
		if err := b.Write(path.Join(b.workshop(), p.path), data, p.mode, p.exact); err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each(ctx, b.limit, append(dirs, "."), func(dir string) error {
		return b.SyncDir(path.Join(b.workshop(), dir))
	})
}

func (b *builder) pieces() []piece {
	state := piece{path: plan.StateFile, data: b.plan.State.Encode(), mode: 0o644}
	return append(append(writes(b.plan), bases(b.plan)...), state)
}

// publish renames the tree into place.
func (b *builder) publish() error {
	if b.exists() {
		return b.moveIn()
	}
	if err := b.Rename(b.workshop(), b.target); err != nil {
		return err
	}
	b.placed = append(b.placed, b.target)
	for _, dir := range append([]string{b.target}, b.made...) {
		if err := b.SyncDir(path.Dir(dir)); err != nil {
			return err
		}
	}
	return nil
}

// moveIn puts what stands at the top of the tree into the folder that was there: fabgen.yaml first, so that generate
// can finish the work of a run that is killed here, and the account of what was generated last.
func (b *builder) moveIn() error {
	for _, name := range b.top() {
		if err := b.Rename(path.Join(b.workshop(), name), name); err != nil {
			return err
		}
		b.placed = append(b.placed, name)
	}
	if err := b.Remove(b.workshop()); err != nil {
		return err
	}
	return b.SyncDir(".")
}

// top gives the names at the top of the tree in the order in which they are moved.
func (b *builder) top() []string {
	var names []string
	for _, p := range b.pieces() {
		if name, _, _ := strings.Cut(p.path, "/"); name != plan.Folder && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return append(names, plan.Folder)
}

// undo removes everything that was made.
func (b *builder) undo() error {
	var problems []error
	for _, name := range append(b.placed, b.workshop()) {
		problems = append(problems, b.RemoveAll(name))
	}
	slices.Reverse(b.made)
	for _, dir := range b.made {
		if err := b.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}
