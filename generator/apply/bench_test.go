package apply

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/generator/render"
)

// workload is about what init writes for the demo: 150 files of 4 KB in 30 folders, every third one seeded.
func workload() []render.File {
	files := make([]render.File, 150)
	for i := range files {
		var text bytes.Buffer
		for text.Len() < 4096 {
			fmt.Fprintf(&text, "file %d holds this at %d\n", i, text.Len())
		}
		files[i] = owned(fmt.Sprintf("part%d/area%d/file%d.go", i%3, i%30, i), text.String())
		if i%3 == 0 {
			files[i].Class = render.Seeded
		}
	}
	return files
}

func BenchmarkInit(b *testing.B) {
	files := workload()
	dir := b.TempDir()
	i := 0
	for b.Loop() {
		i++
		in := plan.Input{
			Dir: filepath.Join(dir, fmt.Sprint(i)), Files: files, Version: "0.1.0", Init: true, Source: []byte("source\n"),
		}
		p, err := plan.New(b.Context(), in)
		if err != nil {
			b.Fatal(err)
		}
		if err := Run(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareWrites is the yardstick: the same files with the same number of syncs, one after the other, with
// nothing planned, hashed, compressed or renamed.
func BenchmarkBareWrites(b *testing.B) {
	dir := b.TempDir()
	in := plan.Input{
		Dir: filepath.Join(dir, "0"), Files: workload(), Version: "0.1.0", Init: true, Source: []byte("source\n"),
	}
	p, err := plan.New(b.Context(), in)
	if err != nil {
		b.Fatal(err)
	}
	pieces := (&builder{plan: p}).pieces()
	for i, piece := range pieces {
		if pieces[i].data, err = piece.content(); err != nil {
			b.Fatal(err)
		}
	}
	dirs := foldersOf(pieces)
	i := 0
	for b.Loop() {
		i++
		bareWrites(b, filepath.Join(dir, fmt.Sprint(i)), pieces, append(dirs, "."))
	}
}

func bareWrites(b *testing.B, dir string, pieces []piece, dirs []string) {
	for _, d := range dirs {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o777); err != nil {
			b.Fatal(err)
		}
	}
	for _, p := range pieces {
		f, err := os.Create(filepath.Join(dir, p.path))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Write(p.data); err != nil {
			b.Fatal(err)
		}
		syncAndClose(b, f)
	}
	for _, d := range append(dirs, "..") {
		f, err := os.Open(filepath.Join(dir, d))
		if err != nil {
			b.Fatal(err)
		}
		syncAndClose(b, f)
	}
}

func syncAndClose(b *testing.B, f *os.File) {
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkNothingToDo(b *testing.B) {
	in := plan.Input{
		Dir: filepath.Join(b.TempDir(), "tree"), Files: workload(), Version: "0.1.0", Init: true, Source: []byte("source\n"),
	}
	p, err := plan.New(b.Context(), in)
	if err != nil {
		b.Fatal(err)
	}
	if err := Run(b.Context(), p); err != nil {
		b.Fatal(err)
	}
	in.Init = false
	for b.Loop() {
		p, err := plan.New(b.Context(), in)
		if err != nil || p.Changes() {
			b.Fatal("something to do, or ", err)
		}
	}
}
