package supervisor_test

import (
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// Where fabgen itself is killed, which it cannot notice, what it started goes too.
func TestKilledSupervisor(t *testing.T) {
	dir := t.TempDir()
	address, up := freeAddress(t), filepath.Join(dir, "up")
	c := script{Supervise: &script{Listen: address, Touch: up, Stay: true, Deaf: true}}.command()
	cmd := exec.Command(c.Args[0])
	cmd.Env = c.Env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
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
