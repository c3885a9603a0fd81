package workload

import (
	"context"
	"errors"
	"sync"
)

var (
	errBusy      = errors.New("workload: as many jobs wait as may")
	errStopping  = errors.New("workload: the server is stopping")
	errCancelled = errors.New("workload: the job was cancelled")
)

// runner runs jobs on a bounded number of workers; a bounded number waits for one.
type runner struct {
	workers chan struct{}
	limit   int // jobs that run or wait

	mu      sync.Mutex
	stopped bool
	count   int
	cancels map[JobKey]context.CancelCauseFunc
	jobs    sync.WaitGroup
}

func newRunner(workers, waiting int) *runner {
	return &runner{
		workers: make(chan struct{}, workers),
		limit:   workers + waiting,
		cancels: map[JobKey]context.CancelCauseFunc{},
	}
}

// reserve takes a place for a job that start or release must follow for.
func (r *runner) reserve() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return errStopping
	}
	if r.count >= r.limit {
		return errBusy
	}
	r.count++
	r.jobs.Add(1)
	return nil
}

func (r *runner) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count--
	r.jobs.Done()
}

// start runs the job in a place that was reserved, once a worker is free. It keeps ctx's values and not its end; run
// sees a context that cancel and stop end, perhaps before run begins.
func (r *runner) start(ctx context.Context, key JobKey, run func(context.Context)) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	r.mu.Lock()
	r.cancels[key] = cancel
	r.mu.Unlock()
	go func() {
		defer r.release()
		defer r.forget(key)
		select {
		case r.workers <- struct{}{}:
			defer func() { <-r.workers }()
		case <-ctx.Done():
		}
		run(ctx)
	}()
}

func (r *runner) forget(key JobKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.cancels[key]; cancel != nil {
		cancel(nil)
		delete(r.cancels, key)
	}
}

// keys gives the jobs that are here.
func (r *runner) keys() map[JobKey]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys := make(map[JobKey]bool, len(r.cancels))
	for key := range r.cancels {
		keys[key] = true
	}
	return keys
}

// cancel ends a job's context, if the job is here.
func (r *runner) cancel(key JobKey, cause error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.cancels[key]; cancel != nil {
		cancel(cause)
	}
}

// stop takes no further job and waits for those that are here. When ctx ends first, they are cancelled, and grace
// says how long they are still waited for.
func (r *runner) stop(ctx, grace context.Context) error {
	r.mu.Lock()
	r.stopped = true
	r.mu.Unlock()
	done := make(chan struct{})
	go func() { r.jobs.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	r.cancelAll(errStopping)
	select {
	case <-done:
		return ctx.Err()
	case <-grace.Done():
		return errors.New("workload: jobs were still running when the server stopped, which ends them")
	}
}

func (r *runner) cancelAll(cause error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, cancel := range r.cancels {
		cancel(cause)
	}
}
