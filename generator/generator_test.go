package generator_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
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
	if err := generator.Apply(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if p, err = generator.Plan(t.Context(), changed); err != nil || p.Changes() {
		t.Errorf("not done, or %v", err)
	}
}

func TestAnEditOfAnOwnedFileIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	r := request(t, dir, "Contoso")
	if err := generator.Init(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(dir, "manifest", "WorkloadManifest.xml")
	want, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(manifest, []byte("<edited/>"), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := generator.Plan(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	err = generator.Apply(t.Context(), p)
	if !errors.Is(err, plan.ErrConflict) || !strings.Contains(err.Error(), "manifest/WorkloadManifest.xml") {
		t.Errorf("got %v", err)
	}
	r.Force = true
	if p, err = generator.Plan(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if err := generator.Apply(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(manifest); err != nil || !bytes.Equal(got, want) {
		t.Errorf("not overwritten: %v", err)
	}
}
