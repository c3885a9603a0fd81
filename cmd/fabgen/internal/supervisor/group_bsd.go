//go:build unix && !linux

package supervisor

import (
	"os/exec"
	"syscall"
)

// inGroup has a command begin a group.
func inGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// allDead is not known here: the first process waits for all.
func (group) allDead() bool { return false }
