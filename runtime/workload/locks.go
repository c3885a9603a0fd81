package workload

import (
	"context"
	"sync"
)

// itemLocks lets calls for one item go one after another. Nothing stays of an item that nobody waits for.
type itemLocks struct {
	mu   sync.Mutex
	held map[ItemKey]*itemLock
}

type itemLock struct {
	turn  chan struct{} // holds one value while somebody has the lock
	users int
}

// lock waits for the item's turn, or for the end of ctx. The caller must call unlock.
func (l *itemLocks) lock(ctx context.Context, key ItemKey) (unlock func(), err error) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[ItemKey]*itemLock{}
	}
	lock, ok := l.held[key]
	if !ok {
		lock = &itemLock{turn: make(chan struct{}, 1)}
		l.held[key] = lock
	}
	lock.users++
	l.mu.Unlock()
	select {
	case lock.turn <- struct{}{}:
		return func() { <-lock.turn; l.leave(key, lock) }, nil
	case <-ctx.Done():
		l.leave(key, lock)
		return nil, ctx.Err()
	}
}

func (l *itemLocks) leave(key ItemKey, lock *itemLock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lock.users--
	if lock.users == 0 {
		delete(l.held, key)
	}
}
