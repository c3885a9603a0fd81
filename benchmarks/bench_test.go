package benchmarks

import (
	"slices"
	"testing"
	"time"
)

// callsPerRound are enough for the clock's resolution and few enough for contenders to meet the same machine.
const callsPerRound = 20

func BenchmarkValidation(b *testing.B) {
	w := newWorld(b)
	runners := contenders(b, w)
	for _, c := range runners { // to fetch the keys and warm up
		callAll(b, c, w.tokens)
	}
	times := make([][]time.Duration, len(runners))
	round := 0
	for b.Loop() {
		for i := range runners {
			turn := (round + i) % len(runners)
			times[turn] = append(times[turn], callAll(b, runners[turn], w.tokens))
		}
		round++
	}
	report(b, w, runners, times)
}

// callAll gives a contender its calls of one round and tells how long they took.
func callAll(b *testing.B, c contender, tokens [2]string) time.Duration {
	start := time.Now()
	for i := range callsPerRound {
		if _, err := c.validate(tokens[i%len(tokens)]); err != nil {
			b.Fatalf("%s: %v", c.name, err)
		}
	}
	return time.Since(start)
}

func report(b *testing.B, w *world, runners []contender, times [][]time.Duration) {
	b.ReportMetric(0, "ns/op") // a round's time is nobody's
	floor := perCall(times[0])
	for i, c := range runners {
		nanoseconds, allocations := perCall(times[i]), allocations(c, w.tokens)
		b.ReportMetric(nanoseconds, "ns/op-"+c.name)
		b.ReportMetric(nanoseconds/floor, "x-"+c.name)
		b.ReportMetric(allocations, "allocs/op-"+c.name)
		b.Logf("%-12s %8.0f ns %6.2f floors %4.0f allocations", c.name, nanoseconds, nanoseconds/floor, allocations)
	}
}

// perCall is the time of one call in nanoseconds, by the median round.
func perCall(rounds []time.Duration) float64 {
	sorted := slices.Sorted(slices.Values(rounds))
	return float64(sorted[len(sorted)/2].Nanoseconds()) / callsPerRound
}

func allocations(c contender, tokens [2]string) float64 {
	i := 0
	return testing.AllocsPerRun(100, func() {
		_, _ = c.validate(tokens[i%len(tokens)]) // has been accepted all along
		i++
	})
}
