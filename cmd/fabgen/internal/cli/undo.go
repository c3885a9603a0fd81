package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/plan"
)

type undoOptions struct {
	*app
	dir   string
	force bool
}

func newUndoCmd(a *app) *cobra.Command {
	o := &undoOptions{app: a}
	cmd := &cobra.Command{
		Use:   "undo",
		Short: "Take back the last generation",
		Long: `undo takes back all that the last run of fabgen did to the workload on this machine: what it wrote, merged, moved and
removed, and fabgen.yaml where the command edited it. It says first what it touches. A file that changed since stands in
the way, and nothing is written then, unless you give --force. A second undo takes the first one back.

What you yourself changed in fabgen.yaml stays: take it back too, or the next generate does the same again.

JSON: as of generate`,
		Example: `  fabgen undo
  fabgen undo --dry-run`,
		Args: positional(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runUndo(cmd.Context(), o) },
	}
	addDirFlag(cmd, &o.dir)
	cmd.Flags().BoolVar(&o.force, "force", false, "lose what changed since")
	return cmd
}

func runUndo(ctx context.Context, o *undoOptions) error {
	p, err := generator.Undo(ctx, o.dir, o.force)
	if err != nil {
		return err
	}
	if !o.dryRun && !o.quiet && !o.json && p.Err() == nil {
		printChanges(o.err, changesOf(p))
	}
	if err := o.carryOut(ctx, p); err != nil || p.Touches(plan.SourceFile) || o.dryRun {
		return err
	}
	o.say("%s is as you wrote it: `fabgen generate` gives the same again until you change it", plan.SourceFile)
	return nil
}
