package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/plan"
)

// carryOut applies a plan, unless the run is dry, and says what came of it. It ends with errMarked where something is
// left to a person: conflict markers, or edits of files that fabgen owns.
func (a *app) carryOut(ctx context.Context, p *plan.Plan) error {
	if err := p.Err(); err != nil {
		a.show(p, plan.Conflict)
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
	if a.dryRun {
		return nil
	}
	return a.leftToSolve(p)
}

// leftToSolve says what is left to a person.
func (a *app) leftToSolve(p *plan.Plan) error {
	c := p.Counts()
	if c.Marked+c.Edited == 0 {
		return nil
	}
	if c.Edited > 0 {
		a.show(p, plan.Edited)
		a.say("%s: %s that fabgen owns and somebody edited: left so, and not generated; --force would do what `fabgen diff` shows",
			p.Dir, count(c.Edited, "file"))
	}
	if c.Marked > 0 {
		a.say("%s: merge conflicts are left to solve in %s: keep what is right between the markers, then run `fabgen check`",
			p.Dir, count(c.Marked, "file"))
	}
	return fmt.Errorf("%s: %w", p.Dir, errMarked)
}

// show shows what force would do to files of a kind, so that a person sees what would be lost.
func (a *app) show(p *plan.Plan, kind plan.Kind) {
	if a.quiet || a.json {
		return
	}
	var text strings.Builder
	if err := p.Diff(&text, kind); err == nil {
		printDiff(a.err, text.String(), a.errColor)
	}
}

// told are the kinds of change that a person must hear of one by one.
var told = []plan.Kind{plan.Delete, plan.Move, plan.Merge, plan.Mark, plan.Edited}

func (a *app) printOutcome(w io.Writer, p *plan.Plan) {
	switch {
	case a.dryRun:
		printChanges(w, changesOf(p))
		fmt.Fprintf(w, "%s: %s (dry run: nothing was written)\n", p.Dir, sentence(p.Counts()))
	case !a.quiet:
		printChanges(w, changesOf(p, told...))
		fmt.Fprintf(w, "%s: %s\n", p.Dir, sentence(p.Counts()))
	default:
		printChanges(w, changesOf(p, plan.Mark, plan.Edited))
	}
}
