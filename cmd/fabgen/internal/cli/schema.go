package cli

import (
	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator/config"
)

func newSchemaCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of fabgen.yaml",
		Long: `schema prints the JSON Schema (2020-12) that an editor checks fabgen.yaml with. A workload holds a copy of it
in .fabgen/schema.json. The output is JSON with and without --json.`,
		Example: `  fabgen schema > fabgen.schema.json`,
		Args:    positional(cobra.NoArgs),
		RunE:    func(*cobra.Command, []string) error { return a.write(string(config.Schema())) },
	}
}
