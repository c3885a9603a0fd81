//go:build unix

package supervisor_test

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
	"github.com/fabgen/fabgen/internal/testenv"
)

// supervise starts a program that runs a script as fabgen does, by another one where that is named, and gives the states
// that it tells of, line by line.
func supervise(t *testing.T, s script, by ...string) (cmd *exec.Cmd, states <-chan string) {
	t.Helper()
	c := script{Supervise: &s}.command()
	args := append(by, c.Args[0])
	cmd = exec.Command(args[0], args[1:]...)
	cmd.Env = c.Env
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd, lines
}

func awaitState(t *testing.T, states <-chan string, want supervisor.State) {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case state, more := <-states:
			if state == string(want) {
				return
			}
			if !more {
				t.Fatalf("it ended before it was %s", want)
			}
		case <-timeout:
			t.Fatalf("it is not %s", want)
		}
	}
}

// The first signal stops what runs, the second one kills what does not stop.
func TestSignals(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		address, up := freeAddress(t), filepath.Join(t.TempDir(), "up")
		cmd, states := supervise(t, script{Listen: address, Touch: up, Stay: true, Deaf: deaf})
		awaitFile(t, up)
		send := func(s syscall.Signal) {
			if err := cmd.Process.Signal(s); err != nil {
				t.Error(err)
			}
		}
		send(syscall.SIGINT)
		awaitState(t, states, supervisor.Stopping)
		begin := time.Now()
		if deaf {
			send(syscall.SIGTERM)
		}
		awaitState(t, states, supervisor.Stopped)
		if err := cmd.Wait(); err != nil {
			t.Errorf("it ends as %v", err)
		}
		if took := time.Since(begin); took > patience/2 {
			t.Errorf("it took %v", took)
		}
		expectFree(t, address)
	}
}

// What nohup has started outlives its terminal.
func TestNohup(t *testing.T) {
	testenv.Tool(t, "nohup")
	address, up := freeAddress(t), filepath.Join(t.TempDir(), "up")
	cmd, states := supervise(t, script{Listen: address, Touch: up, Stay: true}, "nohup")
	awaitFile(t, up)
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT} {
		if err := cmd.Process.Signal(s); err != nil {
			t.Error(err)
		}
		if s == syscall.SIGHUP {
			expectStays(t, states)
		}
	}
	awaitState(t, states, supervisor.Stopped)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends as %v", err)
	}
}

// expectStays wants no end to be told of for a moment.
func expectStays(t *testing.T, states <-chan string) {
	t.Helper()
	moment := time.After(300 * time.Millisecond)
	for {
		select {
		case state := <-states:
			if state == string(supervisor.Stopping) {
				t.Error("it stops")
				return
			}
		case <-moment:
			return
		}
	}
}
