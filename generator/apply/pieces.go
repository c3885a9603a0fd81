package apply

import (
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/fabgen/fabgen/generator/plan"
)

// piece is one file to be written.
type piece struct {
	path  string
	data  []byte
	mode  fs.FileMode
	exact bool // the mode is that of the file it replaces
	pack  bool // data is to be compressed
}

// content gives the bytes to be written.
func (p piece) content() ([]byte, error) {
	if p.pack {
		return plan.Pack(p.data)
	}
	return p.data, nil
}

// bases are the pieces of the base contents.
func bases(p *plan.Plan) []piece {
	var all []piece
	for _, b := range p.Bases {
		all = append(all, piece{path: plan.BasePath(b.SHA256), data: b.Data, mode: 0o644, pack: true})
	}
	return all
}

// writes are the pieces of what the plan creates and updates, fabgen.yaml first and without the state file.
func writes(p *plan.Plan) []piece {
	var all []piece
	for _, a := range p.Actions {
		if a.Path == plan.StateFile || !a.Kind.Writes() {
			continue
		}
		one := piece{path: a.Path, data: a.Data, mode: a.Mode, exact: a.Exact()}
		if a.Path == plan.SourceFile {
			all = slices.Insert(all, 0, one)
		} else {
			all = append(all, one)
		}
	}
	return all
}

// foldersOf gives every folder that the pieces stand in, parents first, without the workload's own.
func foldersOf(pieces []piece) []string {
	set := map[string]bool{}
	for _, p := range pieces {
		for dir := path.Dir(p.path); dir != "." && !set[dir]; dir = path.Dir(dir) {
			set[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}
