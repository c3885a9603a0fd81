package hops

import "sync"

// Recorder holds the latest hops. It is safe for concurrent use, and nobody who reads it can make it wait.
type Recorder struct {
	most int

	mu      sync.Mutex
	kept    []entry // by ID
	lastID  int
	changes int
	changed chan struct{} // closed by the next change
}

type entry struct {
	Hop
	change int // the last one of it
}

// View is what a Recorder holds, as far as a reader does not know it yet.
type View struct {
	// Hops have come or changed, by ID; one that was pending comes again under its ID.
	Hops []Hop
	// Oldest is the ID of the first hop that is held: those before it are gone. With no hop it is the next one's.
	Oldest int
	// Change is what to ask for the next View with.
	Change int
}

// NewRecorder makes a Recorder of at most so many hops: the oldest goes first.
func NewRecorder(most int) *Recorder {
	return &Recorder{most: max(most, 1), changed: make(chan struct{})}
}

// Record keeps a hop and gives its ID. A hop that has an ID takes the place of that which was recorded under it, where
// that is still held.
func (r *Recorder) Record(h Hop) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h.ID > 0 {
		if i := h.ID - r.oldest(); i >= 0 && i < len(r.kept) {
			r.note()
			r.kept[i] = entry{h, r.changes}
		}
		return h.ID
	}
	r.note()
	r.lastID++
	h.ID = r.lastID
	if len(r.kept) == r.most {
		r.kept[0] = entry{} // for what it holds to be freed
		r.kept = r.kept[1:]
	}
	r.kept = append(r.kept, entry{h, r.changes})
	return h.ID
}

// Clear drops every hop. IDs go on.
func (r *Recorder) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.note()
	r.kept = nil
}

// All gives what is held, in the order in which it began.
func (r *Recorder) All() []Hop {
	view, _ := r.Watch(0)
	return Sorted(view.Hops)
}

// Watch gives what has changed after View.Change, 0 for all, and a channel that is closed when there is more. A change
// that this Recorder has never made, such as one of a program that ran before, is as 0.
func (r *Recorder) Watch(change int) (View, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if change > r.changes {
		change = 0
	}
	view := View{Oldest: r.oldest(), Change: r.changes}
	for _, e := range r.kept {
		if e.change > change {
			view.Hops = append(view.Hops, e.Hop)
		}
	}
	return view, r.changed
}

// oldest needs the lock, as note does.
func (r *Recorder) oldest() int { return r.lastID - len(r.kept) + 1 }

func (r *Recorder) note() {
	r.changes++
	close(r.changed)
	r.changed = make(chan struct{})
}
