package apply

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/plan"
)

func initInput(dir string) plan.Input {
	return plan.Input{Dir: dir, Files: version1, Init: true, Source: []byte("source\n")}
}

func TestInitWritesTheWholeTree(t *testing.T) {
	for name, c := range map[string]struct {
		dir   string // below the folder of the test
		there tree
	}{
		"missing":          {"new", nil},
		"parents missing":  {"a/b/c/new", nil},
		"empty":            {".", nil},
		"git alone":        {".", tree{".git/HEAD": "ref\n", ".git/objects/": ""}},
		"the same yaml":    {".", tree{"fabgen.yaml": "source\n"}},
		"a killed init's":  {".", tree{".fabgen-init/README.md": "half"}},
		"a killed sibling": {"new", tree{".fabgen-init-new/README.md": "half"}},
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			want := tree{"fabgen.yaml": "source\n"}
			for p, content := range c.there {
				if strings.HasSuffix(p, "/") {
					continue
				}
				put(t, top, tree{p: content})
				if !strings.HasPrefix(p, ".fabgen-init") {
					want[p] = content
				}
			}
			for _, f := range version1 {
				want[f.Path] = string(f.Data)
			}
			dir := filepath.Join(top, c.dir)
			mustRun(t, initInput(dir))
			got := readTree(t, dir)
			for p, content := range want {
				if got[p] != content {
					t.Errorf("%s holds %q, want %q", p, got[p], content)
				}
			}
			for p := range readTree(t, top) {
				if strings.Contains(p, "init") || strings.Contains(p, ".tmp") || strings.Contains(p, "pending") {
					t.Errorf("%s is left", p)
				}
			}
			mustBeDone(t, initInput(dir))
		})
	}
}

func TestSeededFilesHaveTheirBase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	p := makePlan(t, initInput(dir))
	if err := Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	for _, f := range version1 {
		sum := p.State.Entries[f.Path].SHA256
		packed, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(plan.BasePath(sum))))
		if f.Class == 0 {
			if err == nil {
				t.Errorf("%s is owned and has a base", f.Path)
			}
			continue
		}
		if content, err := plan.Unpack(packed, sum); err != nil || string(content) != string(f.Data) {
			t.Errorf("base of %s: %q, %v", f.Path, content, err)
		}
	}
}

func TestInitTwiceGivesTheSameBytes(t *testing.T) {
	one, two := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	mustRun(t, initInput(one))
	mustRun(t, initInput(two))
	readTree(t, one).compare(t, readTree(t, two))
}

func TestInitModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := filepath.Join(t.TempDir(), "new")
	in := initInput(dir)
	script := owned("run.sh", "#!/bin/sh\n")
	script.Mode = 0o755
	in.Files = append(in.Files[:len(in.Files):len(in.Files)], script)
	mustRun(t, in)
	for p, want := range map[string]os.FileMode{"run.sh": 0o100, "README.md": 0} {
		info, err := os.Stat(filepath.Join(dir, p))
		if err != nil || info.Mode()&0o100 != want {
			t.Errorf("%s: %v, %v", p, info.Mode(), err)
		}
	}
}

func TestInitKeepsTheFolderItself(t *testing.T) {
	dir := t.TempDir()
	before, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	mustRun(t, initInput(dir))
	if after, err := os.Stat(dir); err != nil || !os.SameFile(before, after) {
		t.Error("a shell that stands in the folder now stands in one that is gone")
	}
}

func TestInitIntoALinkedFolder(t *testing.T) {
	top := t.TempDir()
	link(t, t.TempDir(), filepath.Join(top, "link"))
	mustRun(t, initInput(filepath.Join(top, "link")))
	if info, err := os.Lstat(filepath.Join(top, "link")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
	mustBeDone(t, initInput(filepath.Join(top, "link")))
}

func TestCancelledInitLeavesNothing(t *testing.T) {
	for _, dir := range []string{"new", "a/b/new", "."} {
		top := t.TempDir()
		p := makePlan(t, initInput(filepath.Join(top, dir)))
		ctx, cancel := context.WithCancel(t.Context())
		h := host{wrap: func(d disk) disk { return cancelling{d, cancel} }}
		if err := run(ctx, p, h); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", dir, err)
		}
		if left := readTree(t, top); len(left) > 0 {
			t.Errorf("%s: leaves %v", dir, left)
		}
	}
}

func TestFolderThatFilledUpMeanwhile(t *testing.T) {
	for dir, stranger := range map[string]string{"new": "new/README.md", ".": "README.md"} {
		top := t.TempDir()
		p := makePlan(t, initInput(filepath.Join(top, dir)))
		put(t, top, tree{stranger: "mine"})
		if err := Run(t.Context(), p); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: got %v", dir, err)
		}
		if left := readTree(t, top); left[stranger] != "mine" || len(left) > 2 {
			t.Errorf("%s: leaves %v", dir, left)
		}
	}
}

// cancelling is a disk on which the user gives up while files are written.
type cancelling struct {
	disk
	cancel func()
}

func (c cancelling) Write(name string, data []byte, mode os.FileMode, exact bool) error {
	c.cancel()
	return c.disk.Write(name, data, mode, exact)
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Skipf("this system makes no symbolic links here: %v", err)
	}
}
