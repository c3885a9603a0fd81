package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

var shells = []string{"bash", "zsh", "fish", "powershell"}

// completionResult is what completion prints with --json.
type completionResult struct {
	Shell  string `json:"shell"`
	Script string `json:"script"`
}

func newCompletionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print the script that completes fabgen's commands in a shell",
		Long: `completion prints a script for your shell; load it where the shell starts.

JSON: {"shell", "script"}`,
		Example: `  source <(fabgen completion bash)
  fabgen completion zsh > "${fpath[1]}/_fabgen"
  fabgen completion fish > ~/.config/fish/completions/fabgen.fish
  fabgen completion powershell | Out-String | Invoke-Expression`,
		ValidArgs: shells,
		Args:      completionArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			b := &strings.Builder{}
			if err := writeCompletion(cmd.Root(), args[0], b); err != nil {
				return err
			}
			return a.result(completionResult{args[0], b.String()}, func(w io.Writer) { fmt.Fprint(w, b.String()) })
		},
	}
}

func completionArgs(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("completion takes one shell: %s", strings.Join(shells, ", "))
	}
	if err := cobra.OnlyValidArgs(cmd, args); err != nil {
		return usagef("unknown shell %q; right is one of %s", args[0], strings.Join(shells, ", "))
	}
	return nil
}

func writeCompletion(root *cobra.Command, shell string, w io.Writer) error {
	switch shell {
	case "zsh":
		return root.GenZshCompletion(w)
	case "fish":
		return root.GenFishCompletion(w, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(w)
	default:
		return root.GenBashCompletionV2(w, true)
	}
}
