//go:build linux

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// The limits that init keeps, and how often the two programs take turns while they are measured.
const (
	maxInitRatio  = 2.0
	maxInitMemory = 60 << 20
	initRounds    = 15
)

// BenchmarkInitDemo measures fabgen init of the demo, from a built binary into a new folder, in turns with a bare
// program that writes the same files with the same syncs. It reports the medians, their ratio and the peak memory, and
// fails above the limits.
func BenchmarkInitDemo(b *testing.B) {
	dir := b.TempDir()
	fabgen, bare := build(b, dir, "../../"), build(b, dir, "./testdata/barewrites")
	tree := filepath.Join(dir, "tree")
	run(b, fabgen, "init", "--demo", "--quiet", tree)

	var initTimes, bareTimes []time.Duration
	var memory int64
	rounds := 0
	for b.Loop() {
		for range initRounds {
			to := filepath.Join(dir, strconv.Itoa(rounds))
			rounds++
			took, peak := run(b, fabgen, "init", "--demo", "--quiet", to)
			initTimes, memory = append(initTimes, took), max(memory, peak)
			took, _ = run(b, bare, tree, to+"-bare")
			bareTimes = append(bareTimes, took)
		}
	}
	ofInit, ofBare := median(initTimes), median(bareTimes)
	ratio := float64(ofInit) / float64(ofBare)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(ofInit.Microseconds())/1000, "init-ms")
	b.ReportMetric(float64(ofBare.Microseconds())/1000, "bare-ms")
	b.ReportMetric(ratio, "ratio")
	b.ReportMetric(float64(memory)/(1<<20), "peak-MB")
	if ratio > maxInitRatio {
		b.Errorf("init takes %v, %.2f times the %v of the bare program; at most %v times is right",
			ofInit, ratio, ofBare, maxInitRatio)
	}
	if memory > maxInitMemory {
		b.Errorf("init takes %d bytes of memory; at most %d is right", memory, maxInitMemory)
	}
}

func build(b *testing.B, dir, pkg string) string {
	b.Helper()
	to, err := filepath.Abs(filepath.Join(dir, filepath.Base(pkg)+".bin"))
	if err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", to, pkg).CombinedOutput(); err != nil {
		b.Fatalf("building %s: %v\n%s", pkg, err, out)
	}
	return to
}

// run runs a command and gives how long it took and its peak memory in bytes.
func run(b *testing.B, name string, args ...string) (time.Duration, int64) {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	begin := time.Now()
	err := cmd.Run()
	took := time.Since(begin)
	if err != nil {
		b.Fatalf("%s: %v", cmd, err)
	}
	return took, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
