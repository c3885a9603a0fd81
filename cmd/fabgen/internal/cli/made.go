package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/fabgen/fabgen/generator/plan"
)

// printMade says what init wrote, or would write.
func (o *initOptions) printMade(p *plan.Plan) error {
	return o.result(newRunResult(p, o.dryRun), func(w io.Writer) {
		switch {
		case o.dryRun:
			printChanges(w, changesOf(p))
			fmt.Fprintf(w, "%s: %s (dry run: nothing was written)\n", p.Dir, sentence(p.Counts()))
		case !o.quiet:
			printFolders(w, p)
			printNext(w, p.Dir)
		}
	})
}

// printFolders says how many files were written, by the folder at the top.
func printFolders(w io.Writer, p *plan.Plan) {
	var order []string
	counts := map[string]int{}
	total := 0
	for _, a := range p.Actions {
		if a.Kind != plan.Create && a.Kind != plan.Update {
			continue
		}
		folder, _, inside := strings.Cut(a.Path, "/")
		if !inside {
			folder = "."
		}
		if counts[folder] == 0 {
			order = append(order, folder)
		}
		counts[folder]++
		total++
	}
	fmt.Fprintf(w, "Wrote %s to %s:", count(total, "file"), p.Dir)
	for i, folder := range order {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, " %s %d", folder, counts[folder])
	}
	fmt.Fprintln(w)
}

// printNext gives the commands to go on with.
func printNext(w io.Writer, dir string) {
	fmt.Fprintln(w, "\nNext:")
	if dir != "." {
		fmt.Fprintf(w, "  cd %s\n", shellWord(dir))
	}
	fmt.Fprintln(w, "  fabgen dev    # all of it on this machine, without an account\n  make test")
}

// shellWord quotes a path for a shell where it needs quotes.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("/._-:", r) || r == filepath.Separator
	}
	if strings.HasPrefix(s, "-") {
		s = "./" + s
	}
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
