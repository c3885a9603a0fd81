package plan

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/fabgen/fabgen/generator/render"
)

// put writes files by their paths into dir.
func put(t *testing.T, dir string, files map[string]string) {
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

// record writes the state file that a run with these files would have written.
func record(t *testing.T, dir, name string, files ...render.File) {
	t.Helper()
	s := &State{Entries: map[string]Entry{}}
	for _, f := range files {
		s.Entries[f.Path] = Entry{
			Path: f.Path, Class: f.Class, Mode: 0o644, Template: f.Template, Version: "0.0.1", SHA256: hash(f.Data),
		}
	}
	put(t, dir, map[string]string{name: string(s.Encode())})
}

// storeBases stores the contents of the files as bases.
func storeBases(t *testing.T, dir string, files ...render.File) {
	t.Helper()
	for _, f := range files {
		packed, err := Pack(f.Data)
		if err != nil {
			t.Fatal(err)
		}
		put(t, dir, map[string]string{BasePath(hash(f.Data)): string(packed)})
	}
}

// marks is a conflict between x and something else, as a merge writes it.
func marks(base, theirs string) string {
	return "<<<<<<< yours\nx\n||||||| base\n" + base + "=======\n" + theirs + ">>>>>>> fabgen\n"
}

func owned(p, content string) render.File {
	return render.File{Path: p, Data: []byte(content), Mode: 0o644, Class: render.Owned, Template: p + ".tmpl"}
}

func seeded(p, content string) render.File {
	f := owned(p, content)
	f.Class = render.Seeded
	return f
}

// mustPlan plans and fails the test where that fails.
func mustPlan(t *testing.T, in Input) *Plan {
	t.Helper()
	in.Version = "0.1.0"
	p, err := New(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fate finds the action for a path; ok is false where the plan has none.
func fate(p *Plan, path string) (Action, bool) {
	for _, a := range p.Actions {
		if a.Path == path {
			return a, true
		}
	}
	return Action{}, false
}
