// Package cli is fabgen's command line: it reads flags and answers, runs the generator, and turns what comes of it
// into text or JSON and an exit code.
package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-colorable"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/fabgen/fabgen/generator"
)

// Main runs fabgen with the arguments that follow its name and returns the exit code: 0 done, 1 failed, 2 wrong use or
// invalid configuration, 3 out of date, 4 done with conflicts left to solve. Results go to standard output, everything else
// to standard error. When ctx ends, a command stops before it changes anything else, and fails.
func Main(ctx context.Context, args []string) int {
	a := &app{
		in:       os.Stdin,
		out:      colorable.NewColorable(os.Stdout),
		err:      colorable.NewColorable(os.Stderr),
		terminal: isTerminal(os.Stdin) && isTerminal(os.Stderr) && os.Getenv("TERM") != "dumb",
		color:    isTerminal(os.Stdout),
		errColor: isTerminal(os.Stderr),
		prompt:   newSurvey(os.Stdin, os.Stderr),
	}
	return a.run(ctx, args)
}

// app is what every command shares: the streams and the flags that all of them have.
type app struct {
	in       io.Reader
	out, err io.Writer
	terminal bool // a person reads the questions and types the answers
	color    bool // out shows colours
	errColor bool // err shows colours
	prompt   Prompter

	json    bool
	quiet   bool
	noColor bool
	dryRun  bool
}

// run is Main after the streams are known.
func (a *app) run(ctx context.Context, args []string) int {
	out := &checked{Writer: a.out}
	a.out = out
	root := newRootCmd(a)
	root.SetArgs(args)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := cmp.Or(root.ExecuteContext(ctx), out.err)
	if err != nil {
		a.json = a.json || asksForJSON(args)
		a.report(err)
	}
	return exitCode(err)
}

func newRootCmd(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "fabgen",
		Short: "Write Microsoft Fabric workloads whose authentication works",
		Long: `fabgen writes a complete Microsoft Fabric workload (back-end, front-end, manifests and Entra application)
from one file, fabgen.yaml, and keeps it up to date when that file changes.

Results go to standard output, everything else to standard error. With --json every command prints one JSON value;
a command that fails prints {"error": "...", "problems": [...]}, where each problem has file, line, column, path,
found, want and hint, as far as they are known.

Exit codes: 0 done, 1 failed, 2 wrong use or invalid configuration, 3 out of date (check, diff, entra diff), 4 done with
conflicts left to solve.`,
		Example: `  fabgen init --demo ./contoso
  fabgen init
  fabgen generate --dir ./contoso`,
		Version:           generator.Version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.settle() },
		Args:              knownCommand,
		RunE: func(*cobra.Command, []string) error {
			return usagef("no command was given; `fabgen --help` lists them")
		},
	}
	flags := root.PersistentFlags()
	flags.BoolVar(&a.json, "json", false, "print the result as JSON")
	flags.BoolVar(&a.dryRun, "dry-run", false, "say what would be written, and write nothing")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "print errors and asked-for output only")
	flags.BoolVar(&a.noColor, "no-color", false, "no colours, as with the environment variable NO_COLOR")
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(flagError)
	root.SetVersionTemplate("fabgen {{.Version}}\n")
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), "FlagUsages ", "FlagUsagesWrapped 100 "))
	root.SetHelpCommand(newHelpCmd())
	root.AddCommand(
		newInitCmd(a), newGenerateCmd(a), newCheckCmd(a), newDiffCmd(a), newAdoptCmd(a),
		newUndoCmd(a), newAddCmd(a), newRemoveCmd(a), newRenameCmd(a),
		newDevCmd(a), newPackageCmd(a), newEntraCmd(a), newDoctorCmd(a), newTestCmd(a),
		newValidateCmd(a), newSchemaCmd(a), newVersionCmd(a), newCompletionCmd(a),
	)
	return root
}

// settle applies the flags that change how a command speaks.
func (a *app) settle() error {
	if a.noColor || os.Getenv("NO_COLOR") != "" {
		a.color, a.errColor = false, false
	}
	a.prompt.SetColor(a.errColor)
	return nil
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
