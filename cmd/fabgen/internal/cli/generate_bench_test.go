//go:build linux

package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fabgen/fabgen/generator/config"
)

// BenchmarkNothingToDo measures the built fabgen where generate has nothing to do. It reports the medians and fails
// above the limits. What rendering takes of it stands in the benchmark of the same name in generator.
func BenchmarkNothingToDo(b *testing.B) {
	for _, size := range []struct {
		name  string
		items int // beside the demo's
		limit time.Duration
	}{{"demo", 0, 60 * time.Millisecond}, {"200 items", 199, 500 * time.Millisecond}} {
		b.Run(size.name, func(b *testing.B) {
			dir := b.TempDir()
			fabgen, tree := build(b, dir, "../../"), filepath.Join(dir, "tree")
			source := filepath.Join(dir, "fabgen.yaml")
			if err := os.WriteFile(source, demoWith(size.items), 0o644); err != nil {
				b.Fatal(err)
			}
			run(b, fabgen, "init", "--config", source, "--quiet", tree)
			var times []time.Duration
			for b.Loop() {
				for range initRounds {
					took, _ := run(b, fabgen, "generate", "--quiet", "--dir", tree)
					times = append(times, took)
				}
			}
			took := median(times)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(took.Microseconds())/1000, "generate-ms")
			if took > size.limit {
				b.Errorf("generate with nothing to do takes %v; at most %v is right", took, size.limit)
			}
		})
	}
}

// demoWith is the demo with n items more.
func demoWith(n int) []byte {
	var items bytes.Buffer
	for i := range n {
		fmt.Fprintf(&items, "  - name: Item%d\n    jobs: [Train]\n", i)
	}
	return bytes.Replace(config.Demo(), []byte("\nitems:\n"), append([]byte("\nitems:\n"), items.Bytes()...), 1)
}
