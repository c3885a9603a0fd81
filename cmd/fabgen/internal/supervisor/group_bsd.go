//go:build unix && !linux

package supervisor

import (
	"os/exec"
	"syscall"
)

// inGroup has a command begin a group.
func inGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
