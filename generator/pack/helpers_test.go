package pack

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/render"
)

const (
	workloadXML   = "manifest/WorkloadManifest.xml"
	productionXML = "manifest/WorkloadManifest.prod.xml"
	forecastXML   = "manifest/Forecast.xml"
	forecastJSON  = "manifest/Forecast.json"
	forecastIcon  = "manifest/assets/images/item-forecast.png"
	english       = "manifest/assets/locales/en-US/translations.json"
	spanish       = "manifest/assets/locales/es/translations.json"
)

var environments = []string{"dev", "prod"}

// demo is the demo's manifests as fabgen makes them, to be changed at will.
func demo(t testing.TB) fstest.MapFS {
	t.Helper()
	files, err := rendered()
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	for _, f := range files {
		if strings.HasPrefix(f.Path, "manifest/") {
			out[f.Path] = &fstest.MapFile{Data: slices.Clone(f.Data), Mode: f.Mode}
		}
	}
	return out
}

var rendered = sync.OnceValues(func() ([]render.File, error) {
	doc, err := config.Parse("fabgen.yaml", config.Demo())
	if err != nil {
		return nil, err
	}
	m, err := model.New(doc)
	if err != nil {
		return nil, err
	}
	return render.Render(context.Background(), m, fstest.MapFS{})
})

// packed packs what must be right.
func packed(t testing.TB, fsys fstest.MapFS, environment string) *Package {
	t.Helper()
	p, err := New(Request{fsys, environment, environments})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// entry gives the bytes of one entry.
func (p *Package) entry(name string) []byte {
	i := slices.IndexFunc(p.Entries, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return p.Entries[i].Data
}

// edit replaces a text that must be there.
func edit(t testing.TB, fsys fstest.MapFS, file, old, replacement string) {
	t.Helper()
	text := string(fsys[file].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", file, old)
	}
	fsys[file] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, old, replacement))}
}

// drawn is a PNG, or a JPEG, of a size.
func drawn(t testing.TB, format string, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	picture := image.NewGray(image.Rect(0, 0, width, height))
	err := png.Encode(&b, picture)
	if format == "jpeg" {
		b.Reset()
		err = jpeg.Encode(&b, picture, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
