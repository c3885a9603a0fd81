package supervisor

import (
	"os/exec"
	"syscall"
)

// inGroup has a command begin a group, and end when fabgen is killed.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
