package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/dev"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/scenario"
	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/plan"
)

type devOptions struct {
	*app
	dir      string
	seed     string
	scenario string
	fresh    bool
	headless bool
	backend  bool // alone, without the front-end
}

func newDevCmd(a *app) *cobra.Command {
	o := &devOptions{app: a}
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run the workload on this machine, in a local Fabric, without an account",
		Long: `dev builds and starts the back-end and the front-end as they are, and around them a local Entra, a local Fabric with
OneLake, and a local portal that shows the workload as Fabric's does. Beside it an inspector shows each call between
them: who called whom, with which token, and why it was accepted or refused; its buttons have the next one fail.

Nothing of it reaches Microsoft, and nothing of Microsoft's accepts it: its keys and people are made up. All of it
listens on this machine alone, on the ports that fabgen.yaml names, or on others where those are taken. The people are
one of the publisher's tenant, one of a foreign tenant, one who must prove more for OneLake and one who declines; a file
in YAML brings others.

The back-end is built and started again when a Go file changes, the front-end's pages change as its files do, and when
fabgen.yaml changes the workload is generated again. Ctrl-C ends all of it. Items, jobs, files and the back-end's
database are kept for the next time in your cache folder, unless you give --fresh.

The back-end is built with the tag fabgen_local, which leaves out what nothing here asks for and what takes longest to
compile: the clients of Postgres and Redis, and OpenTelemetry's exporters.

With --scenario a story from a file is played, in a cloud of its own that begins with nothing, and its transcript is
printed: the same each time. docs/stories.md of fabgen tells the form. With --dry-run nothing runs: what would be
generated first is printed.

JSON: {"portal", "inspector", "frontend", "backend", "entra", "caFile"} once all of it answers; with --scenario as of test`,
		Example: `  fabgen dev
  fabgen dev --dir ./contoso --fresh
  fabgen dev --headless --backend-only
  fabgen dev --scenario stories/first.yaml`,
		Args: positional(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runDev(cmd.Context(), o) },
	}
	addDirFlag(cmd, &o.dir)
	flags := cmd.Flags()
	flags.StringVar(&o.seed, "seed", "", "a `file` with the tenants and people that there are")
	flags.BoolVar(&o.fresh, "fresh", false, "begin without the items, jobs and files of the last time")
	flags.BoolVar(&o.headless, "headless", false, "for CI: ask nothing, and let Entra's pages answer themselves as the seed says")
	flags.StringVar(&o.scenario, "scenario", "", "play the story in this `file`, without the front-end, and end with its verdict")
	flags.BoolVar(&o.backend, "backend-only", false, "without the front-end and the portal, for which Node.js is needed")
	return cmd
}

func runDev(ctx context.Context, o *devOptions) error {
	if o.dryRun {
		return o.preview(ctx)
	}
	settings := dev.WatchSettings(o.dir)
	if err := o.bringUpToDate(ctx); err != nil {
		return err
	}
	cloud, err := localOptions(o.dir, o.seed)
	if err != nil {
		return err
	}
	if o.scenario != "" {
		return o.play(ctx, cloud)
	}
	release, err := claim(cloud.StateDir, o.dir)
	if err != nil {
		return err
	}
	defer release()
	if o.fresh {
		if err := os.RemoveAll(cloud.StateDir); err != nil {
			return fmt.Errorf("removing what the last time left: %w", err)
		}
	}
	for {
		run := o.run(cloud)
		run.Ready, run.Reconfigure, run.Settings = o.tellReady, o.reconfigure, settings
		err := dev.Run(ctx, run)
		if !errors.Is(err, dev.ErrReconfigured) {
			return err
		}
		if cloud, err = localOptions(o.dir, o.seed); err != nil {
			return err
		}
	}
}

// preview says what would be generated before anything runs.
func (o *devOptions) preview(ctx context.Context) error {
	_, p, err := planWorkload(ctx, o.dir)
	if err != nil {
		return err
	}
	return o.carryOut(ctx, p)
}

// run is what runs, as the flags say.
func (o *devOptions) run(cloud local.Options) dev.Options {
	return dev.Options{Dir: o.dir, Cloud: cloud, Headless: o.headless, Frontend: !o.backend, Out: o.err, Color: o.errColor, Quiet: o.quiet}
}

// play plays a story in a cloud that keeps nothing.
func (o *devOptions) play(ctx context.Context, cloud local.Options) error {
	seed := cloud.Seed
	if seed == nil {
		seed = localentra.DefaultSeed()
	}
	story, err := readStory(o.scenario, cloud.Model, seed)
	if err != nil {
		return err
	}
	if cloud.StateDir, err = os.MkdirTemp("", "fabgen-dev-"); err != nil {
		return fmt.Errorf("making a folder for the story: %w", err)
	}
	defer os.RemoveAll(cloud.StateDir)
	o.headless, o.backend = true, true
	run := o.run(cloud)
	run.Play = func(ctx context.Context, r dev.Running) error {
		return o.playStory(ctx, scenario.Stage{Model: cloud.Model, Cloud: r.Cloud, URL: r.Backend}, story)
	}
	return dev.Run(ctx, run)
}

// tellReady says where everything is.
func (o *devOptions) tellReady(r dev.Running) error {
	return o.result(r.Addresses, r.Print)
}

// bringUpToDate generates what fabgen.yaml gives and is not there.
func (o *devOptions) bringUpToDate(ctx context.Context) error {
	_, err := o.generate(ctx)
	return err
}

// generate generates, and says whether anything came of it. Edits of files that fabgen owns stay, and are named.
func (o *devOptions) generate(ctx context.Context) (done bool, err error) {
	_, p, err := planWorkload(ctx, o.dir)
	if err != nil {
		return false, err
	}
	if err := p.Err(); err != nil {
		o.show(p, plan.Conflict)
		return false, err
	}
	if n := p.Counts().Marked; n > 0 {
		if err := o.mayMark(ctx, p, n); err != nil {
			return false, err
		}
	}
	if !o.quiet {
		printChanges(o.err, changesOf(p, plan.Edited))
	}
	if p.Written() == 0 {
		return false, nil
	}
	if err := generator.Apply(ctx, p); err != nil {
		return false, err
	}
	o.say("generated again: %s", sentence(p.Counts()))
	return true, nil
}

// mayMark asks whether files may get conflict markers, with which nothing builds until they are solved.
func (o *devOptions) mayMark(ctx context.Context, p *plan.Plan, n int) error {
	printChanges(o.err, changesOf(p, plan.Mark))
	if o.terminal && !o.headless {
		chosen, err := o.prompt.Select(ctx, count(n, "file")+" would get conflict markers. Generate?",
			[]string{"No, leave everything as it is", "Yes, and solve them in the editor"})
		if err != nil || chosen == 1 {
			return err
		}
	}
	return fmt.Errorf("%s was not generated again: conflicts would be left in %s; run `fabgen generate` and solve them",
		p.Dir, count(n, "file"))
}

// reconfigure generates again after a change of fabgen.yaml, and says whether anything came of it. What is wrong is told,
// and what runs goes on. Ctrl-C at a question ends all of it, as it does elsewhere.
func (o *devOptions) reconfigure(ctx context.Context) (done bool, err error) {
	done, err = o.generate(ctx)
	if errors.Is(err, errInterrupted) {
		return false, err
	}
	if err != nil && ctx.Err() == nil {
		o.report(err)
		o.say("the workload goes on as it was; change %s again when that is mended", plan.SourceFile)
	}
	return done, nil
}
