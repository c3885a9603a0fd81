package localentra

import (
	"crypto/rand"
	"time"
)

// box keeps values under names for a while, the newest of them only. It is not safe for concurrent use.
type box[T any] struct {
	most    int
	life    time.Duration
	entries map[string]boxed[T]
	order   []string // oldest first; names that were taken out may still be there
}

type boxed[T any] struct {
	value T
	until time.Time
}

func newBox[T any](most int, life time.Duration) *box[T] {
	return &box[T]{most: most, life: life, entries: map[string]boxed[T]{}}
}

// put keeps a value under a new name that nobody can guess.
func (b *box[T]) put(now time.Time, value T) string {
	name := rand.Text() + rand.Text()
	b.set(now, name, value)
	return name
}

// set keeps a value under a name.
func (b *box[T]) set(now time.Time, name string, value T) {
	if _, ok := b.entries[name]; !ok {
		b.order = append(b.order, name)
	}
	b.entries[name] = boxed[T]{value, now.Add(b.life)}
	for len(b.order) > b.most {
		delete(b.entries, b.order[0])
		b.order = b.order[1:]
	}
}

// get finds a value that is not too old.
func (b *box[T]) get(now time.Time, name string) (T, bool) {
	e, ok := b.entries[name]
	if !ok || now.After(e.until) {
		var none T
		return none, false
	}
	return e.value, true
}

// remove takes a value out.
func (b *box[T]) remove(name string) { delete(b.entries, name) }

// clear takes all values out.
func (b *box[T]) clear() {
	clear(b.entries)
	b.order = nil
}
