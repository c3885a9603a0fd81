package supervisor_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// Whatever a process is like, nothing of it is left after it was stopped.
func TestNothingIsLeft(t *testing.T) {
	listening := func(address string, deaf bool) *script {
		return &script{Listen: address, Deaf: deaf, Stay: true, Touch: address}
	}
	for _, c := range []struct {
		name   string
		script func(grandchild *script) script
		deaf   bool // the grandchild is
		killed bool // it takes the grace time
	}{
		{name: "grandchild", script: func(g *script) script { return script{Grandchild: g, Stay: true} }},
		{name: "deaf child", script: func(g *script) script { return script{Grandchild: g, Stay: true, Deaf: true} }, killed: true},
		{name: "deaf grandchild", script: func(g *script) script { return script{Grandchild: g, Stay: true} }, deaf: true, killed: true},
		{name: "deaf grandchild that prints elsewhere", script: func(g *script) script {
			return script{Grandchild: g, Escape: true, Stay: true}
		}, deaf: true, killed: true},
		{name: "great-grandchild", script: func(g *script) script {
			return script{Grandchild: &script{Grandchild: g, Stay: true}, Stay: true}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := freeAddress(t)
			grandchild := listening(address, c.deaf)
			grandchild.Touch = filepath.Join(t.TempDir(), "up")
			p := stays("backend", c.script(grandchild))
			p.Grace = 300 * time.Millisecond
			s := run(t, supervisor.Options{}, p)
			awaitFile(t, grandchild.Touch)
			if took := s.stop(); took > 10*time.Second || c.killed && took < p.Grace {
				t.Errorf("it took %v", took)
			}
			expectFree(t, address)
		})
	}
}

// What a process leaves in its group when it ends by itself goes with it: the next one needs its port.
func TestDaemonInTheGroup(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		address := freeAddress(t)
		daemon := &script{Listen: address, Stay: true, Deaf: deaf}
		p := supervisor.Process{Name: "backend", Command: script{Grandchild: daemon, Escape: true, Exit: 1}.command()}
		s := run(t, supervisor.Options{}, p)
		s.await("backend", supervisor.Failed)
		expectFree(t, address)
		s.stop()
	}
}

// A second Ctrl-C waits for nobody's grace time.
func TestKill(t *testing.T) {
	address := freeAddress(t)
	deaf := answering("backend", address, script{Deaf: true})
	deaf.Grace = patience
	other := stays("frontend", script{Deaf: true})
	other.Grace = patience
	s := run(t, supervisor.Options{}, deaf, other)
	s.await("backend", supervisor.Ready)
	s.end()
	s.await("frontend", supervisor.Stopping)
	s.Kill()
	if took, err := s.wait(); err != nil || took > patience/2 {
		t.Errorf("%v after %v", err, took)
	}
	expectFree(t, address)
}

// Kill alone ends everything too.
func TestKillFirst(t *testing.T) {
	deaf := stays("backend", script{Deaf: true})
	deaf.Grace = patience
	s := run(t, supervisor.Options{}, deaf)
	s.await("backend", supervisor.Ready)
	s.Kill()
	if took, err := s.wait(); err != nil || took > patience/2 {
		t.Errorf("%v after %v", err, took)
	}
}

// A step that runs is interrupted with all that it started.
func TestStepIsInterrupted(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		address, up := freeAddress(t), filepath.Join(t.TempDir(), "up")
		build := script{Grandchild: &script{Listen: address, Touch: up, Stay: true, Deaf: deaf}, Stay: true}.command()
		p := stays("backend", script{})
		p.Prepare = &supervisor.Step{Name: "build", Run: build.Run}
		s := run(t, supervisor.Options{}, p)
		awaitFile(t, up)
		if took := s.stop(); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		expectFree(t, address)
		for _, state := range s.rest() {
			if state != "backend preparing" {
				t.Errorf("an interrupted step is told as %s", state)
			}
		}
	}
}

// A Ready that hangs holds nothing up.
func TestReadyThatHangs(t *testing.T) {
	asked := make(chan struct{}, 100)
	p := stays("backend", script{})
	p.Ready = func(ctx context.Context) error {
		asked <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}
	s := run(t, supervisor.Options{}, p)
	<-asked
	if took := s.stop(); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}
