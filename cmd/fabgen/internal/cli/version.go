package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator"
)

// versionResult is what version prints with --json.
type versionResult struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"` // where the binary was built from a checkout
	Modified bool   `json:"modified"`         // the checkout held changes that were not committed
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of fabgen",
		Long: `version prints the version of fabgen, of the Go that built it and, where known, the commit.

JSON: {"version", "commit", "modified", "go", "platform"}`,
		Example: `  fabgen version
  fabgen version --json`,
		Args: positional(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			v := currentVersion()
			return a.result(v, func(w io.Writer) { printVersion(w, v) })
		},
	}
}

func currentVersion() versionResult {
	v := versionResult{
		Version: generator.Version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func printVersion(w io.Writer, v versionResult) {
	fmt.Fprintf(w, "fabgen %s (%s, %s", v.Version, v.Go, v.Platform)
	if v.Commit != "" {
		fmt.Fprintf(w, ", commit %.12s", v.Commit)
		if v.Modified {
			fmt.Fprint(w, " with changes")
		}
	}
	fmt.Fprintln(w, ")")
}
