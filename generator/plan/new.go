package plan

import (
	"context"
	"fmt"
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
	Source  []byte        // with Init or Edits: the bytes of fabgen.yaml

	Edits   []byte            // what fabgen.yaml held when Source was made of it; nil where it is not edited
	Moves   map[string]string // where renamed files stood before, by the path that is rendered now
	Restore []string          // files to make again although the user deleted them; AllFiles for all of them

	// Last gives what the configuration that was generated last gives, where that is known; it is asked where a base is
	// stored nowhere. Nil: it is not known.
	Last func() []render.File
}

// AllFiles stands for every file in Input.Restore.
const AllFiles = "*"

func (in Input) last() []render.File {
	if in.Last == nil {
		return nil
	}
	return in.Last()
}

func (in Input) restores(p string) bool {
	return slices.Contains(in.Restore, p) || slices.Contains(in.Restore, AllFiles)
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
	p := newPlan(in.Dir, acc, t)
	if p.Recovered = acc.recovered(disk); p.Recovered != nil {
		p.Last = p.Recovered
	}
	d := &decisions{Plan: p, in: in, acc: acc, disk: disk, target: t}
	if err := d.decideAll(); err != nil {
		return nil, fmt.Errorf("%s: %w", in.Dir, err)
	}
	p.Folders = t.emptied(acc.folders(), in.Files)
	p.Pending.Folders = p.Folders
	p.keepAccount(in, acc)
	p.Fresh = in.Init && t.isVacant() && p.onlyCreates()
	p.Undo = p.undoRecord(acc)
	p.sort()
	return p, nil
}

func newPlan(dir string, acc *account, t *target) *Plan {
	return &Plan{
		Dir: dir, State: &State{Entries: map[string]Entry{}}, Pending: &State{Entries: map[string]Entry{}},
		StateSeen: acc.seen, Leftovers: t.leftovers(), Last: acc.state, Rendered: map[string]string{},
	}
}

func (p *Plan) sort() {
	slices.SortFunc(p.Actions, func(a, b Action) int { return strings.Compare(a.Path, b.Path) })
}

// record notes what is to be recorded of a file: at the end, and while the run is under way.
func (p *Plan) record(e, pending Entry) {
	p.State.Entries[e.Path] = e
	p.Pending.Entries[pending.Path] = pending
}

// lookAtAll reads everything on disk that bears on the plan, on all cores.
func (t *target) lookAtAll(ctx context.Context, in Input, acc *account) (map[string]sight, error) {
	paths := acc.paths()
	for _, f := range in.Files {
		paths[f.Path] = true
	}
	if in.Init || in.Edits != nil {
		paths[SourceFile] = true
	}
	dirs := acc.folders()
	for p := range paths {
		dirs[path.Dir(p)] = true
	}
	for dir := range dirs {
		if err := t.scan(dir); err != nil {
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

// emptied gives those of some folders that are on disk and that no rendered file stands in, children first. Fabgen's own
// is none of them.
func (t *target) emptied(dirs map[string]bool, files []render.File) []string {
	needed := map[string]bool{}
	for _, f := range files {
		addFolders(needed, f.Path)
	}
	var empty []string
	for dir := range dirs {
		if f := t.folders[dir]; !needed[dir] && f.there && f.obstacle == "" && dir != Folder {
			empty = append(empty, dir)
		}
	}
	slices.Sort(empty)
	slices.Reverse(empty)
	return empty
}

// addFolders adds all folders that lead to a path.
func addFolders(all map[string]bool, p string) {
	for _, dir := range parents(p) {
		all[dir] = true
	}
}

func (p *Plan) onlyCreates() bool {
	for _, a := range p.Actions {
		if a.Kind != Create && !(a.Path == SourceFile && a.Kind == Unchanged) {
			return false
		}
	}
	return true
}
