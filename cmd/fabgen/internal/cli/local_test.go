package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

// Two of the same workload would write over each other's items; the next one may begin when the first is done.
func TestClaim(t *testing.T) {
	state := filepath.Join(t.TempDir(), "workloads", "demo", "state")
	for range 2 {
		release, err := claim(state, "./demo")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := claim(state, "./demo"); err == nil || !strings.HasPrefix(err.Error(), "another `fabgen dev` runs for ./demo; ") {
			t.Errorf("the second got %v", err)
		}
		release()
	}
}
