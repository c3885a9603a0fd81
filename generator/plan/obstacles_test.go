package plan

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/render"
)

func TestObstacles(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, dir string)
		want string
	}{
		"file is a link": {func(t *testing.T, dir string) {
			put(t, dir, map[string]string{"a/b/other": "old"})
			link(t, "other", filepath.Join(dir, "a/b/f"))
		}, "it is a symbolic link"},
		"file is a link to nowhere": {func(t *testing.T, dir string) {
			put(t, dir, map[string]string{"a/b/other": "old"})
			link(t, "missing", filepath.Join(dir, "a/b/f"))
		}, "it is a symbolic link"},
		"folder is a link inside": {func(t *testing.T, dir string) {
			put(t, dir, map[string]string{"a/real/f": "old"})
			link(t, "real", filepath.Join(dir, "a/b"))
		}, "the folder a/b is a symbolic link"},
		"folder is a link outside": {func(t *testing.T, dir string) {
			link(t, t.TempDir(), filepath.Join(dir, "a"))
		}, "the folder a is a symbolic link"},
		"folder where the file belongs": {func(t *testing.T, dir string) {
			put(t, dir, map[string]string{"a/b/f/mine": "x"})
		}, "a folder stands where the file belongs"},
		"file where the folder belongs": {func(t *testing.T, dir string) {
			put(t, dir, map[string]string{"a": "x"})
		}, "a is a file where a folder belongs"},
	} {
		for _, force := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				dir := t.TempDir()
				record(t, dir, StateFile, owned("a/b/f", "old"))
				c.make(t, dir)
				p := mustPlan(t, Input{Dir: dir, Files: []render.File{owned("a/b/f", "new")}, Force: force})
				a, _ := fate(p, "a/b/f")
				if a.Kind != Conflict || !strings.Contains(a.Reason, c.want) || a.Data != nil {
					t.Errorf("got %s (%s), want a conflict that says %q", a.Kind, a.Reason, c.want)
				}
			})
			t.Run(name+", no longer generated", func(t *testing.T) {
				dir := t.TempDir()
				record(t, dir, StateFile, owned("a/b/f", "old"))
				c.make(t, dir)
				p := mustPlan(t, Input{Dir: dir, Force: force})
				if a, _ := fate(p, "a/b/f"); a.Kind != Keep {
					t.Errorf("got %s (%s), want it left alone", a.Kind, a.Reason)
				}
				for _, emptied := range p.Folders {
					if emptied == "a/b" && strings.Contains(name, "link") && strings.HasPrefix(name, "folder") {
						t.Error("would remove a folder behind a link")
					}
				}
			})
		}
	}
}

func TestAccountBehindLinkIsRefused(t *testing.T) {
	for _, c := range []string{".fabgen", ".fabgen/base", ".fabgen/state.json"} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(c)), 0o755); err != nil {
			t.Fatal(err)
		}
		link(t, t.TempDir(), filepath.Join(dir, c))
		_, err := New(t.Context(), Input{Dir: dir})
		if err == nil || !strings.Contains(err.Error(), "symbolic link") {
			t.Errorf("%s: got %v", c, err)
		}
	}
}

func TestFolderIsAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), Input{Dir: file}); err == nil || !strings.Contains(err.Error(), "it is a file") {
		t.Errorf("got %v", err)
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Skipf("this system makes no symbolic links here: %v", err)
	}
}
