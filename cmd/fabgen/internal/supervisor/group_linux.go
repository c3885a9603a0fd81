package supervisor

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// inGroup has a command begin a group, and end when fabgen is killed.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// allDead says whether all processes of the group have ended, by proc_pid_stat(5).
func (g group) allDead() bool {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	return err == nil && len(files) > 0 && !slices.ContainsFunc(files, g.livesAs)
}

// livesAs says whether a file of /proc is that of a process of the group that lives.
func (g group) livesAs(file string) bool {
	data, err := os.ReadFile(file)
	if err != nil {
		return false // it went meanwhile
	}
	name := strings.LastIndexByte(string(data), ')') // which may hold anything
	fields := strings.Fields(string(data[name+1:]))
	return len(fields) > 2 && fields[2] == strconv.Itoa(int(g)) && fields[0] != "Z" && fields[0] != "X"
}
