package generator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"golang.org/x/mod/semver"

	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/generator/render"
)

// Cause is a reason for which a workload is not what its configuration gives.
type Cause string

// The causes.
const (
	ByConfiguration Cause = "configuration" // fabgen.yaml changed since the file was generated
	ByVersion       Cause = "version"       // this fabgen gives something else than the one that generated the file
	ByEdit          Cause = "edit"          // somebody edited or deleted the file
)

// Drift says why files are not what the configuration gives.
type Drift struct {
	Causes map[string][]Cause // by path, for the files of which it is known; in the order of the constants
	Since  []string           // the versions of fabgen that generated files which this one generates otherwise; ascending
	Notes  []Note             // what changed in the templates of such files, by version
}

// DriftOf finds the causes of what a plan for the same request would change. The configuration that was generated last
// is rendered once more for it.
func DriftOf(ctx context.Context, r Request, p *plan.Plan) Drift {
	d := Drift{Causes: map[string][]Cause{}}
	if !p.Changes() {
		return d
	}
	then := r.last(ctx)
	last := hashes(then)
	for _, a := range p.Actions {
		if a.Kind == plan.Unchanged || a.Kind == plan.Keep || a.Path == plan.StateFile {
			continue
		}
		recorded, known := p.Last.Entries[a.Path]
		if then != nil && p.Rendered[a.Path] != last[a.Path] {
			d.add(a.Path, ByConfiguration)
		}
		if then != nil && !recorded.Edited && !recorded.Is(last[a.Path]) { // what was left behind tells nothing of the version
			d.add(a.Path, ByVersion)
			d.upgraded(recorded)
		}
		if a.Kind == plan.Conflict || a.Kind == plan.Edited || a.Kind == plan.Unsolved || a.Kind == plan.Create && known {
			d.add(a.Path, ByEdit)
		}
	}
	slices.SortFunc(d.Since, func(a, b string) int { return semver.Compare("v"+a, "v"+b) })
	return d
}

func hashes(files []render.File) map[string]string {
	of := make(map[string]string, len(files))
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		of[f.Path] = hex.EncodeToString(sum[:])
	}
	return of
}

func (d *Drift) add(path string, c Cause) { d.Causes[path] = append(d.Causes[path], c) }

// upgraded notes that a file is generated otherwise since the version that generated it.
func (d *Drift) upgraded(e plan.Entry) {
	if e.Version != "" && !slices.Contains(d.Since, e.Version) {
		d.Since = append(d.Since, e.Version)
	}
	for _, n := range notesFor(e.Template, e.Version) {
		if !slices.ContainsFunc(d.Notes, func(other Note) bool { return other.Text == n.Text }) {
			d.Notes = append(d.Notes, n)
		}
	}
	slices.SortStableFunc(d.Notes, func(a, b Note) int { return semver.Compare("v"+a.Version, "v"+b.Version) })
}

// Has reports whether any file is not as it should be for this cause.
func (d Drift) Has(c Cause) bool { return d.Count(c) > 0 }

// Count counts the files that are not as they should be for a cause.
func (d Drift) Count(c Cause) int {
	n := 0
	for _, causes := range d.Causes {
		if slices.Contains(causes, c) {
			n++
		}
	}
	return n
}
