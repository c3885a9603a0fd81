package cli

import (
	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator/config"
)

func newRemoveCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "remove",
		Short: "Remove a scope, resource, item, job or route, and generate",
		Long: "remove takes a scope, resource, item, job or route out of fabgen.yaml and removes the files that follow from it. " +
			"A file of it that you have edited is kept as FILE.removed, out of the build." + editHelp,
		Example: `  fabgen remove route getForecast
  fabgen remove job Forecast Score`,
		RunE:               needsThing,
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true}, // those of a command that is misspelled
	}
	for _, t := range things {
		cmd.AddCommand(newEditCmd(a, &cobra.Command{
			Use:     t.noun + " NAME",
			Short:   "Take from the " + t.list + " of fabgen.yaml, and generate",
			Long:    "remove " + t.noun + " takes one element from the " + t.list + " of fabgen.yaml." + editHelp,
			Example: "  fabgen remove " + t.noun + " NAME",
			Args:    positional(cobra.ExactArgs(1)),
		}, func(args []string) config.Edit { return config.RemoveFrom(t.list, args[0]) }))
	}
	cmd.AddCommand(newEditCmd(a, &cobra.Command{
		Use:     "job ITEM JOB...",
		Short:   "Take jobs from an item of fabgen.yaml, and generate",
		Long:    "remove job takes jobs from an item of fabgen.yaml." + editHelp,
		Example: "  fabgen remove job Forecast Score",
		Args:    positional(cobra.MinimumNArgs(2)),
	}, func(args []string) config.Edit { return config.RemoveJobs(args[0], args[1:]...) }))
	return cmd
}

// newEditCmd makes a command of an edit of fabgen.yaml.
func newEditCmd(a *app, cmd *cobra.Command, edit func(args []string) config.Edit) *cobra.Command {
	o := &editOptions{app: a}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := readWorkload(o.dir)
		if err != nil {
			return err
		}
		return o.edit(cmd.Context(), s, edit(args))
	}
	o.addFlags(cmd)
	return cmd
}
