package apply

import (
	"errors"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/generator/render"
)

// of is a file that stands for a thing of the configuration, such as an item.
func of(thing string, f render.File) render.File {
	f.Path = strings.ReplaceAll(f.Path, "{item}", thing)
	return f
}

var (
	mergeBefore = []render.File{
		owned("all.go", "old, x\n"),
		seeded("clean.go", "a\nb\nc\n"),
		seeded("marked.go", "a\nb\nc\n"),
		of("x", owned("items/{item}/owned.go", "x\n")),
		of("x", seeded("items/{item}/edited.go", "a\nx\nc\n")),
		of("x", seeded("items/{item}/plain.go", "x\n")),
		of("x", seeded("items/{item}/deleted.go", "x\n")),
		of("old", seeded("items/{item}/edited.go", "a\nold\nc\n")),
		of("old", seeded("items/{item}/plain.go", "old\n")),
	}
	mergeAfter = []render.File{
		owned("all.go", "y\n"),
		seeded("clean.go", "a\nb\nC\n"),
		seeded("marked.go", "a\nB\nc\n"),
		of("y", owned("items/{item}/owned.go", "y\n")),
		of("y", seeded("items/{item}/edited.go", "a\ny\nc\n")),
		of("y", seeded("items/{item}/plain.go", "y\n")),
		of("y", seeded("items/{item}/deleted.go", "y\n")),
	}
	mergeMoves = map[string]string{
		"items/y/owned.go": "items/x/owned.go", "items/y/edited.go": "items/x/edited.go",
		"items/y/plain.go": "items/x/plain.go", "items/y/deleted.go": "items/x/deleted.go",
	}
	mergeEdits = tree{
		"clean.go": "a\nmine\nb\nc\n", "marked.go": "a\nmine\nc\n", "items/x/edited.go": "a\nx\nc\nmine\n",
		"items/old/edited.go": "a\nold\nc\nmine\n",
	}
	// mergeWant is what the run must leave, fabgen's own account aside.
	mergeWant = tree{
		"all.go": "y\n", "clean.go": "a\nmine\nb\nC\n",
		"marked.go":        "a\n<<<<<<< yours\nmine\n||||||| base\nb\n=======\nB\n>>>>>>> fabgen\nc\n",
		"items/y/owned.go": "y\n", "items/y/edited.go": "a\ny\nc\nmine\n", "items/y/plain.go": "y\n",
		"items/old/edited.go.removed": "a\nold\nc\nmine\n",
		"items/":                      "", "items/y/": "", "items/old/": "",
	}
)

// edited is a tree of mergeBefore with a person's edits.
func edited(t *testing.T, dir string) {
	t.Helper()
	quickRun(t, plan.Input{Dir: dir, Files: mergeBefore, Init: true, Source: []byte("source\n")})
	put(t, dir, mergeEdits)
	remove(t, dir, "items/x/deleted.go")
}

// visible leaves out fabgen's own account and its configuration.
func (want tree) visible() tree {
	rest := tree{}
	for p, content := range want {
		if !strings.HasPrefix(p, plan.Folder+"/") && p != plan.SourceFile {
			rest[p] = content
		}
	}
	return rest
}

// A run merges, marks, moves, retires and deletes, and dies at each step. The next run, which knows nothing of the
// rename, must finish all of it.
func TestMergesSurviveEveryDeath(t *testing.T) {
	clean := quickDir(t)
	edited(t, clean)
	start := readTree(t, clean)
	quickRun(t, plan.Input{Dir: clean, Files: mergeAfter, Moves: mergeMoves})
	want := readTree(t, clean)
	mergeWant.compare(t, want.visible())
	everyDeath(t, func(t *testing.T, dir string, at int, w when) steps {
		edited(t, dir)
		done, err := runDying(t, makePlan(t, plan.Input{Dir: dir, Files: mergeAfter, Moves: mergeMoves}), at, w)
		if at >= 0 && !errors.Is(err, errDied) {
			t.Errorf("the death goes unnoticed: %v", err)
		}
		if w == refused && at >= 0 && !strings.Contains(err.Error(), "half way") {
			start.compare(t, readTree(t, dir))
		}
		again := plan.Input{Dir: dir, Files: mergeAfter}
		if !started(readTree(t, dir)) {
			again.Moves = mergeMoves // nothing was announced: the person asks for the rename again
		}
		if makePlan(t, again).Counts().Unsolved > 0 { // all was done but for clearing up
			put(t, dir, tree{"marked.go": "a\nsolved\nc\n"})
			quickRun(t, again)
			put(t, dir, tree{"marked.go": want["marked.go"]})
		}
		if makePlan(t, again).Counts().Unsolved == 0 {
			quickRun(t, again)
		}
		want.compare(t, readTree(t, dir))
		put(t, dir, tree{"marked.go": "a\nsolved\nc\n"})
		mustBeDone(t, plan.Input{Dir: dir, Files: mergeAfter})
		return done
	})
}

// started reports whether a run got as far as to announce what it does, or further.
func started(t tree) bool {
	_, announced := t[plan.PendingFile]
	return announced || t["all.go"] == "y\n"
}

// After a death the configuration is put back: no edit may be lost, and the files must be where they were, unless the
// run had come to its end.
func TestGoingBackFromMergesAfterEveryDeath(t *testing.T) {
	everyDeath(t, func(t *testing.T, dir string, at int, w when) steps {
		edited(t, dir)
		put(t, dir, tree{"marked.go": "a\nb\nc\n"}) // markers would have to be solved first
		done, _ := runDying(t, makePlan(t, plan.Input{Dir: dir, Files: mergeAfter, Moves: mergeMoves}), at, w)
		if at < 0 {
			return done
		}
		quickRun(t, plan.Input{Dir: dir, Files: mergeBefore})
		got := readTree(t, dir)
		if !strings.Contains(got["clean.go"], "mine\n") {
			t.Errorf("the edit of clean.go is lost")
		}
		for _, p := range []string{"items/x/edited.go", "items/old/edited.go"} {
			if at < len(done)-1 && got[p] != mergeEdits[p] {
				t.Errorf("%s holds %q, want %q", p, got[p], mergeEdits[p])
			}
		}
		if !strings.HasSuffix(got["items/x/edited.go"]+got["items/y/edited.go.removed"], "mine\n") {
			t.Error("the edit of the renamed item is lost")
		}
		mustBeDone(t, plan.Input{Dir: dir, Files: mergeBefore})
		return done
	})
}
