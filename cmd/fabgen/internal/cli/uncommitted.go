package cli

import (
	"context"
	"os/exec"
	"strings"
	"time"

	"github.com/fabgen/fabgen/generator/plan"
)

// gitPatience is how long git may take to say what is not committed.
const gitPatience = 5 * time.Second

// warnUncommitted names files whose edits git does not have yet and that are about to be merged or moved. Without git,
// or outside of its trees, there is nothing to say.
func (a *app) warnUncommitted(ctx context.Context, p *plan.Plan) {
	var touched []string
	for _, action := range p.Actions {
		switch path := action.Path; action.Kind {
		case plan.Move, plan.Merge, plan.Mark:
			if action.From != "" {
				path = action.From
			}
			touched = append(touched, path)
		}
	}
	if len(touched) == 0 || a.quiet {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, gitPatience)
	defer cancel()
	args := append([]string{"status", "--porcelain", "--untracked-files=no", "--no-renames", "-z", "--"}, touched...)
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = p.Dir
	out, err := cmd.Output()
	if err != nil {
		return
	}
	var names []string
	for entry := range strings.SplitSeq(string(out), "\x00") {
		if len(entry) > 3 {
			names = append(names, entry[3:])
		}
	}
	if len(names) > 0 {
		a.say("not committed yet, and now changed once more: %s; `fabgen undo` gives them back as they are", strings.Join(names, ", "))
	}
}
