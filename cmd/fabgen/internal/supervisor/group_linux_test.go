package supervisor_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// Where fabgen itself is killed, which it cannot notice, what it started goes too.
func TestKilledSupervisor(t *testing.T) {
	address, up := freeAddress(t), filepath.Join(t.TempDir(), "up")
	cmd, _ := supervise(t, script{Listen: address, Touch: up, Stay: true, Deaf: true})
	awaitFile(t, up)
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	ask := supervisor.AnswersOK("http://" + address)
	for end := time.Now().Add(patience); ask(t.Context()) == nil; time.Sleep(quick) {
		if time.Now().After(end) {
			t.Fatal("its process answers on")
		}
	}
}

// The dead that nobody waits for keep nothing from being over.
func TestGroupOfTheDead(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = script{}.command().Env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, in) // until it has ended, but nobody waited for it
	for end := time.Now().Add(patience); !supervisor.GroupIsEmpty(cmd.Process.Pid); time.Sleep(quick) {
		if time.Now().After(end) {
			t.Error("the dead are taken for the living")
			break
		}
	}
	if supervisor.GroupIsEmpty(syscall.Getpgrp()) {
		t.Error("this process is taken for dead")
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// What yields is nice, and so is what it starts.
func TestYields(t *testing.T) {
	for _, yields := range []bool{false, true} {
		var said bytes.Buffer
		c := supervisor.Command{Args: []string{"sh", "-c", "sleep 0.2; nice; sh -c nice"}, Yields: yields}
		if err := c.Run(t.Context(), &said); err != nil || (said.String() == "10\n10\n") != yields {
			t.Errorf("yields %t: %v: %q", yields, err, said.String())
		}
	}
}
