package supervisor_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// quick are the times of a Watcher in tests.
const quick = 10 * time.Millisecond

// watched is a folder with a Watcher over it.
type watched struct {
	t    *testing.T
	dir  string
	told chan []string
}

// watch watches the Go sources of backend, and fabgen.yaml, in a folder that has both.
func watch(t *testing.T, change ...func(*supervisor.WatchOptions)) *watched {
	t.Helper()
	w := &watched{t: t, dir: t.TempDir(), told: make(chan []string)}
	w.write("backend/go.mod", "module x")
	w.write("backend/cmd/server/main.go", "package main")
	w.write("fabgen.yaml", "workload:")
	o := supervisor.WatchOptions{
		Trees:    []supervisor.Tree{{Root: w.path("backend"), Match: supervisor.GoSources}},
		Files:    []string{w.path("fabgen.yaml")},
		Interval: quick, Quiet: quick,
	}
	for _, c := range change {
		c(&o)
	}
	watcher := supervisor.NewWatcher(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		watcher.Run(ctx, func(paths []string) {
			select {
			case w.told <- paths:
			case <-ctx.Done():
			}
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

func (w *watched) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

func (w *watched) write(name, text string) {
	w.t.Helper()
	path := w.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// must ends the test at an error.
func (w *watched) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// expect wants these files to be told of next, in one event or in several that follow.
func (w *watched) expect(names ...string) {
	w.t.Helper()
	missing := map[string]bool{}
	for _, name := range names {
		missing[w.path(name)] = true
	}
	for len(missing) > 0 {
		select {
		case paths := <-w.told:
			if !slices.IsSorted(paths) {
				w.t.Errorf("they are not sorted: %q", paths)
			}
			for _, path := range paths {
				if !slices.Contains(names, w.below(path)) {
					w.t.Errorf("%s is told of, and %q are wanted", w.below(path), names)
				}
				delete(missing, path)
			}
		case <-time.After(patience):
			w.t.Fatalf("nothing is told of %v", missing)
		}
	}
}

func (w *watched) below(path string) string {
	below, err := filepath.Rel(w.dir, path)
	w.must(err)
	return filepath.ToSlash(below)
}

func TestChanges(t *testing.T) {
	main, mod := "backend/cmd/server/main.go", "backend/go.mod"
	for name, c := range map[string]struct {
		change func(*watched)
		want   []string
	}{
		"changed": {func(w *watched) { w.write(main, "package main // more") }, []string{main}},
		"in a package of any name": {func(w *watched) {
			for _, name := range []string{"backend/data/x.go", "backend/internal/bin/x.go", "backend/internal/dist/x.go"} {
				w.write(name, "package x")
			}
		}, []string{"backend/data/x.go", "backend/internal/bin/x.go", "backend/internal/dist/x.go"}},
		"came":    {func(w *watched) { w.write("backend/new/new.go", "package x") }, []string{"backend/new/new.go"}},
		"went":    {func(w *watched) { w.must(os.Remove(w.path(main))) }, []string{main}},
		"renamed": {func(w *watched) { w.must(os.Rename(w.path(main), w.path("backend/cmd/x.go"))) }, []string{main, "backend/cmd/x.go"}},
		"replaced": {func(w *watched) {
			w.write("backend/main.tmp", "package mean")
			w.must(os.Rename(w.path("backend/main.tmp"), w.path(main)))
		}, []string{main}},
		"mode":          {func(w *watched) { w.must(os.Chmod(w.path(mod), 0o600)) }, []string{mod}},
		"a single file": {func(w *watched) { w.write("fabgen.yaml", "workload: {}") }, []string{"fabgen.yaml"}},
		"several": {func(w *watched) {
			w.write(main, "package main // more")
			w.write("fabgen.yaml", "workload: {}")
		}, []string{main, "fabgen.yaml"}},
		"in a linked file": {func(w *watched) {
			w.write("elsewhere", "package x")
			w.must(os.Symlink(w.path("elsewhere"), w.path("backend/link.go")))
		}, []string{"backend/link.go"}},
		"the whole folder": {func(w *watched) { w.must(os.RemoveAll(w.path("backend"))) }, []string{main, mod}},
		"what does not count": {func(w *watched) {
			for _, name := range []string{
				"backend/x_test.go", "backend/readme.md", "backend/.git/x.go", "other.go",
			} {
				w.write(name, "x")
			}
			w.write(mod, "module y") // which ends the waiting
		}, []string{mod}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := watch(t)
			c.change(w)
			w.expect(c.want...)
		})
	}
}

// A folder that goes and comes back, as a branch is switched, is watched on.
func TestFolderThatReturns(t *testing.T) {
	w := watch(t)
	w.must(os.Rename(w.path("backend"), w.path("gone")))
	w.expect("backend/go.mod", "backend/cmd/server/main.go")
	w.must(os.Rename(w.path("gone"), w.path("backend")))
	w.expect("backend/go.mod", "backend/cmd/server/main.go")
	w.write("backend/go.mod", "module y")
	w.expect("backend/go.mod")
}

// Nothing that changes while a change is worked on is missed, and none of it is told twice.
func TestChangeWhileWorking(t *testing.T) {
	w := watch(t)
	w.write("fabgen.yaml", "workload: {} # 1")
	time.Sleep(5 * quick) // the Watcher has seen it, or will: it waits for this test either way
	w.write("backend/go.mod", "module y")
	w.expect("fabgen.yaml", "backend/go.mod")
	select {
	case paths := <-w.told:
		t.Errorf("told again: %q", paths)
	case <-time.After(20 * quick):
	}
}

// A burst of saves is one event.
func TestBurst(t *testing.T) {
	w := watch(t, func(o *supervisor.WatchOptions) { o.Quiet = 300 * time.Millisecond })
	for i := range 10 {
		w.write(fmt.Sprintf("backend/f%d.go", i), "package x")
		time.Sleep(2 * quick)
	}
	if paths := <-w.told; len(paths) != 10 {
		t.Errorf("the first event has %d files: %q", len(paths), paths)
	}
}

// Changes that never end are told of all the same.
func TestEndlessBurst(t *testing.T) {
	w := watch(t)
	for i, end := 0, time.Now().Add(patience); ; i++ {
		w.write("backend/go.mod", fmt.Sprint("module ", i))
		select {
		case <-w.told:
			return
		case <-time.After(quick / 2):
		}
		if time.Now().After(end) {
			t.Fatal("nothing is told")
		}
	}
}

// A file system whose clock is coarse gives a file that was written twice the same time.
func TestChangeWithinATick(t *testing.T) {
	w := watch(t)
	tick := time.Now().Truncate(time.Second)
	for _, text := range []string{"module a", "module b", "module c"} {
		w.write("backend/new", text)
		w.must(os.Chtimes(w.path("backend/new"), tick, tick))
		w.must(os.Rename(w.path("backend/new"), w.path("backend/go.mod")))
		w.expect("backend/go.mod")
	}
}

// So does one that was written again just before its time tells it from another.
func TestChangeAtTheEndOfATick(t *testing.T) {
	t.Parallel()
	w := watch(t, func(o *supervisor.WatchOptions) { o.Interval = 2200 * time.Millisecond })
	info, err := os.Stat(w.path("backend/go.mod"))
	w.must(err)
	w.write("backend/go.mod", "module y")
	w.must(os.Chtimes(w.path("backend/go.mod"), info.ModTime(), info.ModTime()))
	w.expect("backend/go.mod")
}

// A look at a back-end of 200 folders, each with five files.
func BenchmarkLook(b *testing.B) {
	dir := b.TempDir()
	for i := range 200 {
		folder := filepath.Join(dir, fmt.Sprintf("d%d", i))
		if err := os.Mkdir(folder, 0o755); err != nil {
			b.Fatal(err)
		}
		for j := range 5 {
			file := filepath.Join(folder, fmt.Sprintf("f%d.go", j))
			if err := os.WriteFile(file, []byte("package x"), 0o644); err != nil {
				b.Fatal(err)
			}
			old := time.Now().Add(-time.Hour)
			if err := os.Chtimes(file, old, old); err != nil {
				b.Fatal(err)
			}
		}
	}
	for b.Loop() {
		supervisor.NewWatcher(supervisor.WatchOptions{Trees: []supervisor.Tree{{Root: dir, Match: supervisor.GoSources}}})
	}
}
