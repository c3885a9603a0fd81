package plan

import (
	"fmt"
	"strings"
	"testing"
)

// patch applies hunks to a text whose lines all end.
func patch(t *testing.T, text, hunks string) string {
	t.Helper()
	old := strings.SplitAfter(text, "\n")
	var out strings.Builder
	at := 0
	for _, line := range strings.SplitAfter(hunks, "\n") {
		switch {
		case line == "":
		case strings.HasPrefix(line, "@@"):
			var from, n, to, m int
			if _, err := fmt.Sscanf(line, "@@ -%d,%d +%d,%d @@", &from, &n, &to, &m); err != nil {
				t.Fatal(err)
			}
			for start := from - min(n, 1); at < start; at++ {
				out.WriteString(old[at])
			}
		case line[0] == '+':
			out.WriteString(line[1:])
		default:
			if old[at] != line[1:] {
				t.Fatalf("hunk has %q where the text has %q", line, old[at])
			}
			if line[0] == ' ' {
				out.WriteString(old[at])
			}
			at++
		}
	}
	return out.String() + strings.Join(old[at:], "")
}
