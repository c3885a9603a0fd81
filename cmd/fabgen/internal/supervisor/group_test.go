package supervisor_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// stays is a process that runs until it is stopped.
func stays(name string, s script) supervisor.Process {
	s.Stay = true
	return supervisor.Process{Name: name, Command: s.command()}
}

// answering is a process that answers at an address.
func answering(name, address string, s script) supervisor.Process {
	s.Listen = address
	p := stays(name, s)
	p.URL = "http://" + address
	p.Ready = supervisor.AnswersOK(p.URL)
	return p
}

// steps is a Step that does what it is told to, once for each word.
func steps(name string, results <-chan error) *supervisor.Step {
	return &supervisor.Step{Name: name, Run: func(ctx context.Context, out io.Writer) error {
		select {
		case err := <-results:
			if err != nil {
				io.WriteString(out, "what is wrong")
			}
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

func TestProcessesRunTogetherAndEndInReverse(t *testing.T) {
	one, two := freeAddress(t), freeAddress(t)
	s := run(t, supervisor.Options{},
		answering("backend", one, script{Print: []string{"hello"}}), answering("frontend", two, script{}))
	for range 2 {
		e := <-s.events
		for e.State != supervisor.Ready {
			e = <-s.events
		}
		expectHas(t, e.String(), "ready at http://127.0.0.1:")
	}
	s.stop()
	want := []string{"frontend stopping", "frontend stopped", "backend stopping", "backend stopped"}
	if got := s.rest(); !slices.Equal(got, want) {
		t.Errorf("they end as %q, want %q", got, want)
	}
	expectHas(t, s.log.String(), "backend  │ hello\n")
	expectFree(t, one)
	expectFree(t, two)
}

// Each is prepared while the other is, as the first waits for the second.
func TestStepsRunAtTheSameTime(t *testing.T) {
	meet := make(chan error)
	one, two := stays("one", script{}), stays("two", script{})
	one.Prepare = steps("wait", meet)
	two.Prepare = &supervisor.Step{Name: "go on", Run: func(ctx context.Context, _ io.Writer) error {
		select {
		case meet <- nil:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
	s := run(t, supervisor.Options{}, one, two)
	s.await("one", supervisor.Prepared)
	s.stop()
}

func TestUnneededStepIsNotTold(t *testing.T) {
	p := stays("one", script{})
	p.Prepare = steps("never", nil)
	p.Prepare.Needed = func() (bool, error) { return false, nil }
	s := run(t, supervisor.Options{}, p)
	if e := <-s.events; e.State != supervisor.Starting {
		t.Errorf("the first event is %v", e)
	}
	s.await("one", supervisor.Ready)
	s.stop()
}

// A change starts a new process where that can be built, and leaves the one of before where not.
func TestRestart(t *testing.T) {
	address, results := freeAddress(t), make(chan error)
	p := answering("backend", address, script{})
	p.Prepare = steps("go build", results)
	s := run(t, supervisor.Options{}, p)

	results <- errors.New("exit status 1")
	e := s.await("backend", supervisor.Unprepared)
	expectHas(t, e.String(), "go build failed: exit status 1", "next change")
	if !slices.Equal(e.Tail, []string{"what is wrong"}) {
		t.Errorf("the tail is %q", e.Tail)
	}
	expectFree(t, address)

	s.Restart("backend")
	results <- nil
	first := s.await("backend", supervisor.Starting).PID
	s.await("backend", supervisor.Ready)

	s.Restart("backend")
	results <- errors.New("exit status 1")
	s.await("backend", supervisor.Unprepared)
	if err := p.Ready(t.Context()); err != nil {
		t.Errorf("the process of before does not run on: %v", err)
	}
	time.Sleep(10 * quick) // for a Ready that must not come again

	s.Restart("backend")
	results <- nil
	s.await("backend", supervisor.Restarting)
	if second := s.await("backend", supervisor.Starting).PID; second == first {
		t.Error("the process is the same")
	}
	s.await("backend", supervisor.Ready)
	if n := s.count(supervisor.Ready); n != 2 {
		t.Errorf("two processes got ready, and %d are told of", n)
	}
	s.stop()
	expectFree(t, address)
	if s.Restart("nobody") {
		t.Error("a process that there is not restarts")
	}
}

// What changes while a step runs has it run again, and what it made before is not started.
func TestChangeWhilePreparing(t *testing.T) {
	results, begun := make(chan error), make(chan struct{})
	p := stays("backend", script{})
	step := steps("go build", results)
	p.Prepare = &supervisor.Step{Name: "go build", Run: func(ctx context.Context, out io.Writer) error {
		begun <- struct{}{}
		return step.Run(ctx, out)
	}}
	s := run(t, supervisor.Options{}, p)
	<-begun
	for range 3 {
		s.Restart("backend")
	}
	results <- nil
	<-begun // once more, for all three
	results <- nil
	s.await("backend", supervisor.Ready)
	var states []supervisor.State
	for _, e := range s.told {
		states = append(states, e.State)
	}
	want := []supervisor.State{supervisor.Preparing, supervisor.Prepared, supervisor.Preparing, supervisor.Prepared,
		supervisor.Starting, supervisor.Ready}
	if !reflect.DeepEqual(states, want) {
		t.Errorf("the states are %q, want %q", states, want)
	}
	s.stop()
}

// A process that ends is told with its last words and its status, and starts again after a change.
func TestProcessThatEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		exit int
		says string
	}{
		{"well", 0, "it ended by itself: exit status 0"},
		{"badly", 7, "it ended by itself: exit status 7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := supervisor.Process{Name: "backend", Command: script{Print: []string{"one", "two"}, Exit: c.exit}.command()}
			p.Ready = func(context.Context) error { return errors.New("never") }
			s := run(t, supervisor.Options{}, p)
			for range 2 {
				e := s.await("backend", supervisor.Failed)
				expectHas(t, e.String(), c.says)
				if !errors.Is(e.Err, supervisor.ErrEnded) || !slices.Equal(e.Tail, []string{"one", "two"}) {
					t.Errorf("%v %q", e.Err, e.Tail)
				}
				s.Restart("backend")
			}
			s.stop()
		})
	}
}

func TestProgramThatIsNotThere(t *testing.T) {
	s := run(t, supervisor.Options{}, supervisor.Process{Name: "x", Command: supervisor.Command{Args: []string{"no-such-program"}}})
	expectHas(t, s.await("x", supervisor.Failed).String(), "starting no-such-program: ", "not found")
	s.stop()
}

// A process that is slow to answer is told of once, and asked on.
func TestLate(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready")
	p := answering("backend", freeAddress(t), script{Ready: ready})
	p.ReadyTimeout = 300 * time.Millisecond
	s := run(t, supervisor.Options{}, p)
	if e := s.await("backend", supervisor.Late); !errors.Is(e.Err, supervisor.ErrNotReady) {
		t.Errorf("late: %v", e.Err)
	}
	if err := os.WriteFile(ready, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.await("backend", supervisor.Ready)
	s.stop()
}

// With FailFast, whatever fails ends everything, and is what Run gives.
func TestFailFast(t *testing.T) {
	never := func(context.Context) error { return errors.New("never") }
	failing := &supervisor.Step{Name: "go build", Run: func(context.Context, io.Writer) error { return errors.New("broken") }}
	for name, p := range map[string]supervisor.Process{
		"broken":                       {Name: "one", Prepare: failing, Command: script{}.command()},
		supervisor.ErrEnded.Error():    {Name: "one", Command: script{Exit: 1}.command(), Ready: never},
		supervisor.ErrNotReady.Error(): {Name: "one", Command: script{Stay: true}.command(), Ready: never, ReadyTimeout: time.Millisecond},
		"starting no-such-program:":    {Name: "one", Command: supervisor.Command{Args: []string{"no-such-program"}}},
	} {
		address := freeAddress(t)
		s := run(t, supervisor.Options{FailFast: true}, answering("two", address, script{}), p)
		_, err := s.wait()
		if err == nil || !strings.HasPrefix(err.Error(), "one: "+name) {
			t.Errorf("Run: %v, want %s", err, name)
		}
		expectFree(t, address)
	}
}

func TestWrongProcesses(t *testing.T) {
	log := supervisor.NewLog(io.Discard, supervisor.LogOptions{})
	one := stays("one", script{})
	for want, processes := range map[string][]supervisor.Process{
		"a process has no name":          {{}},
		"the process one has no program": {{Name: "one"}},
		"two processes are named one":    {one, one},
	} {
		if _, err := supervisor.NewGroup(supervisor.Options{Log: log}, processes...); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A Group whose time is over before it begins starts nothing.
func TestOverBeforeItBegins(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	log, told := supervisor.NewLog(io.Discard, supervisor.LogOptions{}), atomic.Int32{}
	g, err := supervisor.NewGroup(supervisor.Options{Log: log, OnEvent: func(supervisor.Event) { told.Add(1) }}, stays("one", script{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Run(ctx); err != nil || told.Load() > 0 {
		t.Errorf("%v, %d events", err, told.Load())
	}
}
