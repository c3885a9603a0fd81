package plan

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/render"
)

// ofItem is a seeded file that an item has to itself.
func ofItem(item, content string) render.File {
	f := seeded("items/"+item+"/f.go", content)
	f.Template = "items/{item}/f.go"
	return f
}

func TestFateOfMovedFiles(t *testing.T) {
	for name, c := range map[string]struct {
		old, there string // on disk at the old path and at the new one; none: nothing
		kind       Kind
		data       string
		gone       Kind // of the old path
	}{
		"not edited":             {"a\nx\nc\n", none, Create, "a\ny\nc\n", Delete},
		"edited":                 {"a\nx\nc\nmine\n", none, Merge, "a\ny\nc\nmine\n", Delete},
		"edited in the same way": {"a\ny\nc\n", none, Move, "a\ny\nc\n", Delete},
		"edited there":           {"a\nmine\nc\n", none, Move, "a\nmine\nc\n", Delete},
		"edited beside it":       {"a\nx\nmine(x)\nc\n", none, Merge, "a\ny\nmine(y)\nc\n", Delete},
		"crlf":                   {"a\r\nx\r\nc\r\n", none, Create, "a\r\ny\r\nc\r\n", Delete},
		"deleted":                {none, none, Keep, "", 0},
		"moved by hand":          {none, "a\nx\nc\nmine\n", Merge, "a\ny\nc\nmine\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			before, after := ofItem("x", "a\nx\nc\n"), ofItem("y", "a\ny\nc\n")
			record(t, dir, StateFile, before)
			storeBases(t, dir, before)
			for p, content := range map[string]string{before.Path: c.old, after.Path: c.there} {
				if content != none {
					put(t, dir, map[string]string{p: content})
				}
			}
			p := mustPlan(t, Input{Dir: dir, Files: []render.File{after}, Moves: map[string]string{after.Path: before.Path}})
			a, _ := fate(p, after.Path)
			if a.Kind != c.kind || string(a.Data) != c.data {
				t.Errorf("got %s (%s) of %q", a.Kind, a.Reason, a.Data)
			}
			if gone, ok := fate(p, before.Path); gone.Kind != c.gone || ok != (c.gone == Delete) {
				t.Errorf("the old file: %s (%s), %v", gone.Kind, gone.Reason, ok)
			}
			if _, known := p.State.Entries[before.Path]; known {
				t.Error("the old path is still recorded")
			}
			if _, known := p.State.Entries[after.Path]; !known {
				t.Error("the new path is not recorded")
			}
		})
	}
}

func TestFateOfRetiredFiles(t *testing.T) {
	before := ofItem("x", "a\nb\n")
	kept := before.Path + ".removed"
	for name, c := range map[string]struct {
		disk map[string]string
		to   string // empty: nothing is kept
		kind Kind
	}{
		"not edited":               {map[string]string{before.Path: "a\nb\n"}, "", 0},
		"edited":                   {map[string]string{before.Path: "mine\n"}, kept, Move},
		"deleted":                  {nil, "", 0},
		"name taken":               {map[string]string{before.Path: "mine\n", kept: "other\n"}, kept + ".2", Move},
		"kept already, just so":    {map[string]string{before.Path: "mine\n", kept: "mine\n"}, kept, 0},
		"a folder has the name":    {map[string]string{before.Path: "mine\n", kept + "/f": "x"}, kept + ".2", Move},
		"crlf alone is not edited": {map[string]string{before.Path: "a\r\nb\r\n"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			record(t, dir, StateFile, before)
			put(t, dir, c.disk)
			p := mustPlan(t, Input{Dir: dir})
			if a, _ := fate(p, c.to); a.Kind != c.kind || a.Kind == Move && string(a.Data) != "mine\n" {
				t.Errorf("got %s (%s)", a.Kind, a.Reason)
			}
			if e, known := p.State.Entries[c.to]; known != (c.to != "") || known && !e.Retired {
				t.Errorf("recorded %+v, %v", e, known)
			}
			if a, there := fate(p, before.Path); there && a.Kind != Delete {
				t.Errorf("the file itself: %s (%s)", a.Kind, a.Reason)
			}
		})
	}
}

func TestTooManyRetiredFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	before := ofItem("x", "a\n")
	record(t, dir, StateFile, before)
	put(t, dir, map[string]string{before.Path: "mine\n", before.Path + ".removed": "x"})
	for n := '2'; n <= '9'; n++ {
		put(t, dir, map[string]string{before.Path + ".removed." + string(n): "x"})
	}
	if _, err := New(t.Context(), Input{Dir: dir}); err == nil || !strings.Contains(err.Error(), "delete those that you need no more") {
		t.Errorf("got %v", err)
	}
}

// Two branches recorded other contents of one file, and git put both lines, or both between markers, into the state.
func TestStatesThatGitMerged(t *testing.T) {
	line := func(content string) string {
		s := &State{Entries: map[string]Entry{"f": {Path: "f", Class: render.Seeded, Version: "0", SHA256: hash([]byte(content))}}}
		return strings.Split(string(s.Encode()), "\n")[3] + "\n"
	}
	head, tail := "{\n\"format\": 2,\n\"files\": [\n", "null\n]\n}\n"
	for name, state := range map[string]string{
		"union":   head + line("a\nb\nc\n") + line("a\nb\nC\n") + tail,
		"markers": head + "<<<<<<< HEAD\n" + line("a\nb\nc\n") + "=======\n" + line("a\nb\nC\n") + ">>>>>>> other\n" + tail,
		"diff3": head + "<<<<<<< HEAD\n" + line("a\nb\nc\n") + "||||||| base\n" + line("z\n") + "=======\n" + line("a\nb\nC\n") +
			">>>>>>> other\n" + tail,
		"markers to the end": head + "<<<<<<< HEAD\n" + line("a\nb\nc\n") + tail + "=======\n" + line("a\nb\nC\n") + tail + ">>>>>>> other\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, map[string]string{StateFile: state, "f": "a\nb\nC\n"})
			storeBases(t, dir, seeded("f", "a\nb\nc\n"), seeded("f", "a\nb\nC\n"))
			p := mustPlan(t, Input{Dir: dir, Files: []render.File{seeded("f", "A\nb\nC\n")}})
			if a, _ := fate(p, "f"); a.Kind != Update {
				t.Errorf("not edited: got %s (%s)", a.Kind, a.Reason)
			}
			put(t, dir, map[string]string{"f": "a\nmine\nb\nC\n"})
			p = mustPlan(t, Input{Dir: dir, Files: []render.File{seeded("f", "a\nb\nC\nd\n")}})
			if a, _ := fate(p, "f"); a.Kind != Merge || string(a.Data) != "a\nmine\nb\nC\nd\n" {
				t.Errorf("edited: got %s (%s) of %q", a.Kind, a.Reason, a.Data)
			}
			if e := p.State.Entries["f"]; len(e.Also) > 0 {
				t.Errorf("still in two minds: %v", e.Also)
			}
		})
	}
}

func TestTwoRecordsOfOneFileAreKeptUntilOneHolds(t *testing.T) {
	s := &State{Entries: map[string]Entry{"f": {Path: "f", SHA256: hash([]byte("a")), Also: []string{hash([]byte("b"))}}}}
	got, err := decodeState(StateFile, s.Encode())
	if err != nil || !got.Entries["f"].Is(hash([]byte("b"))) || !got.Entries["f"].Is(hash([]byte("a"))) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestStateOfTheFirstFormatIsRead(t *testing.T) {
	dir := t.TempDir()
	record(t, dir, StateFile, seeded("f", "a\nb\nc\n"))
	storeBases(t, dir, seeded("f", "a\nb\nc\n"))
	data, err := os.ReadFile(filepath.Join(dir, StateFile))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, map[string]string{StateFile: strings.Replace(string(data), `"format": 2`, `"format": 1`, 1), "f": "A\nb\nc\n"})
	p := mustPlan(t, Input{Dir: dir, Files: []render.File{seeded("f", "a\nb\nC\n")}})
	if a, _ := fate(p, "f"); a.Kind != Merge {
		t.Errorf("got %s (%s)", a.Kind, a.Reason)
	}
	if a, _ := fate(p, StateFile); a.Kind != Update || !strings.Contains(string(a.Data), `"format": 2`) {
		t.Errorf("the state: %s (%s)", a.Kind, a.Reason)
	}
}

func TestMergeWithoutABase(t *testing.T) {
	dir := t.TempDir()
	record(t, dir, StateFile, seeded("f", "lost"))
	put(t, dir, map[string]string{"f": "a\nmine\nb\nc\n"})
	p := mustPlan(t, Input{Dir: dir, Files: []render.File{seeded("f", "a\nb\nnew\nc\n")}})
	if a, _ := fate(p, "f"); a.Kind != Merge || string(a.Data) != "a\nmine\nb\nnew\nc\n" {
		t.Errorf("got %s (%s) of %q", a.Kind, a.Reason, a.Data)
	}
	put(t, dir, map[string]string{BasePath(hash([]byte("lost"))): "no gzip"})
	if _, err := New(t.Context(), Input{Dir: dir, Files: []render.File{seeded("f", "b")}}); !errors.Is(err, ErrCorruptState) {
		t.Errorf("with a base that cannot be read: %v", err)
	}
}

func TestAdopt(t *testing.T) {
	for name, c := range map[string]struct {
		prior, disk, now string
		last             []render.File
		base             string // of the entry
		err              string
	}{
		"edited":                               {"a", "x", "a", nil, "a", ""},
		"not edited":                           {"a", "a", "a", nil, "a", ""},
		"not known":                            {none, "x", "a", nil, "a", ""},
		"out of date":                          {"a", "x", "b", nil, "a", ""},
		"out of date, what was before is told": {"a", "x", "b", []render.File{owned("f", "a")}, "a", ""},
		"not there":                            {"a", none, "a", nil, "", "it is not there"},
		"not generated":                        {none, "x", none, nil, "", "not a file that fabgen generates"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var files []render.File
			if c.prior != none {
				record(t, dir, StateFile, owned("f", c.prior))
			}
			if c.disk != none {
				put(t, dir, map[string]string{"f": c.disk})
			}
			if c.now != none {
				files = []render.File{owned("f", c.now)}
			}
			p, err := Adopt(t.Context(), Input{Dir: dir, Files: files, Version: "0.1.0", Last: func() []render.File { return c.last }}, []string{"f"})
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v, want an error that says %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			e := p.State.Entries["f"]
			if !e.Adopted || e.Class != render.Seeded || e.SHA256 != hash([]byte(c.base)) || p.Written() > 0 {
				t.Errorf("recorded %+v", e)
			}
			known := c.base == c.now || c.last != nil // otherwise the next run merges without a base
			if len(p.Bases) != 1 && known || known && string(p.Bases[0].Data) != c.base {
				t.Errorf("stores %v", p.Bases)
			}
		})
	}
}

func TestUnreadableUndoRecords(t *testing.T) {
	for name, data := range map[string]string{
		"no JSON":    "{",
		"escapes":    `{"format":1,"files":[{"path":"../a","mode":"0644"}]}`,
		"its own":    `{"format":1,"files":[{"path":".fabgen/state.json","mode":"0644"}]}`,
		"mode":       `{"format":1,"files":[{"path":"a","mode":"x"}]}`,
		"no content": `{"format":1,"files":[{"path":"a","mode":"0644","before":"x"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, map[string]string{UndoFile: data})
			if _, err := Undo(t.Context(), dir, false); !errors.Is(err, ErrCorruptState) || !strings.Contains(err.Error(), "delete the folder") {
				t.Errorf("got %v", err)
			}
		})
	}
}
