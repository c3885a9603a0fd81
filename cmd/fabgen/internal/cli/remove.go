package cli

import (
	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator"
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
		return o.edit(cmd.Context(), s, edit(args), nil)
	}
	o.addFlags(cmd)
	return cmd
}

func newRenameCmd(a *app) *cobra.Command {
	o := &editOptions{app: a}
	item := &cobra.Command{
		Use:   "item OLD NEW",
		Short: "Give an item another name",
		Long: `rename item gives an item another name in fabgen.yaml, also where routes name it, and moves its files, with your edits
in them; code in these files goes on to use the names that follow from the item's. Elsewhere such names are yours to
change, and the compiler finds them.

Items that people have made in Fabric are of the old type: rename before you publish.` + editHelp,
		Example: "  fabgen rename item Forecast Prediction",
		Args:    positional(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := readWorkload(o.dir)
			if err != nil {
				return err
			}
			renamed := &generator.Renamed{Before: s.document, From: args[0], To: args[1]}
			return o.edit(cmd.Context(), s, config.RenameItem(args[0], args[1]), renamed)
		},
	}
	o.addFlags(item)
	cmd := &cobra.Command{
		Use:     "rename",
		Short:   "Give an item another name, and generate",
		Long:    "rename gives something in fabgen.yaml another name and moves the files that follow from it." + editHelp,
		Example: "  fabgen rename item Forecast Prediction",
		RunE:    needsThing,
	}
	cmd.AddCommand(item)
	return cmd
}
