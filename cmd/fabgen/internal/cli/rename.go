package cli

import (
	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator/config"
)

const renameHelp = ` in fabgen.yaml, also where routes name it, and moves its files, with your
edits in them; code in these files goes on to use the names that follow from it. Elsewhere such names are yours to
change, and the compiler finds them.`

// published says what a new name means to those who use the old one.
var published = map[string]string{
	"scope":    "\n\nPeople have consented to the old scope: rename before you publish.",
	"resource": "",
	"item":     "\n\nItems that people have made in Fabric are of the old type: rename before you publish.",
	"route":    "\n\nA route's path stays: change it in fabgen.yaml.",
}

func newRenameCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rename",
		Short: "Give a scope, resource, item, job or route another name, and generate",
		Long:  "rename gives something in fabgen.yaml another name and moves the files that follow from it." + editHelp,
		Example: `  fabgen rename item Forecast Prediction
  fabgen rename job Forecast Train Fit`,
		RunE:               needsThing,
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true}, // those of a command that is misspelled
	}
	for _, t := range things {
		cmd.AddCommand(newEditCmd(a, &cobra.Command{
			Use:     t.noun + " OLD NEW",
			Short:   "Give one of the " + t.list + " another name",
			Long:    "rename " + t.noun + " gives one of the " + t.list + " another name" + renameHelp + published[t.noun] + editHelp,
			Example: "  fabgen rename " + t.noun + " OLD NEW",
			Args:    positional(cobra.ExactArgs(2)),
		}, func(args []string) config.Edit { return config.Rename(t.list, args[0], args[1]) }))
	}
	cmd.AddCommand(newEditCmd(a, &cobra.Command{
		Use:     "job ITEM OLD NEW",
		Short:   "Give a job of an item another name",
		Long:    "rename job gives a job of an item another name in fabgen.yaml." + editHelp,
		Example: "  fabgen rename job Forecast Train Fit",
		Args:    positional(cobra.ExactArgs(3)),
	}, func(args []string) config.Edit { return config.RenameJob(args[0], args[1], args[2]) }))
	return cmd
}
