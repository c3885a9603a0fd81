package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/plan"
)

type validateOptions struct {
	*app
	file string
}

// validateResult is what validate prints with --json for a valid configuration; for one that is not, it is a failure.
type validateResult struct {
	File  string `json:"file"`
	Valid bool   `json:"valid"`
}

func newValidateCmd(a *app) *cobra.Command {
	o := &validateOptions{app: a}
	return &cobra.Command{
		Use:   "validate [FILE]",
		Short: "Check a configuration alone",
		Long: `validate checks FILE (fabgen.yaml unless given; - is standard input) and tells every problem at once, each with
its line and column, what was found and what is right. An invalid configuration ends with exit code 2.

JSON: {"file", "valid": true}, or {"error", "problems": [...]}`,
		Example: `  fabgen validate
  fabgen validate contoso/fabgen.yaml
  cat fabgen.yaml | fabgen validate -`,
		Args: positional(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = plan.SourceFile
			if len(args) > 0 {
				o.file = args[0]
			}
			return runValidate(cmd.Context(), o)
		},
	}
}

func runValidate(_ context.Context, o *validateOptions) error {
	s, err := readNamed(o.file, o.in)
	if err != nil {
		return err
	}
	if _, err := model.New(s.document); err != nil {
		return err
	}
	return o.result(validateResult{s.document.File, true}, func(w io.Writer) {
		if !o.quiet {
			fmt.Fprintf(w, "%s is valid\n", s.document.File)
		}
	})
}
