package apply

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/generator/render"
)

// tree is what a folder holds: contents by path, folders with a slash at the end.
type tree map[string]string

// quickDir is a new folder, in memory where this machine has a file system there: what is played thousands of times needs
// no disk under it.
func quickDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "fabgen-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func readTree(t *testing.T, dir string) tree {
	t.Helper()
	found := tree{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			found[rel+"/"] = ""
			return nil
		}
		data, err := os.ReadFile(p)
		found[rel] = string(data)
		if rel == plan.UndoFile { // a run in two parts announces other things than one in one piece
			found[rel] = regexp.MustCompile(`"run".*`).ReplaceAllString(found[rel], "")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// withoutUndo leaves out what runs keep for taking them back: it tells how the tree came to be.
func (want tree) withoutUndo() tree {
	rest := tree{}
	for p, content := range want {
		if !strings.HasPrefix(p, plan.UndoFolder) {
			rest[p] = content
		}
	}
	return rest
}

// compare tells how two trees differ.
func (want tree) compare(t *testing.T, got tree) {
	t.Helper()
	for _, p := range slices.Sorted(maps.Keys(want)) {
		if g, ok := got[p]; !ok {
			t.Errorf("%s is missing", p)
		} else if g != want[p] {
			t.Errorf("%s holds %q, want %q", p, g, want[p])
		}
	}
	for _, p := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[p]; !ok {
			t.Errorf("%s should not be there", p)
		}
	}
}

func put(t *testing.T, dir string, files tree) {
	t.Helper()
	for p, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func remove(t *testing.T, dir, p string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(p))); err != nil {
		t.Fatal(err)
	}
}

func owned(p, content string) render.File {
	return render.File{Path: p, Data: []byte(content), Mode: 0o644, Class: render.Owned, Template: p + ".tmpl"}
}

func seeded(p, content string) render.File {
	f := owned(p, content)
	f.Class = render.Seeded
	return f
}

func makePlan(t *testing.T, in plan.Input) *plan.Plan {
	t.Helper()
	in.Version = "0.1.0"
	p, err := plan.New(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// mustRun plans and applies.
func mustRun(t *testing.T, in plan.Input) {
	t.Helper()
	if err := Run(t.Context(), makePlan(t, in)); err != nil {
		t.Fatal(err)
	}
}

// mustBeDone fails unless a run would change nothing.
func mustBeDone(t *testing.T, in plan.Input) {
	t.Helper()
	in.Init = false
	p := makePlan(t, in)
	if p.Changes() {
		for _, a := range p.Actions {
			if a.Kind != plan.Unchanged && a.Kind != plan.Keep {
				t.Errorf("another run would %s %s: %s", a.Kind, a.Path, a.Reason)
			}
		}
	}
}

var version1 = []render.File{
	owned(".fabgen/schema.json", "{}"),
	owned("README.md", "one\n"),
	owned("backend/a.go", "a one\n"),
	owned("backend/items/old/gone.go", "gone\n"),
	seeded("backend/handler.go", "handler one\n"),
	seeded("backend/kept.go", "kept\n"),
	seeded("backend/items/old/seed.go", "seed\n"),
}

var version2 = []render.File{
	owned(".fabgen/schema.json", "{}"),
	owned("README.md", "two\n"),
	owned("backend/a.go", "a one\n"),
	seeded("backend/handler.go", "handler two\n"),
	seeded("backend/kept.go", "kept\n"),
	owned("backend/items/new/made.go", "made\n"),
	seeded("backend/items/new/seed.go", "new seed\n"),
}

// edits are a person's, in a tree of version1: none of them may be lost.
var edits = tree{"backend/kept.go": "kept, edited\n", "mine.txt": "mine\n", "backend/items/note.txt": "note\n"}
