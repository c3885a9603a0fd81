// Package supervisor runs the programs of a workload on this machine while somebody works on it: it prepares and starts
// them, starts them again after changes, shows what they print as one log, and leaves nothing behind. Everything of it
// listens on loopback alone.
package supervisor

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
)

// Options say how a Group runs.
type Options struct {
	// Log takes what the processes print. Required.
	Log *Log
	// OnEvent is told of each event, one after the other. It must not wait for the Group, but may call Restart and Kill.
	OnEvent func(Event)
	// FailFast ends everything at the first event with an error, as where nobody is there to correct it.
	FailFast bool
	// Signals end Run as the end of its ctx does where one comes, and kill what runs where a second one comes. Without
	// them none is noticed. SIGHUP is not where fabgen was started to ignore it, as nohup does.
	Signals []os.Signal
}

// Group is several processes that run together.
type Group struct {
	options Options
	runners []*runner
	telling sync.Mutex // an event is told

	kill    context.Context
	killNow context.CancelFunc
	fail    chan error // holds the first error where that ends everything
}

// NewGroup gives a Group that runs the processes once Run is called.
func NewGroup(o Options, processes ...Process) (*Group, error) {
	g := &Group{options: o, fail: make(chan error, 1)}
	g.kill, g.killNow = context.WithCancel(context.Background())
	for _, p := range processes {
		if err := p.check(); err != nil {
			return nil, err
		}
		if g.find(p.Name) != nil {
			return nil, fmt.Errorf("two processes are named %s", p.Name)
		}
		g.runners = append(g.runners, &runner{
			Process: p, out: o.Log.Writer(p.Name), built: o.Log.Writer(p.Name),
			tell: g.tell, kill: g.kill.Done(), changed: make(chan struct{}, 1),
		})
	}
	return g, nil
}

func (g *Group) find(name string) *runner {
	for _, r := range g.runners {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// Run prepares all processes at the same time and starts each when it is prepared. When ctx ends, or the Group is killed,
// it stops them, the last first, and returns when they and all that they started are gone: nil, or the error that ended
// it with Options.FailFast. It takes at most the sum of their grace times, and five seconds more for each that the system
// is slow to end. Call it once.
//
// A process that ends by itself, or cannot be prepared, is told of and waits for Restart: what made it fail is likely to
// do so again until something changes. One that leaves its process group on purpose is not followed.
func (g *Group) Run(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer g.heed(stop)()
	var running []running
	for _, r := range g.runners {
		running = append(running, start(ctx, r))
	}
	var err error
	select {
	case <-ctx.Done():
	case <-g.kill.Done():
	case err = <-g.fail:
	}
	together := context.AfterFunc(g.kill, func() {
		for _, r := range running {
			r.stop()
		}
	})
	defer together()
	for _, r := range slices.Backward(running) {
		r.stop()
		<-r.done
	}
	return err
}

// heed acts on Signals until done is called.
func (g *Group) heed(stop func()) (done func()) {
	heeded := slices.DeleteFunc(slices.Clone(g.options.Signals), func(s os.Signal) bool {
		return s == syscall.SIGHUP && signal.Ignored(s)
	})
	if len(heeded) == 0 {
		return func() {}
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, heeded...)
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for _, act := range []func(){stop, g.Kill} {
			select {
			case <-signals:
				act()
			case <-quit:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(quit)
		<-gone
	}
}

// running is a runner in a goroutine of its own.
type running struct {
	stop context.CancelFunc
	done <-chan struct{}
}

// start starts a runner that stops by itself alone, so that the Group sets the order.
func start(ctx context.Context, r *runner) running {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer stop()
		r.run(ctx)
	}()
	return running{stop, done}
}

// Restart has a process prepared and started again, and says whether there is one of that name. It waits for nothing.
// While the process is prepared, what runs goes on; where that fails, it stays. Several calls meanwhile count as one.
func (g *Group) Restart(name string) bool {
	r := g.find(name)
	if r == nil {
		return false
	}
	r.restart()
	return true
}

// Kill ends Run at once: what runs is killed, without its grace time. It waits for nothing, and can be called again.
func (g *Group) Kill() { g.killNow() }

func (g *Group) tell(e Event) {
	g.telling.Lock()
	defer g.telling.Unlock()
	e.Ends = g.options.FailFast && e.Err != nil
	if g.options.OnEvent != nil {
		g.options.OnEvent(e)
	}
	if e.Ends {
		select {
		case g.fail <- fmt.Errorf("%s: %w", e.Process, e.Err):
		default: // the first one counts
		}
	}
}
