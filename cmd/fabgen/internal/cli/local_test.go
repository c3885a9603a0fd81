package cli

import (
	"os"
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

// Where nothing can be kept, the error says where it could be.
func TestNoCacheFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := claim(filepath.Join(file, "demo", "state"), "demo")
	if err == nil || !strings.Contains(err.Error(), "set "+cacheVariable+" to a folder") {
		t.Errorf("a file in its place: %v", err)
	}
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, "")
	}
	if _, _, err = localFolders("demo"); err == nil || !strings.Contains(err.Error(), "set "+cacheVariable+" to a folder") {
		t.Errorf("no home: %v", err)
	}
}
