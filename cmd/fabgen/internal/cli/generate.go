package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/runtime"
)

type generateOptions struct {
	*app
	dir     string
	force   bool
	restore bool
	verify  bool
	files   []string // to restore; none: all
}

func newGenerateCmd(a *app) *cobra.Command {
	o := &generateOptions{app: a}
	cmd := &cobra.Command{
		Use:   "generate [--restore [FILE...]]",
		Short: "Write the workload again after a change of fabgen.yaml",
		Long: `generate reads fabgen.yaml and writes what follows from it: files that are new or have changed are written, and
files that fabgen made and no longer makes are removed. Files of your own are left alone.

Your edits stay. Where you have edited a file that is yours to edit and its rendering changed, both come together: what
only one side changed is taken, and where both changed the same lines both stand between conflict markers, as git
writes them. Then generate ends with exit code 4, and runs no more until you have solved them, unless you give --force.
A file that you deleted stays deleted; --restore brings it back.

Where you have edited a file that fabgen owns, generate leaves it as it is, does the rest, shows the edit and ends with
exit code 4. Take the edit back, move it to a file of your own, make the file yours with "fabgen adopt", which merges
what you missed on the next run, or give --force to lose the edit. A file of yours where fabgen wants to make one stands
in the way: nothing is written then, and generate fails.

What belonged to an item, route or resource that is no longer in fabgen.yaml is removed. A file of it that you have
edited is kept as FILE.removed, out of the build, and comes back with your edits when the item does.

With --verify the result is built and type-checked in a folder of its own, with the Go and Node.js of this machine, and
nothing is written where that fails. It is skipped where conflicts are left, or tools are missing, and that is said.

JSON: {"dir", "dryRun", "counts": {"created", "updated", "deleted", "unchanged", "kept", "conflicts", "moved", "merged",
"mergeConflicts", "unsolved", "edited"}, "changes": [{"path", "from", "kind", "class", "reason"}]}`,
		Example: `  fabgen generate
  fabgen generate --dir ./contoso --dry-run
  fabgen generate --restore README.md`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && !o.restore {
				return usagef("generate takes no argument %q without --restore; usage: %s", args[0], cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return runGenerate(cmd.Context(), o)
		},
	}
	addDirFlag(cmd, &o.dir)
	cmd.Flags().BoolVar(&o.force, "force", false, "overwrite files that fabgen owns and you have changed, and go on around "+
		"conflict markers")
	cmd.Flags().BoolVar(&o.verify, "verify", false, "build and type-check the result elsewhere before anything is written")
	cmd.Flags().BoolVar(&o.restore, "restore", false, "make files again that you deleted: those that are named, or all")
	return cmd
}

func addDirFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVarP(dir, "dir", "C", ".", "the workload's `folder`")
	must(cmd.MarkFlagDirname("dir"))
}

func runGenerate(ctx context.Context, o *generateOptions) error {
	r, err := requestFor(o.dir)
	if err != nil {
		return err
	}
	r.Force, r.Restore = o.force, o.restored()
	p, err := generator.Plan(ctx, r)
	if err != nil {
		return err
	}
	if o.verify && p.Err() == nil && p.Works() {
		if err := o.app.verify(ctx, p); err != nil {
			return err
		}
	}
	return o.carryOut(ctx, p)
}

// restored are the files to restore.
func (o *generateOptions) restored() []string {
	if o.restore && len(o.files) == 0 {
		return []string{plan.AllFiles}
	}
	return paths(o.files)
}

// requestFor asks for the workload in dir as its fabgen.yaml says.
func requestFor(dir string) (generator.Request, error) {
	s, err := readWorkload(dir)
	return generator.Request{Dir: dir, Document: s.document, Source: s.data, Runtime: runtime.Source}, err
}

// planWorkload says what is to happen to the workload in dir; it writes nothing.
func planWorkload(ctx context.Context, dir string) (generator.Request, *plan.Plan, error) {
	r, err := requestFor(dir)
	if err != nil {
		return r, nil, err
	}
	p, err := generator.Plan(ctx, r)
	return r, p, err
}

// explainedPlan is planWorkload with the causes, for which a workload that is out of date is rendered once more.
func explainedPlan(ctx context.Context, dir string) (*plan.Plan, causes, error) {
	r, p, err := planWorkload(ctx, dir)
	if err != nil {
		return nil, causes{}, err
	}
	return p, causes{generator.DriftOf(ctx, r, p)}, nil
}
