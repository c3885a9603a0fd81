package plan

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/render"
)

func TestStateRoundTrip(t *testing.T) {
	s := &State{Entries: map[string]Entry{
		"b": {Path: "b", Class: render.Seeded, Mode: 0o755, Template: "b.tmpl", Version: "0.1.0", SHA256: hash([]byte("b"))},
		"a": {Path: "a", Class: render.Owned, Mode: 0o644, Version: "0.1.0", SHA256: hash([]byte("a"))},
	}}
	data := s.Encode()
	got, err := decodeState(StateFile, data)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Entries) != 2 || !reflect.DeepEqual(got, s) {
		t.Errorf("read back %+v", got.Entries)
	}
	if !json.Valid(data) {
		t.Error("not JSON")
	}
	for _, line := range strings.Split(string(data), "\n") {
		if strings.Contains(line, "path") && !strings.HasSuffix(line, ",") {
			t.Errorf("adding a file after it would change the line %s", line)
		}
	}
	if lines := strings.Count(string(data), "\n"); lines != 3+2+3 {
		t.Errorf("%d lines; each file has one of its own", lines)
	}
}

func TestUnreadableStates(t *testing.T) {
	sum := hash(nil)
	line := func(path string) string {
		return `{"path":"` + path + `","class":"owned","mode":"0644","fabgen":"0","sha256":"` + sum + `"}`
	}
	for name, c := range map[string]struct {
		data string
		is   error
		want string
	}{
		"newer":        {`{"format": 3, "entries": 7}`, ErrNewerState, "or a newer one"},
		"empty":        {``, ErrCorruptState, "restore it from version control"},
		"no JSON":      {`{"format": 1, "files": [`, ErrCorruptState, "restore it"},
		"no format":    {`{}`, ErrCorruptState, "no format"},
		"escapes":      {`{"format":1,"files":[` + line("../a") + `]}`, ErrCorruptState, "not a path inside"},
		"absolute":     {`{"format":1,"files":[` + line("/etc/passwd") + `]}`, ErrCorruptState, "not a path inside"},
		"git":          {`{"format":1,"files":[` + line(".git/config") + `]}`, ErrCorruptState, "git folder"},
		"its own":      {`{"format":1,"files":[` + line(".fabgen/state.json") + `]}`, ErrCorruptState, "not a path for"},
		"the source":   {`{"format":1,"files":[` + line("fabgen.yaml") + `]}`, ErrCorruptState, "not a path for"},
		"class":        {`{"format":1,"files":[{"path":"a","class":"mine"}]}`, ErrCorruptState, "owned or seeded"},
		"mode":         {`{"format":1,"files":[{"path":"a","class":"owned","mode":"9"}]}`, ErrCorruptState, "octal"},
		"hash":         {strings.Replace(`{"format":1,"files":[`+line("a")+`]}`, sum, "x", 1), ErrCorruptState, "64 hex"},
		"out of bound": {strings.Repeat(" ", maxState+1), ErrCorruptState, "larger than"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, map[string]string{StateFile: c.data})
			_, err := New(t.Context(), Input{Dir: dir})
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that says %q", err, c.want)
			}
		})
	}
}

func TestBasesFollowTheSeededFiles(t *testing.T) {
	dir := t.TempDir()
	old, lost := hash([]byte("old")), hash([]byte("a"))
	record(t, dir, StateFile, seeded("f", "old"), seeded("g", "a"), owned("h", "a"))
	put(t, dir, map[string]string{"f": "old", "g": "a", "h": "a", BasePath(old): "x", ".fabgen/base/mine.txt": "x"})
	p := mustPlan(t, Input{Dir: dir, Files: []render.File{seeded("f", "new"), seeded("g", "a"), owned("h", "a")}})
	if len(p.Bases) != 2 || p.Bases[0].SHA256 == p.Bases[1].SHA256 {
		t.Fatalf("stores %d bases, want that of new and the lost one", len(p.Bases))
	}
	for _, b := range p.Bases {
		if b.SHA256 != hash([]byte("new")) && b.SHA256 != lost {
			t.Errorf("stores %q", b.Data)
		}
	}
	if len(p.StaleBases) != 1 || p.StaleBases[0] != BasePath(old) {
		t.Errorf("drops %v, want %s alone", p.StaleBases, BasePath(old))
	}
}

func TestStateCheckedOutWithCRLFIsUpToDate(t *testing.T) {
	dir := t.TempDir()
	record(t, dir, StateFile, owned("f", "a\n"))
	state, err := os.ReadFile(filepath.Join(dir, StateFile))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, map[string]string{StateFile: string(toCRLF(state)), "f": "a\r\n"})
	if p := mustPlan(t, Input{Dir: dir, Files: []render.File{owned("f", "a\n")}}); p.Changes() {
		t.Errorf("there is something to do: %+v", p.Counts())
	}
}

func FuzzDecodeState(f *testing.F) {
	f.Add((&State{Entries: map[string]Entry{"a": {Path: "a", SHA256: hash(nil)}}}).Encode())
	f.Add([]byte(`{"format":1,"files":[null,{"path":"../a"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := decodeState(StateFile, data)
		if err != nil {
			return
		}
		for p := range s.Entries {
			if strings.HasPrefix(filepath.Clean(p), "..") || filepath.IsAbs(p) {
				t.Errorf("takes the path %q", p)
			}
		}
		again, err := decodeState(StateFile, s.Encode())
		if err != nil || len(again.Entries) != len(s.Entries) {
			t.Errorf("does not read what it wrote: %v", err)
		}
	})
}

func TestPlanningWritesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	p := mustPlan(t, Input{Dir: dir, Files: []render.File{owned("a", "a")}, Init: true, Source: []byte("x")})
	if !p.Fresh || p.Counts().Created != 3 {
		t.Errorf("fresh %v, counts %+v", p.Fresh, p.Counts())
	}
	if _, err := os.Lstat(dir); err == nil {
		t.Error("planning made the folder")
	}
}
