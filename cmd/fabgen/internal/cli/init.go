package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/runtime"
)

type initOptions struct {
	*app
	dir     string // empty: ./ and the product's name
	answers config.Answers
	config  string
	demo    bool
	yes     bool
	force   bool
}

func newInitCmd(a *app) *cobra.Command {
	o := &initOptions{app: a}
	fields := config.Fields()
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make a new workload",
		Long: `init asks for what a workload needs, shows a summary and writes fabgen.yaml and everything that follows from it
into DIR. Every question has a flag, and a flag that is given is not asked again. Without a terminal, or with --yes,
nothing is asked, and what is missing is an error that names the flags.

DIR must be missing or empty. Without DIR the workload goes into a folder of the current one that is named for the
product: ./contoso-forecast for Org.ContosoForecast. Use . for the current folder.

Everything is written, or, where anything fails or Ctrl-C is pressed, nothing.

JSON: {"dir", "dryRun", "counts": {"created", "updated", "deleted", "unchanged", "kept", "conflicts"},
"changes": [{"path", "kind", "class", "reason"}]}`,
		Example: `  fabgen init
  fabgen init --demo ./contoso
  fabgen init --config fabgen.yaml ./contoso
  fabgen init --yes --name Org.ContosoForecast --module example.com/contoso/forecast \
    --tenant-id 853d9f4f-c71b-4420-b6ec-60e503458946 --client-id 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11 \
    --scope Forecast.Read.All --resource onelake --item Forecast:Train,Score ./contoso`,
		Args: positional(cobra.MaximumNArgs(1)),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.dir = args[0]
			}
			o.answers = givenAnswers(cmd.Flags(), fields)
			return runInit(cmd.Context(), o)
		},
	}
	addAnswerFlags(cmd, fields)
	flags := cmd.Flags()
	flags.StringVar(&o.config, "config", "", "take this `file` as fabgen.yaml and ask nothing")
	flags.BoolVar(&o.demo, "demo", false, "make the built-in example, for which no tenant is needed")
	flags.BoolVarP(&o.yes, "yes", "y", false, "ask nothing; fail where an answer is missing")
	must(cmd.MarkFlagFilename("config", "yaml", "yml"))
	flags.BoolVar(&o.force, "force", false, "write among files that are there, and overwrite those in the way")
	return cmd
}

func runInit(ctx context.Context, o *initOptions) error {
	p, err := o.prepare(ctx)
	if err != nil {
		return err
	}
	if err := p.Err(); err != nil {
		return err
	}
	if !o.dryRun {
		done := o.working("Writing the workload")
		err := generator.Apply(ctx, p)
		done()
		if err != nil {
			return err
		}
	}
	if err := o.printMade(p); err != nil || o.dryRun || p.Counts().Marked == 0 {
		return err
	}
	return o.leftToSolve(p)
}

// prepare gives the plan for the new workload, from a file, the demo, flags or answers.
func (o *initOptions) prepare(ctx context.Context) (*plan.Plan, error) {
	if err := o.checkSources(); err != nil {
		return nil, err
	}
	switch {
	case o.config != "":
		s, err := readNamed(o.config, o.in)
		if err != nil {
			return nil, err
		}
		return o.plan(ctx, s, o.dir)
	case o.demo:
		document, err := config.Parse("the demo", config.Demo())
		if err != nil {
			return nil, err
		}
		return o.plan(ctx, source{document, config.Demo()}, o.dir)
	case o.yes || !o.terminal:
		p, err := o.planAnswers(ctx, o.answers, o.dir)
		return p, explainMissing(err, o.yes)
	default:
		if problems := wrongAnswers(o.answers); len(problems) > 0 {
			return nil, problems
		}
		return newWizard(o).run(ctx)
	}
}

// checkSources refuses to take the configuration from two places.
func (o *initOptions) checkSources() error {
	if o.config != "" && o.demo {
		return usagef("--config and --demo both give the configuration; give one of them")
	}
	given := "--config"
	if o.demo {
		given = "--demo"
	}
	if len(o.answers) > 0 && (o.config != "" || o.demo) {
		return usagef("%s gives the whole configuration; it does not go with %s", given, flagList(o.answers))
	}
	return nil
}

// planAnswers says what is to be written for the answers.
func (o *initOptions) planAnswers(ctx context.Context, answers config.Answers, dir string) (*plan.Plan, error) {
	document, data, err := config.Build(answers)
	if err != nil {
		return nil, withOthers(err, wrongAnswers(answers))
	}
	p, err := o.plan(ctx, source{document, data}, dir)
	return p, withoutPositions(err)
}

// plan says what is to be written into dir, or into the folder named for the product where dir is empty.
func (o *initOptions) plan(ctx context.Context, s source, dir string) (*plan.Plan, error) {
	if dir == "" {
		m, err := model.New(s.document)
		if err != nil {
			return nil, err
		}
		dir = defaultDir(m)
	}
	done := o.working("Rendering the workload")
	defer done()
	return generator.PlanInit(ctx, generator.Request{
		Dir: dir, Document: s.document, Source: s.data, Runtime: runtime.Source, Force: o.force,
	})
}

func defaultDir(m *model.Model) string { return m.Workload.Slug }

// withOthers adds problems that are not among those of err.
func withOthers(err error, others config.Problems) error {
	var problems config.Problems
	if !errors.As(err, &problems) {
		return err
	}
	for _, p := range others {
		if !slices.Contains(problems, p) {
			problems = append(problems, p)
		}
	}
	return problems
}

// withoutPositions takes the places in a file away that nobody has seen yet.
func withoutPositions(err error) error {
	var problems config.Problems
	if !errors.As(err, &problems) {
		return err
	}
	out := make(config.Problems, len(problems))
	for i, p := range problems {
		p.File, p.Line, p.Column = "", 0, 0
		out[i] = p
	}
	return out
}
