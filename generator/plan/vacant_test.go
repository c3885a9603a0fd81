package plan

import (
	"errors"
	"testing"

	"github.com/fabgen/fabgen/generator/render"
)

func TestWhereANewWorkloadMayStand(t *testing.T) {
	for name, c := range map[string]struct {
		there    map[string]string
		force    bool
		notEmpty bool
		fresh    bool
		conflict bool
	}{
		"empty":               {nil, false, false, true, false},
		"version control":     {map[string]string{".git/config": ""}, false, false, true, false},
		"the configuration":   {map[string]string{"fabgen.yaml": "x"}, false, false, true, false},
		"another one":         {map[string]string{"fabgen.yaml": "y"}, false, false, false, true},
		"another one, forced": {map[string]string{"fabgen.yaml": "y"}, true, false, false, false},
		"a readme":            {map[string]string{"README.md": ""}, false, true, false, false},
		"a readme, forced":    {map[string]string{"README.md": ""}, true, false, false, false},
		"workshop left":       {map[string]string{".fabgen-init/x": ""}, false, false, true, false},
		"killed moving in":    {map[string]string{".fabgen-init/x": "", "a": "a"}, false, false, false, false},
		"killed in place":     {map[string]string{PendingFile: `{"format":1}`, "a": "a"}, false, false, false, false},
		"a workload":          {map[string]string{StateFile: `{"format":1}`}, false, true, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, c.there)
			in := Input{Dir: dir, Files: []render.File{owned("a", "a")}, Init: true, Source: []byte("x"), Force: c.force}
			p, err := New(t.Context(), in)
			if errors.Is(err, ErrNotEmpty) != c.notEmpty || err != nil && !c.notEmpty {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				return
			}
			if p.Fresh != c.fresh {
				t.Errorf("fresh %v, want %v", p.Fresh, c.fresh)
			}
			if (p.Err() != nil) != c.conflict {
				t.Errorf("got conflicts %v", p.Err())
			}
		})
	}
}
