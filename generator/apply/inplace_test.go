package apply

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/generator/apply/dirlock"
	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/generator/render"
)

func TestGenerateKeepsWhatIsNotItsOwn(t *testing.T) {
	dir := t.TempDir()
	grown(t, dir)
	mustRun(t, plan.Input{Dir: dir, Files: version2})
	got := readTree(t, dir)
	for p, content := range edits {
		if got[p] != content {
			t.Errorf("%s holds %q, want %q", p, got[p], content)
		}
	}
	for _, gone := range []string{"backend/items/old/gone.go", "backend/items/old/seed.go", "backend/items/old/"} {
		if _, ok := got[gone]; ok {
			t.Errorf("%s is still there", gone)
		}
	}
	mustBeDone(t, plan.Input{Dir: dir, Files: version2})
}

func TestNothingToDoTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	grown(t, dir)
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	for p := range readTree(t, dir) {
		if err := os.Chtimes(filepath.Join(dir, p), long, long); err != nil {
			t.Fatal(err)
		}
	}
	mustRun(t, plan.Input{Dir: dir, Files: version1})
	for p := range readTree(t, dir) {
		if info, err := os.Stat(filepath.Join(dir, p)); err != nil || !info.ModTime().Equal(long) {
			t.Errorf("%s was touched", p)
		}
	}
}

func TestOnlyWhatChangedIsWritten(t *testing.T) {
	dir := t.TempDir()
	grown(t, dir)
	same := filepath.Join(dir, "backend", "a.go")
	before, err := os.Stat(same)
	if err != nil {
		t.Fatal(err)
	}
	mustRun(t, plan.Input{Dir: dir, Files: version2})
	if after, err := os.Stat(same); err != nil || !os.SameFile(before, after) {
		t.Error("an unchanged file was written")
	}
}

func TestUpdateKeepsModeAndLineEnds(t *testing.T) {
	dir := t.TempDir()
	grown(t, dir)
	put(t, dir, tree{"README.md": "one\r\n"})
	readme := filepath.Join(dir, "README.md")
	if err := os.Chmod(readme, 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, plan.Input{Dir: dir, Files: version2})
	if got := readTree(t, dir)["README.md"]; got != "two\r\n" {
		t.Errorf("holds %q", got)
	}
	if info, err := os.Stat(readme); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	mustBeDone(t, plan.Input{Dir: dir, Files: version2})
}

func TestEditsOfOwnedFilesStay(t *testing.T) {
	dir := t.TempDir()
	grown(t, dir)
	put(t, dir, tree{"README.md": "mine\n", "backend/items/old/gone.go": "mine\n"})
	for range 2 {
		mustRun(t, plan.Input{Dir: dir, Files: version2})
		got := readTree(t, dir)
		if got["README.md"] != "mine\n" || got["backend/items/old/gone.go"] != "mine\n" || got["backend/handler.go"] != "handler two\n" {
			t.Errorf("holds %v", got)
		}
	}
	mustRun(t, plan.Input{Dir: dir, Files: version2, Force: true})
	got := readTree(t, dir)
	if _, there := got["backend/items/old/gone.go"]; got["README.md"] != "two\n" || there {
		t.Error("force does not overwrite")
	}
}

func TestConflictsWriteNothing(t *testing.T) {
	dir := t.TempDir()
	grown(t, dir)
	put(t, dir, tree{"backend/items/new/made.go": "mine\n", "backend/items/new/seed.go": "mine\n"})
	want := readTree(t, dir)
	err := Run(t.Context(), makePlan(t, plan.Input{Dir: dir, Files: version2}))
	var conflict *plan.ConflictError
	if !errors.As(err, &conflict) || !errors.Is(err, plan.ErrConflict) || len(conflict.Files) != 2 {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), "backend/items/new/made.go: it stands there already") {
		t.Errorf("the error does not name the file: %v", err)
	}
	want.compare(t, readTree(t, dir))
	mustRun(t, plan.Input{Dir: dir, Files: version2, Force: true})
	if readTree(t, dir)["backend/items/new/made.go"] != "made\n" {
		t.Error("force does not overwrite")
	}
}

func TestLinksAreNotWrittenThrough(t *testing.T) {
	for _, p := range []string{"README.md", "backend", "backend/handler.go", ".fabgen"} {
		for _, meanwhile := range []bool{false, true} {
			dir, outside := t.TempDir(), t.TempDir()
			grown(t, dir)
			in := plan.Input{Dir: dir, Files: version2, Force: true}
			swap := func() {
				if err := os.Rename(filepath.Join(dir, p), filepath.Join(outside, "moved")); err != nil {
					t.Fatal(err)
				}
				link(t, filepath.Join(outside, "moved"), filepath.Join(dir, p))
			}
			var done *plan.Plan
			var err error
			if meanwhile {
				done = makePlan(t, in)
				swap()
			} else {
				swap()
				done, err = plan.New(t.Context(), in)
			}
			want := readTree(t, outside)
			if err == nil {
				err = Run(t.Context(), done)
			}
			if err == nil {
				t.Errorf("%s, meanwhile %v: no error", p, meanwhile)
			}
			want.compare(t, readTree(t, outside))
		}
	}
}

func TestPlansThatNoLongerFitAreRefused(t *testing.T) {
	for name, change := range map[string]tree{
		"another run":   {plan.StateFile: "{}"},
		"edited":        {"README.md": "edited\n"},
		"made":          {"backend/items/new/made.go": "mine\n"},
		"about to go":   {"backend/items/old/gone.go": "edited\n"},
		"in its folder": {"backend/items/new": "a file\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			grown(t, dir)
			p := makePlan(t, plan.Input{Dir: dir, Files: version2})
			put(t, dir, change)
			want := readTree(t, dir)
			if err := Run(t.Context(), p); !errors.Is(err, ErrChanged) {
				t.Errorf("got %v", err)
			}
			want.compare(t, readTree(t, dir))
		})
	}
}

func TestCancelledGenerateLeavesTheTreeAsItWas(t *testing.T) {
	dir := t.TempDir()
	grown(t, dir)
	want := readTree(t, dir)
	p := makePlan(t, plan.Input{Dir: dir, Files: version2})
	ctx, cancel := context.WithCancel(t.Context())
	h := host{wrap: func(d disk) disk { return cancelling{d, cancel} }}
	if err := run(ctx, p, h); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	want.compare(t, readTree(t, dir))
}

func TestLostAccountIsTakenUpAgain(t *testing.T) {
	dir := t.TempDir()
	grown(t, dir)
	want := readTree(t, dir)
	put(t, dir, tree{"backend/kept.go": "kept\n"})
	if err := os.RemoveAll(filepath.Join(dir, plan.Folder)); err != nil {
		t.Fatal(err)
	}
	mustRun(t, plan.Input{Dir: dir, Files: version1})
	put(t, dir, edits)
	want.compare(t, readTree(t, dir).withoutUndo())
}

func TestTwoRunsDoNotMeet(t *testing.T) {
	defer func(d time.Duration) { lockPatience = d }(lockPatience)
	lockPatience = 0
	dir := t.TempDir()
	grown(t, dir)
	want := readTree(t, dir)
	unlock, err := dirlock.Try(dir, plan.LockFile)
	if err != nil {
		t.Fatal(err)
	}
	p := makePlan(t, plan.Input{Dir: dir, Files: version2})
	if err := Run(t.Context(), p); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v", err)
	}
	unlock()
	want.compare(t, readTree(t, dir))
	lockPatience = time.Minute
	unlock, err = dirlock.Try(dir, plan.LockFile)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, unlock)
	if err := Run(t.Context(), p); err != nil {
		t.Errorf("does not wait: %v", err)
	}
}

func TestEmptyFilesAndBinary(t *testing.T) {
	dir := t.TempDir()
	files := []render.File{owned("empty", ""), seeded("seeded empty", ""), owned("bin", "\x00\x01\r\n")}
	mustRun(t, plan.Input{Dir: dir, Files: files, Init: true, Source: []byte{}})
	mustBeDone(t, plan.Input{Dir: dir, Files: files})
	files[0].Data = []byte("no longer")
	files[2].Data = nil
	mustRun(t, plan.Input{Dir: dir, Files: files})
	if got := readTree(t, dir); got["empty"] != "no longer" || got["bin"] != "" {
		t.Errorf("holds %q and %q", got["empty"], got["bin"])
	}
}
