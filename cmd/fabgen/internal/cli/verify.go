package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/fabgen/fabgen/generator/apply"
	"github.com/fabgen/fabgen/generator/plan"
)

// half is one half of a workload that can be built on its own.
type half struct {
	folder  string
	tool    []string // what builds or type-checks it, and writes nothing
	modules string   // what the tool needs beside the sources and fabgen does not copy; empty where nothing
	missing string   // what to do where that is not there
}

var halves = []half{
	{folder: "backend", tool: []string{"go", "build", "-o", os.DevNull, "./..."}},
	{folder: "frontend", tool: []string{"npx", "--no-install", "tsc", "--noEmit"}, modules: "node_modules",
		missing: "run npm ci in frontend first"},
}

// verify builds and type-checks what a plan would make, beside the workload. It writes nothing into it. What cannot be
// verified here is said and skipped.
func (a *app) verify(ctx context.Context, p *plan.Plan) error {
	if p.Counts().Marked > 0 {
		a.say("not verified: conflicts are left to solve, and conflict markers do not build")
		return nil
	}
	beside, err := os.MkdirTemp("", "fabgen-verify-")
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	defer os.RemoveAll(beside)
	for _, h := range halves {
		if why := h.cannot(p.Dir); why != "" {
			a.say("%s is not verified: %s", h.folder, why)
			continue
		}
		done := a.working("Verifying " + h.folder)
		err := h.verify(ctx, p, beside)
		done()
		if err != nil {
			return err
		}
	}
	return nil
}

// cannot says why a half cannot be verified on this machine, empty where it can.
func (h half) cannot(dir string) string {
	if _, err := exec.LookPath(h.tool[0]); err != nil {
		return h.tool[0] + " is not on this machine"
	}
	if h.modules == "" {
		return ""
	}
	if _, err := os.Stat(filepath.Join(dir, h.folder, h.modules)); err != nil {
		return h.modules + " is missing; " + h.missing
	}
	return ""
}

func (h half) verify(ctx context.Context, p *plan.Plan, beside string) error {
	if err := apply.Beside(ctx, p, beside, h.folder); err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	if h.modules != "" {
		there, err := filepath.Abs(filepath.Join(p.Dir, h.folder, h.modules))
		if err != nil {
			return err
		}
		if err := os.Symlink(there, filepath.Join(beside, h.folder, h.modules)); err != nil {
			return fmt.Errorf("verifying: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, h.tool[0], h.tool[1:]...)
	cmd.Dir = filepath.Join(beside, h.folder)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return fmt.Errorf("verifying: what would be generated does not build in %s; nothing was written\n$ %s\n%s",
			h.folder, strings.Join(h.tool, " "), strings.TrimRight(string(out), "\n"))
	}
	if err != nil {
		return fmt.Errorf("verifying %s: %w", h.folder, err)
	}
	return nil
}
