package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/runtime"
)

// editOptions is what all commands have that edit fabgen.yaml and then generate.
type editOptions struct {
	*app
	dir   string
	force bool
	yes   bool
}

func (o *editOptions) addFlags(cmd *cobra.Command) {
	addDirFlag(cmd, &o.dir)
	cmd.Flags().BoolVar(&o.force, "force", false, "overwrite files that fabgen owns and you have changed, and go on around "+
		"conflict markers")
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "ask nothing")
}

const editHelp = `

fabgen.yaml keeps its comments, order and style. Edits of generated files stay, as with generate; on a terminal the
command shows what it would do and asks, unless you give --yes. "fabgen undo" takes all of it back.

JSON: as of generate`

// edit edits fabgen.yaml and generates what follows.
func (o *editOptions) edit(ctx context.Context, s source, e config.Edit) error {
	edited, document, err := e.Apply(s.document.File, s.data)
	if err != nil {
		return withoutPositions(err)
	}
	r := generator.Request{
		Dir: o.dir, Document: document, Source: edited, Runtime: runtime.Source, Force: o.force, Edits: s.data,
	}
	if name := e.Renamed; name != (config.Renamed{}) {
		r.Renamed = &generator.Renamed{Before: s.document, Renamed: name}
	}
	p, err := generator.Plan(ctx, r)
	if err != nil {
		return err
	}
	if o.asks() && p.Err() == nil {
		printChanges(o.err, changesOf(p))
		i, err := o.prompt.Select(ctx, fmt.Sprintf("Write %s?", count(p.Written(), "file")), []string{"Write", "Cancel"})
		if err != nil {
			return err
		}
		if i != 0 {
			return errCancelled
		}
	}
	return o.carryOut(ctx, p)
}

// asks reports whether a person is there to be asked.
func (o *editOptions) asks() bool { return o.terminal && !o.yes && !o.json && !o.dryRun }
