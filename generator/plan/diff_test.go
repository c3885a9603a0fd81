package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/render"
)

func TestGitAppliesTheDiff(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("needs git")
	}
	many := lines(300)
	dir := t.TempDir()
	before := []render.File{
		owned("gone.txt", "a\nb\n"), owned("gone empty", ""), owned("edit.txt", many), owned("no end", "a\nb"),
		owned("end", "a\nb\n"), owned("to empty", "a\n"), owned("from empty", ""),
		owned("same", "a\n"), owned("crlf", "a\nb\n"),
	}
	record(t, dir, StateFile, before...)
	for _, f := range before {
		put(t, dir, map[string]string{f.Path: string(f.Data)})
	}
	put(t, dir, map[string]string{"crlf": "a\r\nb\r\n"})
	edited := strings.Replace(strings.Replace(many, "line 7\n", "", 1), "line 250\n", "other\nanother\n", 1)
	script := owned("bin/new.sh", "#!/bin/sh\n")
	script.Mode = 0o755
	p := mustPlan(t, Input{Dir: dir, Files: []render.File{
		owned("edit.txt", edited), owned("no end", "a\nb\nc"), owned("end", "a\nb"), owned("to empty", ""),
		owned("from empty", "a\n"), owned("same", "a\n"), owned("crlf", "b\nc\n"), script, owned("new empty", ""),
		owned("with space", "x\n"), owned("ünï", "x"),
	}})
	var out bytes.Buffer
	if err := p.Diff(&out); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(git, "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-")
	cmd.Dir, cmd.Stdin = dir, &out
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	text := out.String()
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v\n%s\n%s", err, msg, text)
	}
	for _, a := range p.Actions {
		if a.Path == StateFile {
			continue
		}
		got, err := os.ReadFile(filepath.Join(dir, a.Path))
		switch {
		case a.Kind == Delete && !errors.Is(err, os.ErrNotExist):
			t.Errorf("%s is still there", a.Path)
		case a.Kind == Create || a.Kind == Update:
			if err != nil || string(got) != string(a.Data) {
				t.Errorf("%s: %q, %v; want %q", a.Path, got, err, a.Data)
			}
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "bin/new.sh")); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("bin/new.sh does not run: %v", err)
	}
}

func TestDiffOfOtherKinds(t *testing.T) {
	dir := t.TempDir()
	record(t, dir, StateFile, owned("a", "old\n"), owned("bin", "\x00"), owned("kept", "a"))
	put(t, dir, map[string]string{"a": "mine\n", "bin": "\x00", "kept": "a", "d/x": ""})
	p := mustPlan(t, Input{Dir: dir, Files: []render.File{
		owned("a", "new\n"), owned("bin", "\x00\x01"), owned("kept", "a"), owned("d", "x"),
	}})
	var out bytes.Buffer
	if err := p.Diff(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# a: fabgen owns it", "-mine\n+new\n", "Binary files a/bin and b/bin differ\n", "# d: a folder stands",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "kept") {
		t.Errorf("tells of what is not changed:\n%s", out.String())
	}
}

// Reads hunks back as patch does, over random texts of few distinct lines, which repeat a lot.
func TestHunksTurnOneTextIntoTheOther(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var b strings.Builder
		for range random.IntN(40) {
			b.WriteString(string(rune('a'+random.IntN(12))) + "\n")
		}
		return b.String()
	}
	for range 2000 {
		before, after := text(), text()
		if got := patch(t, before, string(unifiedHunks([]byte(before), []byte(after)))); got != after && before != after {
			t.Fatalf("patching %q gives %q, want %q", before, got, after)
		}
	}
}

func TestPlanAsJSON(t *testing.T) {
	p := mustPlan(t, Input{Dir: t.TempDir(), Files: []render.File{seeded("a", "secret content")}})
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"path":"a","action":"create","class":"seeded","reason":"new"`, `"created":2`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("lacks %s: %s", want, data)
		}
	}
}

func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return b.String()
}
