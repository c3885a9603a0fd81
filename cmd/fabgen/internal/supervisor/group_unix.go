//go:build unix

package supervisor

import (
	"errors"
	"os"
	"syscall"
)

// group is a process group, by the ID of the process that it began with.
type group int

func groupOf(p *os.Process) group { return group(p.Pid) }

// signal reaches all processes of the group. One that is empty is not an error.
func (g group) signal(s syscall.Signal) { _ = syscall.Kill(-int(g), s) }

// politeness is the niceness of a group that yields: of two that want one processor, the other gets nine tenths.
const politeness = 10

// yield is a wish: a group that stays as it was is slower for others and no more.
func (g group) yield() { _ = syscall.Setpriority(syscall.PRIO_PGRP, int(g), politeness) }

// empty says whether nobody is in the group. The dead hold no port, but stay in it until somebody waits for them, which
// the first process of a container may never do.
func (g group) empty() bool {
	return errors.Is(syscall.Kill(-int(g), 0), syscall.ESRCH) || g.allDead()
}

func (group) close() {}
