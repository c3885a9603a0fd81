package apply

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/merge"
	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/generator/render"
)

// history is a workload to which things happen.
type history struct {
	*testing.T
	*rand.Rand
	templates
	dir     string
	now     settings
	then    settings        // when it was generated last
	lines   map[string]bool // that the person wrote, and did not take back
	fabgens map[string]bool // files that fabgen has owned at any time
	n       int
	told    []string
}

func newHistory(t *testing.T, from templates, seed uint64) *history {
	h := &history{
		T: t, Rand: rand.New(rand.NewPCG(seed, 7)), templates: from, dir: quickDir(t),
		lines: map[string]bool{}, fabgens: map[string]bool{},
	}
	h.now = settings{version: 1}.with([]string{"alpha", "beta"}, []string{"get"})
	quickRun(t, plan.Input{Dir: h.dir, Files: h.rendered(), Init: true, Source: []byte("source\n")})
	h.then = h.now
	return h
}

// rendered is what the settings give now.
func (h *history) rendered() []render.File {
	files := h.files(h.now)
	for _, f := range files {
		if f.Class == render.Owned {
			h.fabgens[f.Path] = true
		}
	}
	return files
}

func (h *history) tell(format string, args ...any) {
	h.told = append(h.told, fmt.Sprintf(format, args...))
}

// play lets some things happen and checks after each that the person lost nothing.
func (h *history) play(things int) {
	h.Helper()
	for range things {
		h.happen()
		h.checkLines()
	}
	h.generate(nil)
	h.checkLines()
	h.checkDone()
}

func (h *history) happen() {
	switch h.IntN(14) {
	case 0:
		h.now = h.now.with(h.toggled(h.now.items, "alpha", "beta", "gamma", "delta"), h.now.routes)
		h.tell("items are %v", h.now.items)
	case 1:
		h.now = h.now.with(h.now.items, h.toggled(h.now.routes, "get", "list", "put"))
		h.tell("routes are %v", h.now.routes)
	case 2:
		h.now.version = 1 + h.IntN(4)
		h.tell("fabgen's version is %d", h.now.version)
	case 3:
		h.rename()
	case 4, 5, 6, 7:
		for range h.edits {
			h.write()
		}
	case 8:
		h.cut()
	case 9:
		h.drop()
	case 10:
		h.editOwned()
	case 11:
		h.undo()
	default:
		h.generate(nil)
	}
}

// toggled adds or takes away one of the names.
func (h *history) toggled(have []string, names ...string) []string {
	name := names[h.IntN(len(names))]
	if i := slices.Index(have, name); i >= 0 {
		return slices.Delete(slices.Clone(have), i, i+1)
	}
	return append(slices.Clone(have), name)
}

// rename gives an item or a route another name, and generates.
func (h *history) rename() {
	h.generate(nil) // so that it is there
	was, list := h.now, "items"
	have := was.items
	if h.IntN(3) == 0 {
		list, have = "routes", was.routes
	}
	if len(have) == 0 {
		return
	}
	from := have[h.IntN(len(have))]
	h.n++
	to := fmt.Sprintf("new%d", h.n)
	left := append(slices.DeleteFunc(slices.Clone(have), func(s string) bool { return s == from }), to)
	if list == "items" {
		h.now = was.with(left, was.routes)
	} else {
		h.now = was.with(was.items, left)
	}
	h.tell("%s of the %s becomes %s", from, list, to)
	h.generate(h.moves(was, h.now, list, from, to))
}

// mine picks a file that is the person's to edit.
func (h *history) mine(all tree) string {
	var paths []string
	for p, content := range all {
		if !strings.HasSuffix(p, "/") && !h.fabgens[p] && p != plan.SourceFile && !strings.Contains(content, "\x00") {
			paths = append(paths, p)
		}
	}
	if len(paths) == 0 {
		return ""
	}
	slices.Sort(paths)
	return paths[h.IntN(len(paths))]
}

// write adds a line to a file.
func (h *history) write() {
	all := readTree(h.T, h.dir).visible()
	p := h.mine(all)
	if p == "" || merge.HasMarkers([]byte(all[p])) {
		return
	}
	h.n++
	lines, word := strings.SplitAfter(all[p], "\n"), fmt.Sprintf("user%dx", h.n)
	at, text := lineFor(p, word, len(lines), h.Int())
	h.tell("%s gets the line %q at %d", p, text, at)
	put(h.T, h.dir, tree{p: strings.Join(slices.Insert(lines, at, text), "")})
	h.lines[strings.TrimSpace(text)] = true
}

// cut takes away a line that the person did not write.
func (h *history) cut() {
	all := readTree(h.T, h.dir).visible()
	p := h.mine(all)
	lines := strings.SplitAfter(all[p], "\n")
	at := h.IntN(len(lines))
	if strings.Contains(p, ".json") || strings.Contains(lines[at], "user") || merge.HasMarkers([]byte(all[p])) {
		return
	}
	h.tell("%s loses the line %q", p, lines[at])
	put(h.T, h.dir, tree{p: strings.Join(slices.Delete(lines, at, at+1), "")})
}

// drop deletes a file with all that the person wrote there.
func (h *history) drop() {
	all := readTree(h.T, h.dir).visible()
	if p := h.mine(all); p != "" && h.IntN(3) == 0 {
		h.tell("%s is deleted", p)
		h.forget(all[p])
		remove(h.T, h.dir, p)
	}
}

func (h *history) forget(text string) {
	for line := range h.lines {
		if strings.Contains(text, line) {
			delete(h.lines, line)
		}
	}
}

// editOwned edits what is fabgen's, and then adopts it, at once or late, or leaves it.
func (h *history) editOwned() {
	h.generate(nil)
	if h.n++; h.IntN(2) == 0 {
		put(h.T, h.dir, tree{h.owned: readTree(h.T, h.dir)[h.owned] + fmt.Sprintf("// lost%d\n", h.n)})
		if p := h.plan(nil); p.Counts().Edited != 1 && !strings.Contains(h.state(), `"adopted"`) {
			h.fail("the edit of %s is not reported: %+v", h.owned, p.Counts())
		}
	}
	line := fmt.Sprintf("// user%dx", h.n)
	h.tell("%s is edited", h.owned)
	put(h.T, h.dir, tree{h.owned: readTree(h.T, h.dir)[h.owned] + line + "\n"})
	h.lines[line] = true
	if h.IntN(2) == 0 {
		h.now.version = 1 + h.IntN(4)
		h.tell("fabgen's version is %d by then", h.now.version)
		h.generate(nil)
	}
	if h.IntN(3) == 0 {
		h.tell("and left so")
		return
	}
	h.adopt(h.owned)
}

func (h *history) adopt(path string) {
	h.Helper()
	h.tell("%s is adopted", path)
	p, err := plan.Adopt(h.Context(), plan.Input{Dir: h.dir, Files: h.rendered(), Version: "0.1.0"}, []string{path})
	if err != nil {
		h.fail("adopting: %v", err)
	}
	h.apply(p)
}

func (h *history) state() string { return readTree(h.T, h.dir)[plan.StateFile] }

// undo takes a generation back and does it again.
func (h *history) undo() {
	p, err := plan.Undo(h.Context(), h.dir, false)
	switch {
	case errors.Is(err, plan.ErrNothingToUndo), errors.Is(err, plan.ErrInterrupted):
		return
	case err != nil:
		h.fail("undo: %v", err)
	case p.Err() != nil: // edited since
		return
	}
	before := readTree(h.T, h.dir).withoutUndo()
	h.tell("undo and undo of that")
	h.apply(p)
	h.checkLines()
	if p, err = plan.Undo(h.Context(), h.dir, false); err != nil || p.Err() != nil {
		h.fail("undoing the undo: %v, %v", err, p.Err())
	}
	h.apply(p)
	before.compare(h.T, readTree(h.T, h.dir).withoutUndo())
}

func (h *history) plan(moves map[string]string) *plan.Plan {
	h.Helper()
	last := func() []render.File { return h.files(settings{h.then.items, h.then.routes, h.now.version}) }
	return makePlan(h.T, plan.Input{Dir: h.dir, Files: h.rendered(), Moves: moves, Last: last})
}

func (h *history) apply(p *plan.Plan) {
	h.Helper()
	if _, err := runDying(h.T, p, -1, before); err != nil {
		h.fail("%v", err)
	}
}

// generate generates, at times killed in the middle and run again, and solves what conflicts.
func (h *history) generate(moves map[string]string) {
	h.Helper()
	h.solve()
	p := h.plan(moves)
	for _, a := range p.Conflicts() { // once generated, edited, no longer generated, and then once more
		if !h.fabgens[a.Path] {
			h.adopt(a.Path)
		}
	}
	p = h.plan(moves)
	if err := p.Err(); err != nil {
		h.fail("generate refuses: %v", err)
	}
	h.tell("generate: %+v", p.Counts())
	if h.IntN(3) == 0 && p.Changes() {
		at, w := h.IntN(70), []when{before, half, after}[h.IntN(3)]
		if _, err := runDying(h.T, p, at, w); err != nil {
			h.tell("killed at %d/%d: %v", at, w, err)
		}
		h.checkLines()
		if _, announced := readTree(h.T, h.dir)[plan.PendingFile]; announced {
			moves = nil // what was announced is finished without being told
		}
		p = h.plan(moves)
		if p.Counts().Unsolved > 0 {
			h.solve()
			p = h.plan(moves)
		}
	}
	h.apply(p)
	h.then = h.now
	h.solve()
}

// solve keeps both sides of every conflict.
func (h *history) solve() {
	for p, content := range readTree(h.T, h.dir).visible() {
		if !merge.HasMarkers([]byte(content)) {
			continue
		}
		var out strings.Builder
		inBase := false
		for line := range strings.Lines(content) {
			switch {
			case strings.HasPrefix(line, "|||||||"):
				inBase = true
			case strings.HasPrefix(line, "======="):
				inBase = false
			case strings.HasPrefix(line, "<<<<<<<"), strings.HasPrefix(line, ">>>>>>>"), inBase:
			default:
				out.WriteString(line)
			}
		}
		h.tell("%s is solved", p)
		put(h.T, h.dir, tree{p: out.String()})
	}
}

// checkLines fails where a line of the person's stands nowhere in the tree.
func (h *history) checkLines() {
	h.Helper()
	var all strings.Builder
	for _, content := range readTree(h.T, h.dir).visible() {
		all.WriteString(content)
	}
	for line := range h.lines {
		if !strings.Contains(all.String(), line) {
			h.fail("the line %s is lost", line)
		}
	}
}

// checkDone fails unless another run would find nothing to do and leave every byte.
func (h *history) checkDone() {
	h.Helper()
	want := readTree(h.T, h.dir)
	p := h.plan(nil)
	if c := p.Counts(); p.Works() || c.Conflicts+c.Unsolved > 0 {
		h.fail("there is something to do after generate: %+v", c)
	}
	if done, err := runDying(h.T, p, -1, before); err != nil || len(done) > 0 {
		h.fail("%d steps where nothing is to do, %v", len(done), err)
	}
	want.compare(h.T, readTree(h.T, h.dir))
	if _, err := os.Lstat(filepath.Join(h.dir, plan.PendingFile)); err == nil {
		h.fail("a run is pending")
	}
}

func (h *history) fail(format string, args ...any) {
	h.Helper()
	h.Fatalf(format+"\n%s", append(args, strings.Join(h.told, "\n"))...)
}

func TestRandomHistoriesLoseNothing(t *testing.T) {
	histories := uint64(500)
	if testing.Short() {
		histories = 50
	}
	for seed := range histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			newHistory(t, few, seed).play(12)
		})
	}
}

// The same with the templates of real workloads. HISTORIES is how many.
func TestRandomHistoriesOfWholeWorkloads(t *testing.T) {
	histories, err := strconv.Atoi(cmp.Or(os.Getenv("HISTORIES"), "20"))
	if err != nil {
		t.Fatalf("HISTORIES: %v", err)
	}
	if testing.Short() {
		histories = 4
	}
	from := whole(t)
	for seed := range histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			newHistory(t, from, uint64(seed)).play(12)
		})
	}
}

// A person's edit and a change of the configuration or of fabgen, in either order, give the same tree.
func TestIndependentChangesMeet(t *testing.T) {
	changes := map[string]func(settings) settings{
		"item added":     func(s settings) settings { return s.with([]string{"alpha", "beta", "gamma"}, s.routes) },
		"item removed":   func(s settings) settings { return s.with([]string{"beta"}, s.routes) },
		"route added":    func(s settings) settings { return s.with(s.items, []string{"get", "list"}) },
		"upgrade":        func(s settings) settings { s.version = 3; return s },
		"all of it":      func(s settings) settings { s.version = 2; return s.with([]string{"beta", "zeta"}, []string{"list"}) },
		"nothing at all": func(s settings) settings { return s },
	}
	edits := map[string]func(string) string{
		"README.md":             func(s string) string { return strings.Replace(s, "# Workload\n", "# Workload\nuser1\n", 1) + "user2\n" },
		"items/beta/handler.go": func(s string) string { return strings.Replace(s, "\tone()\n", "\tuser3()\n", 1) },
		"package.json":          func(s string) string { return strings.Replace(s, "    \"z\"", "    \"user4\": \"1\",\n    \"z\"", 1) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			var ends []tree
			for _, editFirst := range []bool{true, false} {
				h := newHistory(t, few, 1)
				edit := func() {
					all := readTree(t, h.dir)
					for p, do := range edits {
						put(t, h.dir, tree{p: do(all[p])})
					}
				}
				if editFirst {
					edit()
				}
				h.now = change(h.now)
				quickRun(t, plan.Input{Dir: h.dir, Files: h.rendered()})
				if !editFirst {
					edit()
				}
				h.checkDone()
				ends = append(ends, readTree(t, h.dir).withoutUndo())
			}
			ends[0].compare(t, ends[1])
			text := strings.Join(slices.Collect(maps.Values(ends[0])), "")
			for n := range 4 {
				if !strings.Contains(text, fmt.Sprintf("user%d", n+1)) {
					t.Errorf("the line user%d is lost", n+1)
				}
			}
		})
	}
}
