package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Bounds on how a process ends.
const (
	stepGrace  = 2 * time.Second       // for a step that is interrupted
	orphans    = 2 * time.Second       // for what a process leaves in its group
	killed     = 2 * time.Second       // for the system to end what was killed
	waitOutput = time.Second           // for output that somebody outside of the group keeps open
	pollGroup  = 20 * time.Millisecond // between two looks whether a group is empty
)

// Command is a program to run. It has no standard input.
type Command struct {
	Args []string // the program, as exec.LookPath finds it, and its arguments
	Dir  string   // its folder; that of this process where it is empty
	Env  []string // its whole environment, see Environ; that of this process where it is nil
	// Yields gives it, and all that it starts, less of the processors where others want them too.
	Yields bool
}

// Run runs a program to its end. When ctx ends, the program and all that it started are interrupted, and killed where
// that takes more than two seconds, or at once where the step belongs to a Group that is killed. What it prints goes to
// out.
func (c Command) Run(ctx context.Context, out io.Writer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	child, err := startChild(c, out)
	if err != nil {
		return err
	}
	select {
	case <-child.done:
		return child.err
	case <-ctx.Done():
		return errors.Join(ctx.Err(), child.stop(interrupt, stepGrace, killOf(ctx)))
	}
}

// killKey is the key of the channel that closes when a Group is killed.
type killKey struct{}

func withKill(ctx context.Context, kill <-chan struct{}) context.Context {
	return context.WithValue(ctx, killKey{}, kill)
}

// killOf is nil where nobody kills.
func killOf(ctx context.Context) <-chan struct{} {
	kill, _ := ctx.Value(killKey{}).(<-chan struct{})
	return kill
}

// child is a process that runs, with all that it starts: they are a group.
type child struct {
	cmd   *exec.Cmd
	mu    sync.Mutex
	group group
	left  bool          // the group may be somebody else's by now
	done  chan struct{} // closed when the process has ended and its group is empty
	err   error         // how it ended; nil where it ended well. For those who have seen done close
}

// startChild starts a program in a group of its own, so that a Ctrl-C in the terminal reaches fabgen alone.
func startChild(c Command, out io.Writer) (*child, error) {
	cmd := exec.Command(c.Args[0], c.Args[1:]...)
	cmd.Dir, cmd.Env = c.Dir, c.Env
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = waitOutput
	inGroup(cmd)
	p := &child{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go p.live(started, c.Yields)
	if err := <-started; err != nil {
		return nil, notStarted(c, err)
	}
	return p, nil
}

// live is the whole life of a child. It keeps its thread: Linux ends a child with the thread that started it.
func (p *child) live(started chan<- error, yields bool) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	if err == nil {
		p.group = groupOf(p.cmd.Process)
		if yields {
			p.group.yield()
		}
	}
	started <- err
	if err != nil {
		return
	}
	err = p.cmd.Wait()
	if !errors.Is(err, exec.ErrWaitDelay) { // somebody outlived it, whose output is nobody's
		p.err = err
	}
	p.sweep()
	p.leave()
}

// sweep ends what a process that has ended left in its group, so that its ports are free.
func (p *child) sweep() {
	if !p.group.empty() {
		p.group.signal(terminate)
		p.emptied(orphans)
	}
	p.group.signal(syscall.SIGKILL)
	p.emptied(killed)
}

// emptied waits for the group to be empty, for a time at most.
func (p *child) emptied(most time.Duration) {
	end := time.Now().Add(most)
	for !p.group.empty() && time.Now().Before(end) {
		time.Sleep(pollGroup)
	}
}

// Signals that ask for an end. The go command cleans up after an interrupt alone.
const (
	interrupt = syscall.SIGINT
	terminate = syscall.SIGTERM
)

// stop asks the group to end, and kills it after a grace time or when kill closes. It returns when all is gone.
func (p *child) stop(ask syscall.Signal, grace time.Duration, kill <-chan struct{}) error {
	p.signal(ask)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
		return nil
	case <-timer.C:
	case <-kill:
	}
	p.signal(syscall.SIGKILL)
	select {
	case <-p.done:
		return nil
	case <-time.After(2 * killed):
		return fmt.Errorf("process %d was killed and does not end; see what it waits for, and end it by hand", p.cmd.Process.Pid)
	}
}

// signal signals the group while it is this child's.
func (p *child) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.left {
		p.group.signal(s)
	}
}

func (p *child) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = true
	p.group.close()
	close(p.done)
}
