package plan

import (
	"testing"

	"github.com/fabgen/fabgen/generator/render"
)

// A run that knew f as "a" and was about to make it "b" was killed, before or after it had; now the rendering is "c".
func TestFateAfterAnInterruptedRun(t *testing.T) {
	for name, c := range map[string]struct {
		class   render.Class
		state   string // none: not recorded
		pending string
		disk    string
		new     string // none: no longer rendered
		want    Kind
		none    bool // no action at all
	}{
		"before the rename":            {render.Seeded, "a", "b", "a", "c", Update, false},
		"after the rename":             {render.Seeded, "a", "b", "b", "c", Update, false},
		"after it, same rendering":     {render.Seeded, "a", "b", "b", "b", Unchanged, false},
		"then edited":                  {render.Seeded, "a", "b", "x", "c", Mark, false},
		"made, owned":                  {render.Owned, none, "b", "b", "c", Update, false},
		"made, no longer rendered":     {render.Owned, none, "b", "b", none, Delete, false},
		"not yet made":                 {render.Seeded, none, "b", none, "c", Create, false},
		"not yet made, not wanted":     {render.Seeded, none, "b", none, none, 0, true},
		"deleted, wanted again":        {render.Seeded, "a", none, none, "a", Create, false},
		"not yet deleted":              {render.Seeded, "a", none, "a", none, Delete, false},
		"deleted by the user":          {render.Seeded, "a", "a", none, "a", Keep, false},
		"somebody else's, not wanted":  {render.Owned, none, "b", "x", none, 0, true},
		"somebody else's, in its way":  {render.Owned, none, "b", "x", "c", Conflict, false},
		"no longer rendered, then not": {render.Owned, "a", "b", "b", none, Delete, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			one := func(content string) []render.File {
				if content == none {
					return nil
				}
				return []render.File{{Path: "d/f", Data: []byte(content), Mode: 0o644, Class: c.class}}
			}
			record(t, dir, StateFile, one(c.state)...)
			record(t, dir, PendingFile, one(c.pending)...)
			if c.disk != none {
				put(t, dir, map[string]string{"d/f": c.disk})
			}
			p := mustPlan(t, Input{Dir: dir, Files: one(c.new)})
			a, ok := fate(p, "d/f")
			if a.Kind != c.want || ok == c.none {
				t.Errorf("got %s (%s), want %s", a.Kind, a.Reason, c.want)
			}
			if p.Recovered == nil || !p.Changes() {
				t.Error("the run is not noticed")
			}
		})
	}
}

// A run that was about to move an owned file was killed, and then somebody edited that. It can neither be adopted before
// the run is finished nor stand in the way of finishing it.
func TestAnEditAfterAnInterruptedMove(t *testing.T) {
	dir := t.TempDir()
	record(t, dir, StateFile, owned("old", "a"))
	pending := &State{Entries: map[string]Entry{"new": {
		Path: "new", Mode: 0o644, SHA256: hash([]byte("b")), From: "old", FromSHA: hash([]byte("a")),
	}}}
	put(t, dir, map[string]string{PendingFile: string(pending.Encode()), "old": "x"})
	in := Input{Dir: dir, Files: []render.File{owned("new", "b")}}
	p := mustPlan(t, in)
	made, _ := fate(p, "new")
	left, _ := fate(p, "old")
	if made.Kind != Create || left.Kind != Edited || p.Err() != nil {
		t.Errorf("new: %s (%s), old: %s (%s)", made.Kind, made.Reason, left.Kind, left.Reason)
	}
	in.Moves = map[string]string{"new": "old"}
	if asked, _ := fate(mustPlan(t, in), "new"); asked.Kind != Conflict {
		t.Errorf("a move that is asked for: %s (%s)", asked.Kind, asked.Reason)
	}
}

func TestLeftoversAreFound(t *testing.T) {
	dir := t.TempDir()
	record(t, dir, StateFile, owned("old/f", "a"))
	mine := "a/.fabgen-notes.tmp"
	put(t, dir, map[string]string{StagePath("a/f"): "", StagePath("old/f"): "", StagePath(StateFile): "", mine: ""})
	p := mustPlan(t, Input{Dir: dir, Files: []render.File{owned("a/f", "a")}})
	if len(p.Leftovers) != 3 {
		t.Errorf("found %v", p.Leftovers)
	}
	for _, l := range p.Leftovers {
		if l == mine {
			t.Error("a user's file is taken for a leftover")
		}
	}
}
