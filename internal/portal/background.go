package portal

import (
	"context"
	"sync"
	"time"
)

// tick is how exactly schedules are kept.
const tick = 200 * time.Millisecond

// maxAtOnce bounds the calls that Run makes at a time.
const maxAtOnce = 8

func (f *Fabric) pollEvery() time.Duration {
	if f.PollEvery > 0 {
		return f.PollEvery
	}
	return 2 * time.Second
}

// Run follows the jobs until they end, and starts those that are scheduled, until ctx ends; it comes back when all of its
// calls have. Whoever uses a Fabric calls it once. Without it, jobs move only where somebody looks at their history.
func (f *Fabric) Run(ctx context.Context) {
	clock := time.NewTicker(min(tick, f.pollEvery()))
	defer clock.Stop()
	var calls sync.WaitGroup
	defer calls.Wait()
	free := make(chan struct{}, maxAtOnce)
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-clock.C:
			for _, call := range f.dueCalls(now) {
				select {
				case <-ctx.Done():
					return
				case free <- struct{}{}:
				}
				calls.Go(func() {
					defer func() { <-free }()
					call(ctx)
				})
			}
		}
	}
}

// dueCalls are the calls whose time has come.
func (f *Fabric) dueCalls(now time.Time) []func(context.Context) {
	var calls []func(context.Context)
	for _, s := range f.due(now) {
		calls = append(calls, func(ctx context.Context) { f.runScheduled(ctx, s) })
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, j := range f.jobs {
		if j.state.ended() || j.next.After(now) {
			continue
		}
		j.next = now.Add(longestPoll) // until the call has come back
		calls = append(calls, func(ctx context.Context) { f.follow(ctx, j) })
	}
	return calls
}

// follow asks for a job's state, and says when to ask again.
func (f *Fabric) follow(ctx context.Context, j *job) {
	err := f.poll(ctx, j)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		f.failed(j, err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	j.next = time.Now().Add(f.pollEvery())
}
