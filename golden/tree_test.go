package golden

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
)

// ignored are folders that tools leave in a workload and that git ignores.
var ignored = map[string]bool{"node_modules": true, "dist": true, "data": true, "coverage": true}

// readTree gives every file of a folder by its path.
func readTree(t *testing.T, root string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if ignored[entry.Name()] {
				return filepath.SkipDir
			}
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		files[filepath.ToSlash(rel)] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// compareTrees shows, file by file, how got differs from want.
func compareTrees(t *testing.T, got, want string) {
	t.Helper()
	gotFiles, wantFiles := readTree(t, got), readTree(t, want)
	for path, data := range gotFiles {
		wanted, ok := wantFiles[path]
		switch {
		case !ok:
			t.Errorf("%s is generated and not in %s; run go test ./golden -update and read the change", path, want)
		case !bytes.Equal(data, wanted):
			t.Errorf("%s differs:\n%s", path, shorten(string(diff.Diff("want", wanted, "got", data))))
		}
	}
	for path := range wantFiles {
		if _, ok := gotFiles[path]; !ok {
			t.Errorf("%s is in %s and no longer generated", path, want)
		}
	}
}

func shorten(text string) string {
	const most = 40
	lines := strings.SplitAfterN(text, "\n", most+1)
	if len(lines) > most {
		return strings.Join(lines[:most], "") + "…"
	}
	return text
}

// replaceTree makes to a copy of from.
func replaceTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	copyTree(t, from, to)
}

func copyTree(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
