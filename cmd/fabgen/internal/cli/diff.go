package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

type diffOptions struct {
	*app
	dir string
}

// diffResult is what diff prints with --json.
type diffResult struct {
	Dir      string   `json:"dir"`
	UpToDate bool     `json:"upToDate"`
	Changes  []change `json:"changes"`
	Diff     string   `json:"diff"`
	drift
}

func newDiffCmd(a *app) *cobra.Command {
	o := &diffOptions{app: a}
	cmd := &cobra.Command{
		Use:   "diff",
		Short: "Show what generate would change",
		Long: `diff prints, as a unified diff, what "fabgen generate" would do to the files on disk. It writes nothing.
Where there is a difference it ends with exit code 3. After an upgrade of fabgen it says what changed in the templates of
the files that differ, by version.

JSON: {"dir", "upToDate", "changes": [{"path", "kind", "class", "reason", "causes"}], "diff", "causes",
"notes": [{"version", "text"}]}`,
		Example: `  fabgen diff
  fabgen diff --dir ./contoso | less`,
		Args: positional(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runDiff(cmd.Context(), o) },
	}
	addDirFlag(cmd, &o.dir)
	return cmd
}

func runDiff(ctx context.Context, o *diffOptions) error {
	p, found, err := explainedPlan(ctx, o.dir)
	if err != nil {
		return err
	}
	var text strings.Builder
	if err := p.Diff(&text); err != nil {
		return err
	}
	r := diffResult{Dir: p.Dir, UpToDate: !p.Changes(), Changes: found.explain(pending(p)), Diff: text.String(), drift: newDrift(found)}
	if err := o.result(r, func(w io.Writer) { printDiff(w, r.Diff, o.color) }); err != nil {
		return err
	}
	if !r.UpToDate {
		found.tell(o.app)
		return fmt.Errorf("%s: %w", p.Dir, errStale)
	}
	o.say("%s is up to date: generate would change nothing", p.Dir)
	return nil
}

// printDiff prints a unified diff, in colours for a terminal.
func printDiff(w io.Writer, text string, color bool) {
	if !color {
		fmt.Fprint(w, text)
		return
	}
	for line := range strings.Lines(text) {
		if code := diffColor(line); code != "" {
			line = code + strings.TrimSuffix(line, "\n") + "\x1b[0m\n"
		}
		fmt.Fprint(w, line)
	}
}

func diffColor(line string) string {
	switch {
	case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
		return "\x1b[1m"
	case strings.HasPrefix(line, "@@"):
		return "\x1b[36m"
	case strings.HasPrefix(line, "+"):
		return "\x1b[32m"
	case strings.HasPrefix(line, "-"):
		return "\x1b[31m"
	}
	return ""
}
