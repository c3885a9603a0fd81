package supervisor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// childVariable holds what this program does in place of its tests, where it is one of the processes that they run.
const childVariable = "SUPERVISOR_TEST_CHILD"

// patience bounds every wait of a test.
const patience = 30 * time.Second

// No test leaves a goroutine behind.
func TestMain(m *testing.M) {
	if do := os.Getenv(childVariable); do != "" {
		var script script
		if err := json.Unmarshal([]byte(do), &script); err != nil {
			panic(err)
		}
		os.Exit(script.run())
	}
	// Where coverage is measured, each child writes its own.
	coverage, err := os.MkdirTemp("", "supervisor")
	if err != nil {
		panic(err)
	}
	os.Setenv("GOCOVERDIR", coverage)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(coverage)
		os.Exit(code)
	}))
}

// script is what a child does, in this order.
type script struct {
	Print      []string // lines on standard output
	Grandchild *script  // a process that it starts, in its own group
	Escape     bool     // the grandchild prints elsewhere
	Supervise  *script  // a process that it runs as fabgen does
	Touch      string   // a file that it makes
	Listen     string   // an address that it answers at with 200, once Ready is there
	Ready      string   // a file
	Deaf       bool     // it does not end when it is asked to
	Exit       int      // how it ends, where it does not Stay
	Stay       bool
}

func (s script) command() supervisor.Command {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	set := map[string]string{childVariable: string(data), "GORACE": "atexit_sleep_ms=0"}
	return supervisor.Command{Args: []string{os.Args[0]}, Env: supervisor.Environ(os.Environ(), set)}
}

func (s script) run() int {
	asked := make(chan os.Signal, 8)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	for _, line := range s.Print {
		fmt.Println(line)
	}
	if s.Grandchild != nil {
		c := s.Grandchild.command()
		cmd := exec.Command(c.Args[0])
		cmd.Env = c.Env
		if !s.Escape {
			cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		}
		if err := cmd.Start(); err != nil {
			panic(err)
		}
		defer cmd.Process.Release()
	}
	if s.Supervise != nil {
		s.Supervise.supervise()
	}
	if s.Listen != "" {
		s.serve()
	}
	if s.Touch != "" {
		if err := os.WriteFile(s.Touch, nil, 0o600); err != nil {
			panic(err)
		}
	}
	for s.Stay {
		if <-asked; !s.Deaf {
			return 0
		}
	}
	return s.Exit
}

// supervise runs the script as fabgen runs a process, and prints its events.
func (s script) supervise() {
	signal.Reset()
	log := supervisor.NewLog(os.Stdout, supervisor.LogOptions{})
	tell := func(e supervisor.Event) { fmt.Println(e.State) }
	g, err := supervisor.NewGroup(
		supervisor.Options{Log: log, OnEvent: tell, Signals: []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}},
		supervisor.Process{Name: "x", Command: s.command(), Grace: patience})
	if err != nil {
		panic(err)
	}
	if err := g.Run(context.Background()); err != nil {
		panic(err)
	}
}

func (s script) serve() {
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if _, err := os.Stat(s.Ready); s.Ready != "" && err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
}

// buffer is a log that is read while it is written.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// stage is a Group that runs, what it printed and its events.
type stage struct {
	*supervisor.Group
	t      *testing.T
	log    *buffer
	events chan supervisor.Event
	told   []supervisor.Event
	end    context.CancelFunc
	ended  chan error
}

func run(t *testing.T, o supervisor.Options, processes ...supervisor.Process) *stage {
	t.Helper()
	s := &stage{t: t, log: &buffer{}, events: make(chan supervisor.Event, 1000), ended: make(chan error, 1)}
	o.Log = supervisor.NewLog(s.log, supervisor.LogOptions{})
	o.OnEvent = func(e supervisor.Event) { s.events <- e }
	var err error
	if s.Group, err = supervisor.NewGroup(o, processes...); err != nil {
		t.Fatal(err)
	}
	var ctx context.Context
	ctx, s.end = context.WithCancel(context.Background())
	go func() { s.ended <- s.Run(ctx) }()
	t.Cleanup(func() { s.end(); s.Kill(); s.wait() })
	return s
}

// await gives the next event of a state of a process, of those that were not awaited yet.
func (s *stage) await(process string, state supervisor.State) supervisor.Event {
	s.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case e := <-s.events:
			s.told = append(s.told, e)
			if e.Process == process && e.State == state {
				return e
			}
		case <-timeout:
			s.t.Fatalf("no event says that %s is %s: %v\n%s", process, state, s.told, s.log)
		}
	}
}

// count is how many of the events that were awaited are of a state.
func (s *stage) count(state supervisor.State) (n int) {
	for _, e := range s.told {
		if e.State == state {
			n++
		}
	}
	return n
}

// wait gives how long Run takes to return, and what it gives.
func (s *stage) wait() (took time.Duration, err error) {
	s.t.Helper()
	begin := time.Now()
	select {
	case err = <-s.ended:
		s.ended <- err
	case <-time.After(patience):
		s.t.Fatalf("Run does not return: %v\n%s", s.told, s.log)
	}
	return time.Since(begin), err
}

// stop ends the Group as Ctrl-C does.
func (s *stage) stop() time.Duration {
	s.t.Helper()
	s.end()
	took, err := s.wait()
	if err != nil {
		s.t.Errorf("Run: %v", err)
	}
	return took
}

// rest are the states of the events that were not awaited yet, as "process state".
func (s *stage) rest() []string {
	var out []string
	for {
		select {
		case e := <-s.events:
			out = append(out, e.Process+" "+string(e.State))
		default:
			return out
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	var ports supervisor.Ports
	port, _, err := ports.Free("test", 0)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// expectFree wants nobody to listen at an address.
func expectFree(t *testing.T, address string) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Errorf("its port is not free: %v", err)
		return
	}
	listener.Close()
}

// awaitFile waits for a file that a child makes.
func awaitFile(t *testing.T, path string) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is not made", filepath.Base(path))
		}
	}
}

func expectHas(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("there is no %q in:\n%s", part, text)
		}
	}
}
