//go:build !linux

package pgtest

import (
	"os"
	"os/exec"
)

// immediately stops a server in the one way that every system has.
var immediately = os.Kill

// owner is the user who runs the tests; only on Linux can it be another one.
type owner struct{}

func unprivileged() (*owner, error) { return nil, nil }

func (*owner) own(string) error { return nil }

func (*owner) run(*exec.Cmd) {}
