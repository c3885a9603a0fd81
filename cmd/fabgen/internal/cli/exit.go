package cli

import (
	"errors"
	"fmt"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/plan"
)

// The exit codes of every command.
const (
	exitDone   = 0
	exitFailed = 1 // something went wrong on the way, or the person stopped it
	exitUsage  = 2 // wrong use, or an invalid configuration
	exitStale  = 3 // what is on disk is not what the configuration gives
	exitMarked = 4 // done, and conflicts are left to solve
)

// exitCode is the one place that says which kind of error ends in which code.
func exitCode(err error) int {
	var problems config.Problems
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errStale):
		return exitStale
	case errors.Is(err, errMarked), errors.Is(err, plan.ErrUnsolved):
		return exitMarked
	case errors.As(err, &usage), errors.As(err, &problems):
		return exitUsage
	default:
		return exitFailed
	}
}

// errStale ends check and diff where they find a difference. They have printed it by then.
var errStale = errors.New("out of date")

// errMarked ends commands that are done and have left conflicts in files. They have named them by then.
var errMarked = errors.New("conflicts are left to solve")

// usageError is a mistake in how fabgen was called.
type usageError struct {
	message string
	items   []problem // what is wrong in particular, where there are several things
}

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...)}
}
