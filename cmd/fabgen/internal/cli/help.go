package cli

import "github.com/spf13/cobra"

// newHelpCmd is cobra's help command, but fails on a topic that there is not.
func newHelpCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show what a command does",
		Example: "  fabgen help init",
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return knownCommand(cmd.Root(), rest)
			}
			topic.InitDefaultHelpFlag()
			return topic.Help()
		},
	}
}
