package generator_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/plan"
)

// request asks for the demo in dir, under a publisher's name.
func request(t *testing.T, dir, publisher string) generator.Request {
	t.Helper()
	source := bytes.ReplaceAll(config.Demo(), []byte("Contoso"), []byte(publisher))
	doc, err := config.Parse("fabgen.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	return generator.Request{Dir: dir, Document: doc, Source: source, Runtime: os.DirFS("../runtime")}
}

func TestInitThenPlanHasNothingToDo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	r := request(t, dir, "Contoso")
	if err := generator.Init(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"fabgen.yaml": r.Source, ".fabgen/schema.json": config.Schema()} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	p, err := generator.Plan(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if p.Changes() {
		t.Errorf("there is something to do: %+v", p.Counts())
	}
	if err := generator.Init(t.Context(), r); !errors.Is(err, plan.ErrNotEmpty) {
		t.Errorf("a second init: %v", err)
	}
}

func TestGenerateAfterAChange(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	if err := generator.Init(t.Context(), request(t, dir, "Contoso")); err != nil {
		t.Fatal(err)
	}
	changed := request(t, dir, "Fabrikam")
	p, err := generator.Plan(t.Context(), changed)
	if err != nil {
		t.Fatal(err)
	}
	if p.Counts().Updated == 0 || p.Err() != nil {
		t.Fatalf("%+v, %v", p.Counts(), p.Err())
	}
	before := stamps(t, dir)
	if err := generator.Apply(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	for path, is := range stamps(t, dir) {
		inside, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		if is.IsDir() || strings.HasPrefix(inside, plan.Folder) {
			continue
		}
		if planned, written := p.Touches(filepath.ToSlash(inside)), !untouched(before[path], is); planned != written {
			t.Errorf("%s: planned to be written: %v, written: %v", inside, planned, written)
		}
	}
	if p, err = generator.Plan(t.Context(), changed); err != nil || p.Changes() {
		t.Errorf("not done, or %v", err)
	}
}

// An edit of a file that fabgen owns stays where it is, whatever else is generated, until it is forced away or adopted.
func TestAnEditOfAnOwnedFileStays(t *testing.T) {
	const manifest = "manifest/WorkloadManifest.xml"
	dir := filepath.Join(t.TempDir(), "demo")
	if err := generator.Init(t.Context(), request(t, dir, "Contoso")); err != nil {
		t.Fatal(err)
	}
	edit := read(t, dir, manifest) + "<!-- mine -->\n"
	if err := os.WriteFile(filepath.Join(dir, manifest), []byte(edit), 0o644); err != nil {
		t.Fatal(err)
	}
	changed := request(t, dir, "Fabrikam")
	for range 2 { // the second time there is nothing else to do
		p, err := generator.Plan(t.Context(), changed)
		if err != nil {
			t.Fatal(err)
		}
		if p.Counts().Edited != 1 || !p.Changes() {
			t.Errorf("%+v", p.Counts())
		}
		if err := generator.Apply(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if got := read(t, dir, manifest); got != edit {
			t.Error("the edit is lost")
		}
		if !strings.Contains(read(t, dir, "README.md"), "Fabrikam") {
			t.Error("the rest is not generated")
		}
	}
	if p, err := generator.Plan(t.Context(), changed); err != nil || p.Works() {
		t.Errorf("there is work to do, or %v", err)
	} else if d := generator.DriftOf(t.Context(), changed, p); !slices.Equal(d.Causes[manifest], []generator.Cause{generator.ByEdit}) {
		t.Errorf("the causes are %v", d.Causes)
	}

	forced := changed
	forced.Force = true
	if p, err := generator.Plan(t.Context(), forced); err != nil || p.Counts().Updated == 0 || p.Counts().Edited > 0 {
		t.Errorf("force would not overwrite it, or %v", err)
	}

	adopted, err := generator.Adopt(t.Context(), changed, []string{manifest})
	if err != nil {
		t.Fatal(err)
	}
	if err := generator.Apply(t.Context(), adopted); err != nil {
		t.Fatal(err)
	}
	p, err := generator.Plan(t.Context(), changed)
	if err != nil {
		t.Fatal(err)
	}
	if err := generator.Apply(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir, manifest); !strings.Contains(got, "Fabrikam") || !strings.Contains(got, "mine") || p.Counts().Merged != 1 {
		t.Errorf("what was adopted late is not merged: %+v", p.Counts())
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
