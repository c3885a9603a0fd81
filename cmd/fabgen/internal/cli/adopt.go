package cli

import (
	"context"
	"errors"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/plan"
)

type adoptOptions struct {
	*app
	dir string
}

func newAdoptCmd(a *app) *cobra.Command {
	o := &adoptOptions{app: a}
	cmd := &cobra.Command{
		Use:   "adopt FILE...",
		Short: "Make a file that fabgen owns yours",
		Long: `adopt makes files that fabgen generates yours, as they stand: from then on generate merges what changes in their
rendering into them, as it does with the files that are yours from the start. It takes the path of a file in the
workload's folder, such as deploy/Dockerfile. To give a file back to fabgen, delete it and run
"fabgen generate --restore FILE".

JSON: as of generate`,
		Example: `  fabgen adopt deploy/Dockerfile
  fabgen adopt --dir ./contoso frontend/src/pages/HomePage.tsx`,
		Args: positional(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return runAdopt(cmd.Context(), o, args) },
	}
	addDirFlag(cmd, &o.dir)
	return cmd
}

func runAdopt(ctx context.Context, o *adoptOptions, files []string) error {
	r, err := requestFor(o.dir)
	if err != nil {
		return err
	}
	p, err := generator.Adopt(ctx, r, paths(files))
	if errors.Is(err, plan.ErrNotGenerated) {
		return usagef("%s", err)
	}
	if err != nil {
		return err
	}
	return o.carryOut(ctx, p)
}

// paths are files of a workload as a person names them, in fabgen's form.
func paths(files []string) []string {
	var all []string
	for _, f := range files {
		all = append(all, path.Clean(filepath.ToSlash(f)))
	}
	return all
}
