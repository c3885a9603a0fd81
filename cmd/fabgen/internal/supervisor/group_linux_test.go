package supervisor_test

import (
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
