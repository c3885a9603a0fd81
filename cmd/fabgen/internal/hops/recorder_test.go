package hops_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
)

func ids(list []hops.Hop) []int {
	out := []int{}
	for _, h := range list {
		out = append(out, h.ID)
	}
	return out
}

func same(t *testing.T, what string, got []hops.Hop, want ...int) {
	t.Helper()
	if !slices.Equal(ids(got), append([]int{}, want...)) {
		t.Errorf("%s: %v, want %v", what, ids(got), want)
	}
}

func TestRecorderKeepsTheLatest(t *testing.T) {
	r := hops.NewRecorder(3)
	same(t, "at first", r.All())
	for range 5 {
		r.Record(hops.Hop{})
	}
	same(t, "the latest", r.All(), 3, 4, 5)
	if view, _ := r.Watch(0); view.Oldest != 3 {
		t.Errorf("the oldest is %d", view.Oldest)
	}
	r.Clear()
	same(t, "cleared", r.All())
	view, _ := r.Watch(0)
	if view.Oldest != 6 || len(view.Hops) != 0 {
		t.Errorf("%+v", view)
	}
	if id := r.Record(hops.Hop{}); id != 6 {
		t.Errorf("the next is %d", id)
	}
}

func TestRecorderReplacesWhatWasPending(t *testing.T) {
	r := hops.NewRecorder(2)
	id := r.Record(hops.Hop{Decision: hops.Pending})
	r.Record(hops.Hop{})
	view, changed := r.Watch(0)
	r.Record(hops.Hop{ID: id, Decision: hops.Accepted})
	select {
	case <-changed:
	default:
		t.Fatal("nobody was told")
	}
	view, _ = r.Watch(view.Change)
	if same(t, "changed", view.Hops, id); view.Hops[0].Decision != hops.Accepted {
		t.Errorf("%+v", view.Hops[0])
	}
	r.Record(hops.Hop{})
	r.Record(hops.Hop{ID: id, Decision: hops.Failed}) // gone by now
	r.Record(hops.Hop{ID: 99})                        // never there
	same(t, "held", r.All(), 2, 3)
}

// A page that was open before this program ran asks for what comes after something that was never here.
func TestWatchAfterARestart(t *testing.T) {
	r := hops.NewRecorder(5)
	r.Record(hops.Hop{})
	view, _ := r.Watch(70)
	same(t, "all", view.Hops, 1)
	if view, _ = r.Watch(view.Change); len(view.Hops) != 0 {
		t.Errorf("told twice: %v", view.Hops)
	}
}

func TestAllIsSortedByTime(t *testing.T) {
	r := hops.NewRecorder(5)
	now := time.Now()
	for _, offset := range []time.Duration{3, 1, 2, 1} {
		r.Record(hops.Hop{Time: now.Add(offset)})
	}
	same(t, "sorted", r.All(), 2, 4, 3, 1)
}

// Readers that do nothing, and readers that read all the time, let recorders go on.
func TestRecorderConcurrently(t *testing.T) {
	r := hops.NewRecorder(50)
	_, slow := r.Watch(0)
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			change := 0
			for {
				view, changed := r.Watch(change)
				change = view.Change
				for i := 1; i < len(view.Hops); i++ {
					if view.Hops[i].ID <= view.Hops[i-1].ID {
						t.Errorf("out of order: %v", ids(view.Hops))
					}
				}
				select {
				case <-changed:
				case <-stop:
					return
				}
			}
		})
	}
	for range 4 {
		writers.Go(func() {
			for i := range 500 {
				id := r.Record(hops.Hop{Decision: hops.Pending})
				r.Record(hops.Hop{ID: id, Decision: hops.Accepted})
				if i == 250 {
					r.Clear()
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	<-slow
	if all := r.All(); len(all) == 0 || slices.ContainsFunc(all, func(h hops.Hop) bool { return h.Decision == hops.Pending }) {
		t.Errorf("%d are held, some pending", len(all))
	}
}
