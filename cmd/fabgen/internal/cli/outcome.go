package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/plan"
)

// carryOut applies a plan, unless the run is dry, and says what came of it. It ends with errMarked where files got
// conflict markers.
func (a *app) carryOut(ctx context.Context, p *plan.Plan) error {
	if err := p.Err(); err != nil {
		a.showConflicts(p)
		return err
	}
	if !a.dryRun {
		a.warnUncommitted(ctx, p)
		if err := generator.Apply(ctx, p); err != nil {
			return err
		}
	}
	if err := a.result(newRunResult(p, a.dryRun), func(w io.Writer) { a.printOutcome(w, p) }); err != nil {
		return err
	}
	if p.Counts().Marked == 0 || a.dryRun {
		return nil
	}
	return a.leftToSolve(p)
}

// leftToSolve says that files got conflict markers.
func (a *app) leftToSolve(p *plan.Plan) error {
	a.say("%s: merge conflicts are left to solve in %s: keep what is right between the markers, then run `fabgen check`",
		p.Dir, count(p.Counts().Marked, "file"))
	return fmt.Errorf("%s: %w", p.Dir, errMarked)
}

// showConflicts shows, for files that somebody has edited and fabgen owns, what would be lost.
func (a *app) showConflicts(p *plan.Plan) {
	if a.quiet || a.json {
		return
	}
	var text strings.Builder
	if err := p.Diff(&text, plan.Conflict); err == nil {
		printDiff(a.err, text.String(), a.errColor)
	}
}

// told are the kinds of change that a person must hear of one by one.
var told = []plan.Kind{plan.Delete, plan.Move, plan.Merge, plan.Mark}

func (a *app) printOutcome(w io.Writer, p *plan.Plan) {
	switch {
	case a.dryRun:
		printChanges(w, changesOf(p))
		fmt.Fprintf(w, "%s: %s (dry run: nothing was written)\n", p.Dir, sentence(p.Counts()))
	case !a.quiet:
		printChanges(w, changesOf(p, told...))
		fmt.Fprintf(w, "%s: %s\n", p.Dir, sentence(p.Counts()))
	default:
		printChanges(w, changesOf(p, plan.Mark))
	}
}
