package plan

import (
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/render"
)

const none = "\x00none"

func TestFateOfRenderedFiles(t *testing.T) {
	for name, c := range map[string]struct {
		class            render.Class
		prior, disk, new string // none: not recorded, not on disk
		force            bool
		want             Kind
		reason           string
		data             string // what is written, where it is
	}{
		"owned, new":                            {render.Owned, none, none, "b", false, Create, "new", "b"},
		"owned, as rendered":                    {render.Owned, "b", "b", "b", false, Unchanged, "", ""},
		"owned, changed":                        {render.Owned, "a", "a", "b", false, Update, "rendering changed", "b"},
		"owned, edited":                         {render.Owned, "a", "x", "b", false, Edited, "--force", ""},
		"owned, edited, rendering stays":        {render.Owned, "b", "x", "b", false, Edited, "--force", ""},
		"owned, edited, forced":                 {render.Owned, "a", "x", "b", true, Update, "--force", "b"},
		"owned, deleted":                        {render.Owned, "a", none, "b", false, Create, "deleted", "b"},
		"owned, renamed but not recorded":       {render.Owned, "a", "b", "b", false, Unchanged, "", ""},
		"owned, somebody else's":                {render.Owned, none, "x", "b", false, Conflict, "did not make it", ""},
		"owned, somebody else's, forced":        {render.Owned, none, "x", "b", true, Update, "--force", "b"},
		"owned, there already":                  {render.Owned, none, "b", "b", false, Unchanged, "", ""},
		"owned, to empty":                       {render.Owned, "a", "a", "", false, Update, "", ""},
		"seeded, new":                           {render.Seeded, none, none, "b", false, Create, "new", "b"},
		"seeded, as rendered":                   {render.Seeded, "b", "b", "b", false, Unchanged, "", ""},
		"seeded, changed":                       {render.Seeded, "a", "a", "b", false, Update, "", "b"},
		"seeded, edited":                        {render.Seeded, "b", "x", "b", false, Keep, "edited by you", ""},
		"seeded, edited, force changes nothing": {render.Seeded, "b", "x", "b", true, Keep, "edited by you", ""},
		"seeded, edited elsewhere":              {render.Seeded, "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", false, Merge, "together", "A\nb\nC\n"},
		"seeded, edited the same":               {render.Seeded, "a\nb\nc\n", "A\nb\nC\n", "a\nb\nC\n", false, Keep, "already", ""},
		"seeded, edited there":                  {render.Seeded, "a\n", "x\n", "b\n", false, Mark, "between the markers", marks("a\n", "b\n")},
		"seeded, edited there, forced":          {render.Seeded, "a\n", "x\n", "b\n", true, Mark, "between the markers", marks("a\n", "b\n")},
		"seeded, edited there, crlf":            {render.Seeded, "a\nb\nc\n", "A\r\nb\r\nc\r\n", "a\nb\nC\n", false, Merge, "", "A\r\nb\r\nC\r\n"},
		"seeded, markers left":                  {render.Seeded, "a\n", marks("", "y\n"), "b\n", false, Unsolved, "delete the lines", ""},
		"seeded, markers left, rendering stays": {render.Seeded, "a\n", marks("", "y\n"), "a\n", false, Unsolved, "delete the lines", ""},
		"seeded, markers left, forced":          {render.Seeded, "a\n", marks("", "y\n"), "b\n", true, Keep, "left in it", ""},
		"seeded, markers rendered":              {render.Seeded, marks("", "y\n"), marks("", "y\n"), "b\n", false, Update, "", "b\n"},
		"seeded, binary, edited":                {render.Seeded, "\x00a", "\x00x", "\x00b", false, Keep, "not a text", ""},
		"owned, git's markers around renderings": {render.Owned, "h\na\n", "h\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n", "h\nb\n", false,
			Update, "git left", "h\nb\n"},
		"owned, git's markers around an edit": {render.Owned, "h\na\n", "h\n<<<<<<< HEAD\na\n=======\nx\n>>>>>>> other\n", "h\nb\n", false,
			Edited, "--force", ""},
		"seeded, edited to the rendering":  {render.Seeded, "a", "b", "b", false, Unchanged, "", ""},
		"seeded, deleted":                  {render.Seeded, "a", none, "b", false, Keep, "deleted by you", ""},
		"seeded, deleted, force":           {render.Seeded, "a", none, "b", true, Keep, "deleted by you", ""},
		"seeded, somebody else's":          {render.Seeded, none, "x", "b", false, Conflict, "did not make it", ""},
		"crlf, as rendered":                {render.Owned, "a\nb\n", "a\r\nb\r\n", "a\nb\n", false, Unchanged, "", ""},
		"crlf, changed":                    {render.Owned, "a\n", "a\r\n", "b\nc\n", false, Update, "", "b\r\nc\r\n"},
		"crlf, edited":                     {render.Owned, "a\n", "x\r\n", "b\n", false, Edited, "", ""},
		"crlf, seeded and edited":          {render.Seeded, "a\n", "a\r\nx\r\n", "a\n", false, Keep, "", ""},
		"crlf in some lines is an edit":    {render.Owned, "a\nb\n", "a\r\nb\n", "c\n", false, Edited, "", ""},
		"crlf in a binary file is an edit": {render.Owned, "\x00\n", "\x00\r\n", "\x00\n\n", false, Edited, "", ""},
		"crlf, to binary":                  {render.Owned, "a\n", "a\r\n", "\x00\n", false, Update, "", "\x00\n"},
		"crlf rendered so":                 {render.Owned, "a\r\n", "a\r\n", "b\r\n", false, Update, "", "b\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := render.File{Path: "a/f.txt", Mode: 0o644, Class: c.class}
			if c.prior != none {
				file.Data = []byte(c.prior)
				record(t, dir, StateFile, file)
				storeBases(t, dir, file)
			}
			if c.disk != none {
				put(t, dir, map[string]string{"a/f.txt": c.disk})
			}
			file.Data = []byte(c.new)
			p := mustPlan(t, Input{Dir: dir, Files: []render.File{file}, Force: c.force})
			a, _ := fate(p, "a/f.txt")
			if a.Kind != c.want || !strings.Contains(a.Reason, c.reason) {
				t.Fatalf("got %s (%s), want %s (%s)", a.Kind, a.Reason, c.want, c.reason)
			}
			if a.Kind.Writes() && (a.Data == nil || string(a.Data) != c.data) {
				t.Errorf("would write %q, want %q", a.Data, c.data)
			}
			if (p.Err() != nil) != (c.want == Conflict || c.want == Unsolved) {
				t.Errorf("Err() = %v", p.Err())
			}
		})
	}
}

func TestFateOfStaleFiles(t *testing.T) {
	for name, c := range map[string]struct {
		class    render.Class
		disk     string
		force    bool
		want     Kind // with there
		there    bool
		recorded bool
	}{
		"owned, unedited":       {render.Owned, "a\n", false, Delete, true, false},
		"owned, edited":         {render.Owned, "x\n", false, Edited, true, true},
		"owned, edited, forced": {render.Owned, "x\n", true, Delete, true, false},
		"owned, deleted":        {render.Owned, none, false, 0, false, false},
		"owned, crlf":           {render.Owned, "a\r\n", false, Delete, true, false},
		"seeded, unedited":      {render.Seeded, "a\n", false, Delete, true, false},
		"seeded, edited":        {render.Seeded, "x\n", false, Keep, true, false},
		"seeded, edited, force": {render.Seeded, "x\n", true, Keep, true, false},
		"seeded, deleted":       {render.Seeded, none, false, 0, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			record(t, dir, StateFile, render.File{Path: "a/b/f.txt", Data: []byte("a\n"), Class: c.class})
			if c.disk != none {
				put(t, dir, map[string]string{"a/b/f.txt": c.disk})
			}
			p := mustPlan(t, Input{Dir: dir, Force: c.force})
			a, there := fate(p, "a/b/f.txt")
			if there != c.there || a.Kind != c.want {
				t.Errorf("got %s (%s), %v; want %s, %v", a.Kind, a.Reason, there, c.want, c.there)
			}
			if _, recorded := p.State.Entries["a/b/f.txt"]; recorded != c.recorded {
				t.Errorf("recorded afterwards: %v", recorded)
			}
		})
	}
}

func TestRecordedEntries(t *testing.T) {
	dir := t.TempDir()
	record(t, dir, StateFile, owned("same", "a"), owned("changed", "a"), seeded("kept", "a"), seeded("gone", "a"))
	put(t, dir, map[string]string{"same": "a", "changed": "a", "kept": "x"})
	p := mustPlan(t, Input{Dir: dir, Files: []render.File{
		owned("same", "a"), owned("changed", "b"), seeded("kept", "a"), seeded("gone", "b"), seeded("new", "c"),
	}})
	for path, want := range map[string][2]string{
		"same":    {"0.0.1", "a"}, // this content was rendered by the older fabgen
		"changed": {"0.1.0", "b"},
		"kept":    {"0.0.1", "a"},
		"gone":    {"0.0.1", "a"}, // so that it stays deleted
		"new":     {"0.1.0", "c"},
	} {
		if e := p.State.Entries[path]; e.Version != want[0] || e.SHA256 != hash([]byte(want[1])) {
			t.Errorf("%s: recorded %+v, want version and content %v", path, e, want)
		}
	}
	want := Counts{Created: 1, Updated: 2, Unchanged: 1, Kept: 2} // the state file is one of the updated
	if got := p.Counts(); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}
