package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/runtime"
)

type generateOptions struct {
	*app
	dir   string
	force bool
}

func newGenerateCmd(a *app) *cobra.Command {
	o := &generateOptions{app: a}
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write the workload again after a change of fabgen.yaml",
		Long: `generate reads fabgen.yaml and writes what follows from it: files that are new or have changed are written, and
files that fabgen made and no longer makes are removed. Files of your own are left alone.

It never overwrites your work in silence: where you have changed a file that fabgen owns, it names the file, writes
nothing and fails. Take your change back, move it to a file of your own, or give --force to lose it.

JSON: {"dir", "dryRun", "counts": {"created", "updated", "deleted", "unchanged", "kept", "conflicts"},
"changes": [{"path", "kind", "class", "reason"}]}`,
		Example: `  fabgen generate
  fabgen generate --dir ./contoso --dry-run`,
		Args: positional(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runGenerate(cmd.Context(), o) },
	}
	addDirFlag(cmd, &o.dir)
	cmd.Flags().BoolVar(&o.force, "force", false, "overwrite files that fabgen owns and you have changed")
	return cmd
}

func addDirFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVarP(dir, "dir", "C", ".", "the workload's `folder`")
	must(cmd.MarkFlagDirname("dir"))
}

func runGenerate(ctx context.Context, o *generateOptions) error {
	p, err := planWorkload(ctx, o.dir, o.force)
	if err != nil {
		return err
	}
	if err := p.Err(); err != nil {
		return err
	}
	if !o.dryRun {
		if err := generator.Apply(ctx, p); err != nil {
			return err
		}
	}
	return o.result(newRunResult(p, o.dryRun), func(w io.Writer) { printGenerated(w, o, p) })
}

// planWorkload says what is to happen to the workload in dir; it writes nothing.
func planWorkload(ctx context.Context, dir string, force bool) (*plan.Plan, error) {
	s, err := readWorkload(dir)
	if err != nil {
		return nil, err
	}
	return generator.Plan(ctx, generator.Request{
		Dir: dir, Document: s.document, Source: s.data, Runtime: runtime.Source, Force: force,
	})
}
