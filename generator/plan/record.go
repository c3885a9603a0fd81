package plan

import (
	"maps"
	"path"
	"slices"

	"github.com/fabgen/fabgen/generator/render"
)

// keepAccount plans fabgen's own account: which base contents to store and to drop, and whether the state file changes.
func (p *Plan) keepAccount(in Input, acc *account) {
	needed := p.State.bases()
	content := map[string][]byte{}
	for _, f := range in.Files {
		if sum, ok := p.Rendered[f.Path]; ok && p.State.Entries[f.Path].needsBase() {
			content[sum] = f.Data
		}
	}
	if lacks(needed, content, acc) {
		for _, f := range in.last() {
			content[hash(f.Data)] = f.Data
		}
	}
	p.keepBases(needed, content, acc)
	p.recordAction(acc)
}

// lacks reports whether a base is neither stored nor at hand.
func lacks(needed map[string]bool, content map[string][]byte, acc *account) bool {
	for sum := range needed {
		if _, ok := content[sum]; !ok && !acc.bases[sum] {
			return true
		}
	}
	return false
}

// needsBase reports whether a later merge needs the content that was rendered.
func (e Entry) needsBase() bool { return e.Class == render.Seeded || e.Edited }

// bases are the SHA-256 of the contents that later merges need.
func (s *State) bases() map[string]bool {
	needed := map[string]bool{}
	for _, e := range s.Entries {
		if !e.needsBase() {
			continue
		}
		for _, sum := range append([]string{e.SHA256}, e.Also...) {
			needed[sum] = true
		}
	}
	return needed
}

// keepBases plans which base contents to store and to drop.
func (p *Plan) keepBases(needed map[string]bool, content map[string][]byte, acc *account) {
	for _, sum := range slices.Sorted(maps.Keys(needed)) {
		if data, ok := content[sum]; ok && !acc.bases[sum] {
			p.Bases = append(p.Bases, Base{sum, data})
		}
	}
	for _, sum := range slices.Sorted(maps.Keys(acc.bases)) {
		if !needed[sum] {
			p.StaleBases = append(p.StaleBases, BasePath(sum))
		}
	}
}

// recordAction adds the action for the state file, which stands for all of fabgen's account.
func (p *Plan) recordAction(acc *account) {
	a := Action{Path: StateFile, Kind: Unchanged, Class: render.Owned, Mode: 0o644, Seen: acc.seen, Reason: "up to date"}
	data := p.State.Encode()
	switch {
	case acc.seen == "":
		a.Kind, a.Reason = Create, "records what was generated"
	case acc.pending != nil:
		a.Kind, a.Reason = Update, "the last run was interrupted"
	case acc.lfSeen != hash(data):
		a.Kind, a.Reason = Update, "records what was generated"
	case len(p.Bases) > 0:
		a.Kind, a.Reason = Update, "contents that later merges need are missing beside it"
	case len(p.StaleBases) > 0 || len(p.Leftovers) > 0:
		a.Kind, a.Reason = Update, "an earlier run left files behind"
	}
	if a.Kind != Unchanged {
		a.Data = data
	}
	p.Actions = append(p.Actions, a)
}

// leftovers finds what runs that were killed left in the folders that were scanned.
func (t *target) leftovers() []string {
	var found []string
	for dir, f := range t.folders {
		for name, kind := range f.types {
			if kind.IsRegular() && isStage(name) || dir == "." && name == NewTreeFolder && kind.IsDir() {
				found = append(found, path.Join(dir, name))
			}
		}
	}
	slices.Sort(found)
	return found
}
