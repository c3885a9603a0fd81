//go:build unix

package cli

import (
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestInitInterrupted stops init at many moments, before, while and after it writes: there is all of the tree or
// nothing, and the exit code says which.
func TestInitInterrupted(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole")
	if out, err := exec.Command("fabgen", "init", "--demo", whole).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for delay := 10 * time.Millisecond; delay < 200*time.Millisecond; delay += 15 * time.Millisecond {
		dir := t.TempDir()
		cmd := exec.Command("fabgen", "init", "--demo", filepath.Join(dir, "w"))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(delay)
		_ = cmd.Process.Signal(syscall.SIGINT) // it may have ended
		_ = cmd.Wait()
		switch code := cmd.ProcessState.ExitCode(); code {
		case exitDone:
			compareTrees(t, filepath.Join(dir, "w"), whole)
		case exitFailed, -1: // -1: the signal came before fabgen listened
			expectEmpty(t, dir)
		default:
			t.Errorf("after %v the exit code is %d", delay, code)
		}
	}
}
