package supervisor

import (
	"context"
	"fmt"
	"time"
)

// runner is a process and what it does over time. All but restart belongs to the goroutine of run.
type runner struct {
	Process
	out     *LogWriter // of the process
	built   *LogWriter // of its Step, while the process of before prints on
	tell    func(Event)
	kill    <-chan struct{}
	changed chan struct{} // holds one word while there is a change that no Step has seen
	child   *child        // nil where none runs
	since   time.Time     // when the child started
	ready   bool          // the child has answered
}

// restart has the process prepared and started again. It waits for nothing.
func (r *runner) restart() {
	select {
	case r.changed <- struct{}{}:
	default: // there is one already
	}
}

// run prepares and starts the process, again after each change, until ctx ends. Nothing of it is left then.
func (r *runner) run(ctx context.Context) {
	defer r.end()
	for {
		// A change meanwhile makes what was prepared an old thing, that is not worth starting.
		if r.prepare(ctx) && len(r.changed) == 0 && ctx.Err() == nil {
			r.replace(ctx)
		}
		if !r.watch(ctx) {
			return
		}
	}
}

// prepare runs the Step where it is needed, and says whether the process can start.
func (r *runner) prepare(ctx context.Context) bool {
	if r.Prepare == nil || ctx.Err() != nil {
		return ctx.Err() == nil
	}
	r.built.forget()
	begin := time.Now()
	needed, err := r.Prepare.needed()
	if needed {
		r.say(Event{State: Preparing, Step: r.Prepare.Name})
		err = r.Prepare.Run(withKill(ctx, r.kill), r.built)
		r.built.Flush()
	}
	switch e := (Event{Step: r.Prepare.Name, Took: time.Since(begin), Err: err}); {
	case ctx.Err() != nil:
		return false
	case err != nil:
		e.State, e.Tail = Unprepared, r.built.Tail()
		r.say(e)
	case needed:
		e.State = Prepared
		r.say(e)
	}
	return err == nil
}

// replace stops the process of before and starts the new one.
func (r *runner) replace(ctx context.Context) {
	if r.child != nil {
		r.say(Event{State: Restarting})
		if err := r.stop(); err != nil {
			r.say(Event{State: Stopped, Err: err})
		}
	}
	if ctx.Err() != nil {
		return
	}
	r.out.forget()
	child, err := startChild(r.Command, r.out)
	if err != nil {
		r.say(Event{State: Failed, Err: err})
		return
	}
	r.child, r.since, r.ready = child, time.Now(), false
	r.say(Event{State: Starting, PID: child.cmd.Process.Pid})
}

// watch tells what becomes of the child until there is a change, or, with false, until ctx ends.
func (r *runner) watch(ctx context.Context) bool {
	answers, late, done := r.ask(ctx)
	defer done()
	problem := ErrNotReady
	for {
		select {
		case <-ctx.Done():
			return false
		case <-r.changed:
			return true
		case <-r.ended():
			r.lost()
			done()
			late = nil
		case err, asked := <-answers:
			switch {
			case !asked:
				answers = nil
			case err != nil:
				problem = fmt.Errorf("%w: %w", ErrNotReady, err)
			case r.alive(): // otherwise somebody else answers
				r.ready, late = true, nil
				r.say(Event{State: Ready, URL: r.URL, Took: time.Since(r.since)})
			}
		case <-late:
			r.say(Event{State: Late, Err: problem, Took: time.Since(r.since)})
		}
	}
}

// ended closes when the child has ended by itself. Without one it never does.
func (r *runner) ended() <-chan struct{} {
	if r.child == nil {
		return nil
	}
	return r.child.done
}

func (r *runner) alive() bool {
	if r.child == nil {
		return false
	}
	select {
	case <-r.child.done:
		return false
	default:
		return true
	}
}

// ask asks a child that has not answered yet whether it is ready. answers has what it says, nil last, and closes after
// that; late tells once when that takes too long. done ends it, and can be called again.
func (r *runner) ask(ctx context.Context) (answers <-chan error, late <-chan time.Time, done func()) {
	if r.child == nil || r.ready {
		return nil, nil, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	said := make(chan error)
	go func() {
		defer close(said)
		for ctx.Err() == nil {
			err := r.askOnce(ctx)
			select {
			case said <- err:
			case <-ctx.Done():
			}
			if err == nil {
				return
			}
			select {
			case <-time.After(readyInterval):
			case <-ctx.Done():
			}
		}
	}()
	return said, time.After(r.readyTimeout()), func() {
		cancel()
		for range said { // until it has ended
			continue
		}
	}
}

func (r *runner) askOnce(ctx context.Context) error {
	if r.Ready == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	return r.Ready(ctx)
}

// lost tells of a child that ended by itself.
func (r *runner) lost() {
	r.out.Flush()
	err := fmt.Errorf("%w: exit status 0", ErrEnded)
	if r.child.err != nil {
		err = fmt.Errorf("%w: %w", ErrEnded, r.child.err)
	}
	r.child = nil
	r.say(Event{State: Failed, Err: err, Tail: r.out.Tail()})
}

// stop stops the child.
func (r *runner) stop() error {
	err := r.child.stop(terminate, r.grace(), r.kill)
	r.out.Flush()
	r.child = nil
	return err
}

// end is the last of run.
func (r *runner) end() {
	if r.child != nil {
		r.say(Event{State: Stopping})
		r.say(Event{State: Stopped, Err: r.stop()})
	}
}

func (r *runner) say(e Event) {
	e.Process = r.Name
	r.tell(e)
}
