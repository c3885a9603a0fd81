package plan

import (
	"context"
	"fmt"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/fabgen/fabgen/generator/render"
)

// Input is what a plan is made from.
type Input struct {
	Dir     string        // the workload's folder; it may be missing
	Files   []render.File // everything that is rendered, in any order
	Version string        // of fabgen, recorded with the files
	Force   bool          // overwrite what is in the way
	Init    bool          // a new workload: Dir must be missing or empty, unless Force
	Source  []byte        // with Init: the bytes of fabgen.yaml
}

// New compares the rendered files with the folder. It fails where the folder cannot be read, where its account is
// corrupt (ErrCorruptState) or from a newer fabgen (ErrNewerState), where a new workload finds other files
// (ErrNotEmpty), and where paths cannot stand in one tree. Conflicts are no failure here: see Plan.Err.
func New(ctx context.Context, in Input) (*Plan, error) {
	if err := checkRendered(in.Files); err != nil {
		return nil, err
	}
	t, err := openTarget(in.Dir)
	if err != nil {
		return nil, err
	}
	defer t.close()
	if in.Init && !in.Force {
		if err := t.checkVacant(in.Dir); err != nil {
			return nil, err
		}
	}
	acc, err := t.readAccount()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.Dir, err)
	}
	disk, err := t.lookAtAll(ctx, in, acc)
	if err != nil {
		return nil, err
	}
	p := &Plan{
		Dir: in.Dir, State: &State{Entries: map[string]Entry{}}, StateSeen: acc.seen,
		Recovered: acc.recovered(disk), Leftovers: t.leftovers(),
	}
	p.decideAll(in, acc, disk)
	p.Folders = t.emptied(acc.paths(), in.Files)
	p.keepAccount(in, acc)
	p.Fresh = in.Init && t.isVacant() && p.onlyCreates()
	slices.SortFunc(p.Actions, func(a, b Action) int { return strings.Compare(a.Path, b.Path) })
	return p, nil
}

// lookAtAll reads everything on disk that bears on the plan, on all cores.
func (t *target) lookAtAll(ctx context.Context, in Input, acc *account) (map[string]sight, error) {
	paths := acc.paths()
	for _, f := range in.Files {
		paths[f.Path] = true
	}
	if in.Init {
		paths[SourceFile] = true
	}
	for p := range paths {
		if err := t.scan(path.Dir(p)); err != nil {
			return nil, err
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	disk := make(map[string]sight, len(paths))
	for p := range paths {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			s, err := t.look(p)
			mu.Lock()
			disk[p] = s
			mu.Unlock()
			return err
		})
	}
	return disk, group.Wait()
}

// decideAll fills in the actions for every file but fabgen's own account, and what is to be recorded.
func (p *Plan) decideAll(in Input, acc *account, disk map[string]sight) {
	rendered := make(map[string]bool, len(in.Files))
	for _, f := range in.Files {
		rendered[f.Path] = true
		q := question{file: f, sha256: hash(f.Data), disk: disk[f.Path], force: in.Force}
		q.prior, q.known = acc.entry(f.Path, q.disk)
		a := q.decide()
		p.Actions = append(p.Actions, a)
		if e, ok := q.entry(a, in.Version); ok {
			p.State.Entries[f.Path] = e
		}
	}
	for stale := range acc.paths() {
		prior, known := acc.entry(stale, disk[stale])
		if rendered[stale] || !known {
			continue
		}
		a, ok := decideStale(prior, disk[stale], in.Force)
		if !ok {
			continue
		}
		p.Actions = append(p.Actions, a)
		if a.Kind == Conflict {
			p.State.Entries[stale] = prior
		}
	}
	if in.Init {
		p.Actions = append(p.Actions, decideSource(in, disk[SourceFile]))
	}
}

// decideSource gives the fate of fabgen.yaml in a new workload. It is never recorded: it is the user's.
func decideSource(in Input, disk sight) Action {
	q := question{
		file:   render.File{Path: SourceFile, Data: in.Source, Mode: 0o644, Class: render.Seeded},
		sha256: hash(in.Source), disk: disk, force: in.Force,
	}
	return q.decide()
}

// emptied gives the folders on disk that recorded files stand in and rendered ones do not, children first.
func (t *target) emptied(recorded map[string]bool, files []render.File) []string {
	needed := map[string]bool{}
	for _, f := range files {
		for _, dir := range parents(f.Path) {
			needed[dir] = true
		}
	}
	empty := map[string]bool{}
	for p := range recorded {
		for _, dir := range parents(p) {
			if f := t.folders[dir]; !needed[dir] && f.there && f.obstacle == "" {
				empty[dir] = true
			}
		}
	}
	dirs := slices.Sorted(maps.Keys(empty))
	slices.Reverse(dirs)
	return dirs
}

func (p *Plan) onlyCreates() bool {
	for _, a := range p.Actions {
		if a.Kind != Create && !(a.Path == SourceFile && a.Kind == Unchanged) {
			return false
		}
	}
	return true
}
