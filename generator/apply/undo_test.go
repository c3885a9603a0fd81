package apply

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/fabgen/fabgen/generator/plan"
)

// undo takes the last run back.
func undo(t *testing.T, dir string, force bool) {
	t.Helper()
	p, err := plan.Undo(t.Context(), dir, force)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runDying(t, p, -1, before); err != nil {
		t.Fatal(err)
	}
}

func TestUndoTakesARunBackWhole(t *testing.T) {
	dir := quickDir(t)
	edited(t, dir)
	if err := os.Chmod(filepath.Join(dir, "clean.go"), 0o600); err != nil {
		t.Fatal(err)
	}
	start := readTree(t, dir)
	quickRun(t, plan.Input{
		Dir: dir, Files: mergeAfter, Moves: mergeMoves, Edits: []byte("source\n"), Source: []byte("edited\n"),
	})
	done := readTree(t, dir)
	undo(t, dir, false)
	start.compare(t, readTree(t, dir).withoutUndo())
	if info, err := os.Stat(filepath.Join(dir, "clean.go")); err != nil || info.Mode() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
	undo(t, dir, false)
	done.withoutUndo().compare(t, readTree(t, dir).withoutUndo())
}

func TestUndoWhereARunDied(t *testing.T) {
	everyDeath(t, func(t *testing.T, dir string, at int, w when) steps {
		grown(t, dir)
		start := readTree(t, dir)
		done, _ := runDying(t, makePlan(t, plan.Input{Dir: dir, Files: version2}), at, w)
		quickRun(t, plan.Input{Dir: dir, Files: version2})
		undo(t, dir, false)
		start.compare(t, readTree(t, dir).withoutUndo())
		return done
	})
}

func TestUndoDiesAndIsFinished(t *testing.T) {
	everyDeath(t, func(t *testing.T, dir string, at int, w when) steps {
		grown(t, dir)
		start := readTree(t, dir)
		quickRun(t, plan.Input{Dir: dir, Files: version2})
		p, err := plan.Undo(t.Context(), dir, false)
		if err != nil {
			t.Fatal(err)
		}
		done, _ := runDying(t, p, at, w)
		quickRun(t, plan.Input{Dir: dir, Files: version1}) // the person has put fabgen.yaml back
		start.compare(t, readTree(t, dir).withoutUndo())
		return done
	})
}

func TestUndoLeavesLaterEditsAlone(t *testing.T) {
	dir := quickDir(t)
	grown(t, dir)
	quickRun(t, plan.Input{Dir: dir, Files: version2})
	put(t, dir, tree{"README.md": "later\n"})
	want := readTree(t, dir)
	p, err := plan.Undo(t.Context(), dir, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := Run(t.Context(), p); !errors.Is(err, plan.ErrConflict) {
		t.Errorf("got %v", err)
	}
	want.compare(t, readTree(t, dir))
	undo(t, dir, true)
	if got := readTree(t, dir)["README.md"]; got != "one\n" {
		t.Errorf("with force it holds %q", got)
	}
}

func TestNothingToUndo(t *testing.T) {
	dir := quickDir(t)
	grown(t, dir)
	if _, err := plan.Undo(t.Context(), dir, false); !errors.Is(err, plan.ErrNothingToUndo) {
		t.Errorf("after init: %v", err)
	}
	put(t, dir, tree{plan.PendingFile: `{"format":1}`})
	if _, err := plan.Undo(t.Context(), dir, false); !errors.Is(err, plan.ErrInterrupted) {
		t.Errorf("after a run that was interrupted: %v", err)
	}
}
