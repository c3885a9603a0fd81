package plan

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff writes what applying the plan would change as a unified diff that git apply takes: additions, changes and
// deletions, and at conflicts and edits what force would do, after a line "# path: reason". The state file is told in such a
// line only. It writes nothing where there is nothing to do. Where kinds are given it tells those alone.
func (p *Plan) Diff(w io.Writer, kinds ...Kind) error {
	for _, a := range p.Actions {
		if len(kinds) > 0 && !slices.Contains(kinds, a.Kind) {
			continue
		}
		if _, err := w.Write(a.diff()); err != nil {
			return fmt.Errorf("writing the diff: %w", err)
		}
	}
	return nil
}

func (a Action) diff() []byte {
	var b bytes.Buffer
	switch {
	case a.Kind == Unchanged || a.Kind == Keep:
		return nil
	case a.Kind == Unsolved:
		fmt.Fprintf(&b, "# %s: %s\n", a.Path, a.Reason)
		return b.Bytes()
	case a.Path == StateFile:
		fmt.Fprintf(&b, "# %s: %s\n", a.Path, a.Reason)
		return b.Bytes()
	case a.Kind == Conflict || a.Kind == Edited:
		fmt.Fprintf(&b, "# %s: %s\n", a.Path, a.Reason)
		if a.Seen == "" {
			return b.Bytes()
		}
	}
	a.unified(&b)
	return b.Bytes()
}

func (a Action) unified(b *bytes.Buffer) {
	before, after := "a/"+a.Path, "b/"+a.Path
	fmt.Fprintf(b, "diff --git %s %s\n", before, after)
	switch {
	case a.Seen == "":
		fmt.Fprintf(b, "new file mode %s\n", gitMode(a.Mode))
		before = "/dev/null"
	case a.Data == nil:
		fmt.Fprintf(b, "deleted file mode %s\n", gitMode(a.Mode))
		after = "/dev/null"
	}
	switch {
	case a.Seen != "" && a.Old == nil:
		fmt.Fprintf(b, "Files %s and %s differ (too large to show)\n", before, after)
	case isBinary(a.Old) || isBinary(a.Data):
		fmt.Fprintf(b, "Binary files %s and %s differ\n", before, after)
	default:
		hunks := unifiedHunks(a.Old, a.Data)
		if len(hunks) > 0 {
			fmt.Fprintf(b, "--- %s\n+++ %s\n%s", headerPath(before), headerPath(after), hunks)
		}
	}
}

// unifiedHunks gives the hunks of a unified diff without a header. It takes O(n log n) steps in the number of lines.
func unifiedHunks(before, after []byte) []byte {
	out := diff.Diff("a", before, "b", after)
	for range 3 { // its own header
		_, out, _ = bytes.Cut(out, []byte("\n"))
	}
	return out
}

// headerPath ends a path that holds a space with a tab, as git does, so that the path's end can be told.
func headerPath(p string) string {
	if strings.Contains(p, " ") {
		return p + "\t"
	}
	return p
}

func gitMode(mode fs.FileMode) string {
	if mode&0o100 != 0 {
		return "100755"
	}
	return "100644"
}
