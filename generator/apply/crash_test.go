package apply

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/generator/render"
)

// runDying applies the plan on a disk that dies, one file at a time, and tells the steps up to there.
func runDying(t *testing.T, p *plan.Plan, at int, w when) (done steps, err error) {
	t.Helper()
	var d *dying
	h := host{workers: 1, wrap: func(under disk) disk {
		d = &dying{rooted: under.(rooted), at: at, when: w}
		return d
	}}
	if err = run(t.Context(), p, h); d == nil { // nothing was to do
		return nil, err
	}
	return d.run, err
}

// quickRun plans and applies on a disk that does not die.
func quickRun(t *testing.T, in plan.Input) {
	t.Helper()
	if _, err := runDying(t, makePlan(t, in), -1, before); err != nil {
		t.Fatal(err)
	}
}

// everyDeath calls play for each step of a run and each point of the step, each time with a new folder.
func everyDeath(t *testing.T, play func(t *testing.T, dir string, at int, w when) steps) {
	all := play(t, quickDir(t), -1, before)
	if len(all) < 10 {
		t.Fatalf("the run has %d steps only", len(all))
	}
	for at, writes := range all {
		for _, w := range []when{before, half, after, refused} {
			if w == half && !writes {
				continue
			}
			t.Run(fmt.Sprintf("step %d/%d", at, w), func(t *testing.T) {
				t.Parallel()
				play(t, quickDir(t), at, w)
			})
		}
	}
}

// grown is a tree of version1 with a person's edits.
func grown(t *testing.T, dir string) {
	t.Helper()
	quickRun(t, plan.Input{Dir: dir, Files: version1, Init: true, Source: []byte("source\n")})
	put(t, dir, edits)
}

func TestGenerateSurvivesEveryDeath(t *testing.T) {
	clean := quickDir(t)
	grown(t, clean)
	start := readTree(t, clean)
	quickRun(t, plan.Input{Dir: clean, Files: version2})
	want := readTree(t, clean)
	for p, content := range edits {
		if want[p] != content {
			t.Fatalf("the edit of %s is lost in a clean run", p)
		}
	}
	everyDeath(t, func(t *testing.T, dir string, at int, w when) steps {
		grown(t, dir)
		in := plan.Input{Dir: dir, Files: version2}
		done, err := runDying(t, makePlan(t, in), at, w)
		if at >= 0 && !errors.Is(err, errDied) {
			t.Errorf("the death goes unnoticed: %v", err)
		}
		if w == refused && at >= 0 && !strings.Contains(err.Error(), "half way") {
			start.compare(t, readTree(t, dir)) // as on a full disk
		}
		quickRun(t, in)
		want.compare(t, readTree(t, dir))
		mustBeDone(t, in)
		return done
	})
}

// After a death the configuration is put back: the tree must be what it was.
func TestGoingBackAfterEveryDeath(t *testing.T) {
	clean := quickDir(t)
	grown(t, clean)
	want := readTree(t, clean).withoutUndo()
	everyDeath(t, func(t *testing.T, dir string, at int, w when) steps {
		grown(t, dir)
		done, _ := runDying(t, makePlan(t, plan.Input{Dir: dir, Files: version2}), at, w)
		in := plan.Input{Dir: dir, Files: version1}
		quickRun(t, in)
		want.compare(t, readTree(t, dir).withoutUndo())
		mustBeDone(t, in)
		return done
	})
}

// A run dies at each step, and so does the one after it, on its way to a third rendering.
func TestDyingTwice(t *testing.T) {
	version3 := []render.File{owned("README.md", "three\n"), seeded("backend/handler.go", "handler three\n")}
	clean := quickDir(t)
	grown(t, clean)
	quickRun(t, plan.Input{Dir: clean, Files: version3})
	want := readTree(t, clean).withoutUndo()
	dieTwice := func(t *testing.T, first, second int) (both [2]steps) {
		dir := quickDir(t)
		grown(t, dir)
		both[0], _ = runDying(t, makePlan(t, plan.Input{Dir: dir, Files: version2}), first, after)
		in := plan.Input{Dir: dir, Files: version3}
		both[1], _ = runDying(t, makePlan(t, in), second, after)
		quickRun(t, in)
		want.compare(t, readTree(t, dir).withoutUndo())
		mustBeDone(t, in)
		return both
	}
	for first := range dieTwice(t, -1, -1)[0] {
		t.Run(fmt.Sprint(first), func(t *testing.T) {
			t.Parallel()
			for second := range dieTwice(t, first, -1)[1] {
				dieTwice(t, first, second)
				if t.Failed() {
					t.Fatalf("after deaths at step %d and %d", first, second)
				}
			}
		})
	}
}

func TestInitIsAllOrNothingAtEveryDeath(t *testing.T) {
	for name, there := range map[string]string{"missing": "", "below missing folders": "up/per/", "empty": "."} {
		t.Run(name, func(t *testing.T) {
			clean := quickDir(t)
			quickRun(t, plan.Input{Dir: clean, Files: version1, Init: true, Source: []byte("source\n")})
			want := readTree(t, clean).withoutUndo()
			everyDeath(t, func(t *testing.T, parent string, at int, w when) steps {
				dir := filepath.Join(parent, there, "tree")
				if there == "." {
					if err := os.Mkdir(dir, 0o777); err != nil {
						t.Fatal(err)
					}
				}
				in := plan.Input{Dir: dir, Files: version1, Init: true, Source: []byte("source\n")}
				done, err := runDying(t, makePlan(t, in), at, w)
				switch {
				case at >= 0 && !errors.Is(err, errDied):
					t.Errorf("the death goes unnoticed: %v", err)
				case w == refused && at >= 0:
					left := readTree(t, parent)
					if there == "." {
						delete(left, "tree/")
					}
					if len(left) > 0 {
						t.Errorf("leaves %v", left)
					}
				}
				finish(t, in)
				want.compare(t, readTree(t, dir).withoutUndo())
				for p := range readTree(t, parent) {
					if strings.Contains(p, "init") {
						t.Errorf("%s is left", p)
					}
				}
				return done
			})
		})
	}
}

// finish runs init again, as a person would, unless the first run got as far as its tree.
func finish(t *testing.T, in plan.Input) {
	t.Helper()
	in.Version = "0.1.0"
	p, err := plan.New(t.Context(), in)
	if errors.Is(err, plan.ErrNotEmpty) {
		mustBeDone(t, in)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runDying(t, p, -1, before); err != nil {
		t.Fatal(err)
	}
	mustBeDone(t, in)
}

func TestInitAmongFilesSurvivesEveryDeath(t *testing.T) {
	there := tree{"notes.txt": "mine\n", "README.md": "somebody's\n"}
	clean := quickDir(t)
	put(t, clean, there)
	quickRun(t, plan.Input{Dir: clean, Files: version1, Init: true, Source: []byte("source\n"), Force: true})
	want := readTree(t, clean).withoutUndo()
	everyDeath(t, func(t *testing.T, dir string, at int, w when) steps {
		put(t, dir, there)
		in := plan.Input{Dir: dir, Files: version1, Init: true, Source: []byte("source\n"), Force: true}
		done, _ := runDying(t, makePlan(t, in), at, w)
		quickRun(t, in)
		want.compare(t, readTree(t, dir).withoutUndo())
		mustBeDone(t, in)
		return done
	})
}
