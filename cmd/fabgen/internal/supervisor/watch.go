package supervisor

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Defaults and bounds of a Watcher.
const (
	defaultInterval = 300 * time.Millisecond
	defaultQuiet    = 100 * time.Millisecond
	maxBurst        = 2 * time.Second // after which changes are told although they go on
	freshness       = 2 * time.Second // the coarsest clock of a file system, that of FAT
	maxSummed       = 1 << 20         // bytes of a fresh file that are looked at
)

// WatchOptions say what a Watcher looks at. Nothing needs to be there yet.
type WatchOptions struct {
	Trees []Tree
	Files []string // single files
	// Interval is the time between two looks. Default: 300 ms.
	Interval time.Duration
	// Quiet is how long nothing must change before a burst of changes is over. Default: 100 ms. A burst is told of after
	// two seconds in any case.
	Quiet time.Duration
}

// Tree is a folder and what lies in it. Links to folders are not followed, that to Root is, and folders whose names begin
// with a dot are not entered.
type Tree struct {
	Root string
	// Match says whether a file counts, by its path below Root with slashes. Without it all do. See GoSources.
	Match func(path string) bool
}

// GoSources matches what a Go program is built from. Its tests are not.
func GoSources(file string) bool {
	switch name := path.Base(file); name {
	case "go.mod", "go.sum", "go.work":
		return true
	default:
		return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
	}
}

// Watcher finds out which files change, by looking at them again and again: that works on every file system, those of
// containers and networks too.
type Watcher struct {
	options WatchOptions
	seed    maphash.Seed
	seen    snapshot
}

// snapshot is what was seen of each file, by path.
type snapshot map[string]stamp

// stamp changes with its file. The sum is that of a file which was fresh, as its next change may leave all else as it is.
type stamp struct {
	size   int64
	time   int64
	mode   fs.FileMode
	fresh  bool
	summed bool
	sum    uint64
}

func (s stamp) differs(o stamp) bool {
	return s.size != o.size || s.time != o.time || s.mode != o.mode || s.summed && o.summed && s.sum != o.sum
}

// NewWatcher gives a Watcher that knows what is there now: all that changes from now on is told by Run.
func NewWatcher(o WatchOptions) *Watcher {
	o.Interval, o.Quiet = cmp.Or(o.Interval, defaultInterval), cmp.Or(o.Quiet, defaultQuiet)
	w := &Watcher{options: o, seed: maphash.MakeSeed()}
	w.seen = w.look(nil)
	return w
}

// Run calls changed with the paths of files that came, changed or went, sorted, until ctx ends. What changes while changed
// runs is told after it. Call Run once at a time.
func (w *Watcher) Run(ctx context.Context, changed func(paths []string)) {
	for pause(ctx, w.options.Interval) {
		paths := map[string]bool{}
		if w.advance(paths); len(paths) == 0 {
			continue
		}
		for end := time.Now().Add(maxBurst); time.Now().Before(end); {
			if !pause(ctx, w.options.Quiet) {
				return
			}
			if w.advance(paths) == 0 {
				break
			}
		}
		changed(slices.Sorted(maps.Keys(paths)))
	}
}

// pause is false when ctx ends.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// advance looks once, notes the paths that differ, and counts them.
func (w *Watcher) advance(paths map[string]bool) int {
	now, n := w.look(w.seen), 0
	for path, stamp := range now {
		if before, there := w.seen[path]; !there || before.differs(stamp) {
			paths[path] = true
			n++
		}
	}
	for path := range w.seen {
		if _, there := now[path]; !there {
			paths[path] = true
			n++
		}
	}
	w.seen = now
	return n
}

func (w *Watcher) look(before snapshot) snapshot {
	now := make(snapshot, len(before))
	for _, file := range w.options.Files {
		if info, err := os.Stat(file); err == nil {
			now[file] = w.stamp(file, info, before)
		}
	}
	for _, tree := range w.options.Trees {
		tree.walk(func(file string, info fs.FileInfo) { now[file] = w.stamp(file, info, before) })
	}
	return now
}

// walk finds the files of a tree. What cannot be read is not there.
func (t Tree) walk(found func(file string, info fs.FileInfo)) {
	_ = fs.WalkDir(os.DirFS(t.Root), ".", func(below string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir():
			if below != "." && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		case t.Match != nil && !t.Match(below):
			return nil
		}
		file := filepath.Join(t.Root, filepath.FromSlash(below))
		info, err := d.Info()
		if err == nil && d.Type()&fs.ModeSymlink != 0 {
			info, err = os.Stat(file)
		}
		if err == nil && info.Mode().IsRegular() {
			found(file, info)
		}
		return nil
	})
}

// stamp looks into a file only where its time does not tell it from one that changed again.
func (w *Watcher) stamp(file string, info fs.FileInfo, before snapshot) stamp {
	s := stamp{size: info.Size(), time: info.ModTime().UnixNano(), mode: info.Mode()}
	s.fresh = time.Since(info.ModTime()) < freshness
	if old, there := before[file]; s.fresh || there && old.fresh && !old.differs(s) {
		sum, err := w.sum(file)
		s.sum, s.summed = sum, err == nil
	}
	return s
}

func (w *Watcher) sum(file string) (uint64, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	var h maphash.Hash
	h.SetSeed(w.seed)
	_, err = io.Copy(&h, io.LimitReader(f, maxSummed))
	return h.Sum64(), errors.Join(err, f.Close())
}
