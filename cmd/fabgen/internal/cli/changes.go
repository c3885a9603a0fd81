package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/plan"
)

// change is one file that a run touches, as --json prints it.
type change struct {
	Path   string `json:"path"`
	From   string `json:"from,omitempty"` // where the file stood before
	Kind   string `json:"kind"`           // as plan.Kind says it
	Class  string `json:"class"`          // owned or seeded
	Reason string `json:"reason"`

	Causes []generator.Cause `json:"causes,omitempty"` // of check and diff
}

// runResult is what init and generate print with --json.
type runResult struct {
	Dir     string      `json:"dir"`
	DryRun  bool        `json:"dryRun"`
	Counts  plan.Counts `json:"counts"`
	Changes []change    `json:"changes"`
}

func newRunResult(p *plan.Plan, dryRun bool) runResult {
	return runResult{Dir: p.Dir, DryRun: dryRun, Counts: p.Counts(), Changes: changesOf(p)}
}

// changesOf lists all actions but those that leave a file as it is, or those of some kinds. It is never nil, so that
// JSON has a list.
func changesOf(p *plan.Plan, kinds ...plan.Kind) []change {
	out := []change{}
	for _, a := range p.Actions {
		if a.Kind != plan.Unchanged && (len(kinds) == 0 || slices.Contains(kinds, a.Kind)) {
			out = append(out, change{
				Path: a.Path, From: a.From, Kind: a.Kind.String(), Class: a.Class.String(), Reason: a.Reason,
			})
		}
	}
	return out
}

// pending lists the changes that a run of generate would make or stumble over.
func pending(p *plan.Plan) []change {
	out := []change{}
	for _, c := range changesOf(p) {
		if c.Kind != plan.Keep.String() {
			out = append(out, c)
		}
	}
	return out
}

func printChanges(w io.Writer, changes []change) {
	for _, c := range changes {
		fmt.Fprintf(w, "%-14s %s", c.Kind, c.Path)
		if c.Reason != "" {
			fmt.Fprintf(w, "  (%s)", c.Reason)
		}
		fmt.Fprintln(w)
	}
}

// sentence says the counts in one line: 3 created, 1 updated, 120 unchanged.
func sentence(c plan.Counts) string {
	var parts []string
	for _, n := range []struct {
		count int
		word  string
	}{
		{c.Created, "created"}, {c.Updated, "updated"}, {c.Merged, "merged"}, {c.Moved, "moved"}, {c.Deleted, "deleted"},
		{c.Kept, "kept as you left them"}, {c.Unchanged, "unchanged"}, {c.Conflicts, "in conflict"},
		{c.Unsolved, "with conflict markers left"}, {c.Marked, "merged with conflicts to solve"},
		{c.Edited, "edited by hand and left so"},
	} {
		if n.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.count, n.word))
		}
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}
