package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

type checkOptions struct {
	*app
	dir string
}

// checkResult is what check prints with --json.
type checkResult struct {
	Dir      string   `json:"dir"`
	UpToDate bool     `json:"upToDate"`
	Changes  []change `json:"changes"`
	drift
}

func newCheckCmd(a *app) *cobra.Command {
	o := &checkOptions{app: a}
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Tell whether the workload is what fabgen.yaml gives",
		Long: `check compares the files on disk with what fabgen.yaml and this fabgen give. It writes nothing. Where
something differs it lists the files and ends with exit code 3; "fabgen diff" shows what differs, and
"fabgen generate" brings the workload up to date. It tells apart why: because fabgen.yaml changed (configuration),
because this fabgen gives something else than the one that generated it (version), or because a file was edited (edit).

JSON: {"dir", "upToDate", "changes": [{"path", "kind", "class", "reason", "causes"}], "causes",
"notes": [{"version", "text"}]}`,
		Example: `  fabgen check
  fabgen check --dir ./contoso --json`,
		Args: positional(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runCheck(cmd.Context(), o) },
	}
	addDirFlag(cmd, &o.dir)
	return cmd
}

func runCheck(ctx context.Context, o *checkOptions) error {
	p, found, err := explainedPlan(ctx, o.dir)
	if err != nil {
		return err
	}
	changes := found.explain(pending(p))
	r := checkResult{Dir: p.Dir, UpToDate: !p.Changes(), Changes: changes, drift: newDrift(found)}
	if err := o.result(r, func(w io.Writer) { printChanges(w, changes) }); err != nil {
		return err
	}
	if !r.UpToDate {
		found.tell(o.app)
		o.say("%s: %s out of date; `fabgen diff` shows what differs, `fabgen generate` writes it",
			p.Dir, count(len(changes), "file"))
		return fmt.Errorf("%s: %w", p.Dir, errStale)
	}
	o.say("%s is up to date: %s", p.Dir, count(len(p.Actions), "file"))
	return nil
}
