package apply

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/generator/render"
)

// A workload of the real templates gets an item and loses a route, over a person's edits, and the run dies at each step.
func TestWholeWorkloadSurvivesEveryDeath(t *testing.T) {
	if testing.Short() {
		t.Skip("plays some hundred generations of a whole workload")
	}
	from := whole(t)
	one := settings{version: 1}.with([]string{"alpha"}, []string{"get", "list"})
	two := one.with([]string{"alpha", "beta"}, []string{"get"})
	start := quickDir(t)
	quickRun(t, plan.Input{Dir: start, Files: from.files(one), Init: true, Source: []byte("source\n")})
	had := readTree(t, start)
	mine := tree{}
	for _, p := range []string{"README.md", "backend/internal/items/alpha.go", "backend/internal/routes/list.go", from.owned} {
		mine[p] = had[p] + "\n// user1x\n"
	}
	put(t, start, mine)
	generate := func(dir string) plan.Input { return plan.Input{Dir: dir, Files: from.files(two)} }

	clean := linkTree(t, start)
	quickRun(t, generate(clean))
	want := readTree(t, clean)
	for p := range mine {
		if text := want[p] + want[p+".removed"]; !strings.Contains(text, "// user1x\n") {
			t.Fatalf("the edit of %s is lost in a clean run", p)
		}
	}
	everyDeath(t, func(t *testing.T, _ string, at int, w when) steps {
		dir := linkTree(t, start)
		done, err := runDying(t, makePlan(t, generate(dir)), at, w)
		if at >= 0 && !errors.Is(err, errDied) {
			t.Errorf("the death goes unnoticed: %v", err)
		}
		quickRun(t, generate(dir))
		want.compare(t, readTree(t, dir))
		if p := makePlan(t, generate(dir)); p.Works() || p.Counts().Edited != 1 {
			t.Errorf("another run would do something: %+v", p.Counts())
		}
		return done
	})
}

// linkTree is a copy of a tree whose files are the same until they are replaced, as fabgen does it.
func linkTree(t *testing.T, from string) string {
	t.Helper()
	to := quickDir(t)
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		inside, relErr := filepath.Rel(from, name)
		switch {
		case err != nil || relErr != nil:
			return errors.Join(err, relErr)
		case inside == ".":
			return nil
		case d.IsDir():
			return os.Mkdir(filepath.Join(to, inside), 0o777)
		}
		return os.Link(name, filepath.Join(to, inside))
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// A line at the end of each file that is a person's, or in each JSON object, written before or after the configuration
// changes, gives the same tree.
func TestIndependentChangesOfWholeWorkloadsMeet(t *testing.T) {
	from := whole(t)
	for name, change := range map[string]func(settings) settings{
		"item added":   func(s settings) settings { return s.with([]string{"alpha", "beta", "gamma"}, s.routes) },
		"item removed": func(s settings) settings { return s.with([]string{"beta"}, s.routes) },
		"route added":  func(s settings) settings { return s.with(s.items, []string{"get", "list"}) },
		"all of it":    func(s settings) settings { return s.with([]string{"beta", "zeta"}, []string{"list"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ends []tree
			for _, editFirst := range []bool{true, false} {
				h := newHistory(t, from, 1)
				stay := seededInBoth(from.files(h.now), from.files(change(h.now)))
				if editFirst {
					endEach(t, h.dir, stay)
				}
				h.now = change(h.now)
				quickRun(t, plan.Input{Dir: h.dir, Files: h.rendered()})
				if !editFirst {
					endEach(t, h.dir, stay)
				}
				h.checkDone()
				ends = append(ends, readTree(t, h.dir).withoutUndo())
			}
			ends[0].compare(t, ends[1])
		})
	}
}

// seededInBoth are the texts that are a person's in both of two renderings.
func seededInBoth(renderings ...[]render.File) []string {
	count := map[string]int{}
	var both []string
	for _, files := range renderings {
		for _, f := range files {
			if f.Class == render.Seeded && bytes.IndexByte(f.Data, 0) < 0 {
				count[f.Path]++
			}
			if count[f.Path] == len(renderings) {
				both = append(both, f.Path)
			}
		}
	}
	return both
}

func endEach(t *testing.T, dir string, paths []string) {
	t.Helper()
	if len(paths) < 20 {
		t.Fatalf("only %v are a person's", paths)
	}
	all := readTree(t, dir)
	for _, p := range paths {
		lines := strings.SplitAfter(all[p], "\n")
		at, text := lineFor(p, "user1x", len(lines), len(lines)-1)
		put(t, dir, tree{p: strings.Join(slices.Insert(lines, at, text), "")})
	}
}
