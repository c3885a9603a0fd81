package supervisor

import (
	"os"
	"os/exec"
	"syscall"
)

// Of kernel32.dll, by its documentation: job objects hold a process and all that it starts.
var (
	kernel32                 = syscall.NewLazyDLL("kernel32.dll")
	createJobObject          = kernel32.NewProc("CreateJobObjectW")
	assignProcessToJobObject = kernel32.NewProc("AssignProcessToJobObject")
	terminateJobObject       = kernel32.NewProc("TerminateJobObject")
	setPriorityClass         = kernel32.NewProc("SetPriorityClass")
	generateConsoleCtrlEvent = kernel32.NewProc("GenerateConsoleCtrlEvent")
)

// ctrlBreak is CTRL_BREAK_EVENT, the one event that reaches a group alone. Go takes it for an interrupt.
const ctrlBreak = 1

// belowNormal is BELOW_NORMAL_PRIORITY_CLASS, which a process hands on to those that it starts.
const belowNormal = 0x4000

// group is a job object and, for events of the console, a process group. A job of 0 is one that could not be made.
type group struct {
	job syscall.Handle
	pid int
}

// inGroup has a command begin a process group.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

func groupOf(p *os.Process) group {
	g := group{pid: p.Pid}
	job, _, _ := createJobObject.Call(0, 0)
	if job == 0 {
		return g
	}
	g.job = syscall.Handle(job)
	assigned := uintptr(0)
	_ = p.WithHandle(func(handle uintptr) { assigned, _, _ = assignProcessToJobObject.Call(job, handle) })
	if assigned == 0 {
		g.close()
		g.job = 0
	}
	return g
}

// yield is a wish: a group that stays as it was is slower for others and no more.
func (g group) yield() {
	if p, err := os.FindProcess(g.pid); err == nil {
		_ = p.WithHandle(func(handle uintptr) { _, _, _ = setPriorityClass.Call(handle, belowNormal) })
		_ = p.Release()
	}
}

// signal asks the group to end, or ends it where the signal is SIGKILL.
func (g group) signal(s syscall.Signal) {
	if s != syscall.SIGKILL {
		_, _, _ = generateConsoleCtrlEvent.Call(ctrlBreak, uintptr(g.pid))
		return
	}
	if g.job != 0 {
		_, _, _ = terminateJobObject.Call(uintptr(g.job), 1)
		return
	}
	if p, err := os.FindProcess(g.pid); err == nil {
		_ = p.Kill()
		_ = p.Release()
	}
}

// empty is asked when the first process has ended: the rest of the job ends with it.
func (g group) empty() bool {
	if g.job != 0 {
		g.signal(syscall.SIGKILL)
	}
	return true
}

func (g group) close() {
	if g.job != 0 {
		_ = syscall.CloseHandle(g.job)
	}
}
