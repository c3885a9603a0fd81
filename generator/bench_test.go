package generator_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/render"
)

// large is the demo with n items.
func large(n int) []byte {
	var items bytes.Buffer
	for i := range n {
		fmt.Fprintf(&items, "  - name: Item%d\n    jobs: [Train]\n", i)
	}
	return bytes.Replace(config.Demo(), []byte("\nitems:\n"), append([]byte("\nitems:\n"), items.Bytes()...), 1)
}

// BenchmarkNothingToDo is generate where nothing changed, from reading fabgen.yaml to the plan, and what rendering alone
// takes of it.
func BenchmarkNothingToDo(b *testing.B) {
	for name, source := range map[string][]byte{"demo": config.Demo(), "200 items": large(199)} {
		dir := filepath.Join(b.TempDir(), "w")
		parse := func() generator.Request {
			doc, err := config.Parse("fabgen.yaml", source)
			if err != nil {
				b.Fatal(err)
			}
			return generator.Request{Dir: dir, Document: doc, Source: source, Runtime: os.DirFS("../runtime")}
		}
		if err := generator.Init(b.Context(), parse()); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r := parse()
				p, err := generator.Plan(b.Context(), r)
				if err != nil || p.Changes() {
					b.Fatal("something to do, or ", err)
				}
				if err := generator.Apply(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+", rendering alone", func(b *testing.B) {
			for b.Loop() {
				m, err := model.New(parse().Document)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := render.Render(b.Context(), m, os.DirFS("../runtime")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Nothing to do is nothing done: no file is made, written, renamed or removed.
func TestNothingToDoTouchesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "w")
	r := request(t, dir, "Contoso")
	if err := generator.Init(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	before := stamps(t, dir)
	p, err := generator.Plan(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if err := generator.Apply(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	after := stamps(t, dir)
	if len(before) != len(after) {
		t.Errorf("%d files and folders became %d", len(before), len(after))
	}
	for path, was := range before {
		if !untouched(was, after[path]) {
			t.Errorf("%s was touched", path)
		}
	}
}

// untouched reports whether two looks at a path saw the same file, last changed at the same time. Nil is no file.
func untouched(was, is os.FileInfo) bool {
	return was != nil && is != nil && os.SameFile(was, is) && was.ModTime().Equal(is.ModTime()) && was.Mode() == is.Mode()
}

// stamps describes everything in a folder, folders and fabgen's own account included.
func stamps(t *testing.T, dir string) map[string]os.FileInfo {
	t.Helper()
	all := map[string]os.FileInfo{}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		all[path] = info
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
