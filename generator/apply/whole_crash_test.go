package apply

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/plan"
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
