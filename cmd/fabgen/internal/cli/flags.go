package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fabgen/fabgen/generator/config"
)

// flagError makes a flag that cobra cannot read an error of use, with the nearest flag where one is near.
func flagError(cmd *cobra.Command, err error) error {
	message := err.Error()
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		if near := nearestFlag(cmd, unknown.GetSpecifiedName()); near != "" {
			message += fmt.Sprintf("; did you mean --%s?", near)
		}
	}
	return usagef("%s; `%s --help` lists the flags", message, cmd.CommandPath())
}

// nearestFlag is the flag that a name begins, or else the one that it is nearest to.
func nearestFlag(cmd *cobra.Command, name string) string {
	var names []string
	begun := ""
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		names = append(names, f.Name)
		if begun == "" && len(name) > 1 && strings.HasPrefix(f.Name, name) {
			begun = f.Name
		}
	})
	return cmp.Or(begun, config.Nearest(name, names))
}

// asksForJSON finds --json among arguments that cobra could not read to their end.
func asksForJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	for _, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--json="); ok {
			on, err := strconv.ParseBool(value)
			return err == nil && on
		}
		if arg == "--json" {
			return true
		}
	}
	return false
}

// positional makes too many or unfit arguments an error of use.
func positional(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usagef("%s; usage: %s", err, cmd.UseLine())
		}
		return nil
	}
}

// knownCommand refuses a word where a command should stand, with the nearest commands.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	message := fmt.Sprintf("unknown command %q", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		message += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return usagef("%s; `%s --help` lists the commands", message, cmd.CommandPath())
}

// must is for what cobra refuses only where the program names a flag that it has not added.
func must(err error) {
	if err != nil {
		panic("cli: " + err.Error())
	}
}
