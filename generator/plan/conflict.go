package plan

import (
	"errors"
	"fmt"
	"strings"
)

// ErrConflict is what every ConflictError wraps.
var ErrConflict = errors.New("files in the way")

// ErrNotEmpty says that a new workload was asked for in a folder that holds something already.
var ErrNotEmpty = errors.New("folder is not empty")

// ConflictFile is one file that stands in the way of a run.
type ConflictFile struct {
	Path   string `json:"path"`
	Reason string `json:"reason"` // what was found and what to do
}

// ConflictError says which files a run would have to overwrite and may not. Nothing was written.
type ConflictError struct {
	Dir   string
	Files []ConflictFile // sorted by path, never empty
}

// Error names every file, one a line.
func (e *ConflictError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "writing into %s: %d %s in the way; nothing was written", e.Dir, len(e.Files),
		plural(len(e.Files), "file stands", "files stand"))
	for _, f := range e.Files {
		fmt.Fprintf(&b, "\n  %s: %s", f.Path, f.Reason)
	}
	return b.String()
}

// Unwrap gives ErrConflict.
func (e *ConflictError) Unwrap() error { return ErrConflict }

// Conflicts lists the actions that stand in the way, sorted by path.
func (p *Plan) Conflicts() []Action {
	var found []Action
	for _, a := range p.Actions {
		if a.Kind == Conflict {
			found = append(found, a)
		}
	}
	return found
}

// ErrUnsolved is what every UnsolvedError wraps.
var ErrUnsolved = errors.New("conflicts of an earlier merge are left to solve")

// UnsolvedError says which files hold conflict markers that nobody has solved. Nothing was written.
type UnsolvedError struct {
	Dir   string
	Files []ConflictFile // sorted by path, never empty
}

// Error names every file, one a line.
func (e *UnsolvedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "generating into %s: conflict markers are left in %d %s; solve them and run again, or give --force to "+
		"go on around them; nothing was written", e.Dir, len(e.Files), plural(len(e.Files), "file", "files"))
	for _, f := range e.Files {
		fmt.Fprintf(&b, "\n  %s: %s", f.Path, f.Reason)
	}
	return b.String()
}

// Unwrap gives ErrUnsolved.
func (e *UnsolvedError) Unwrap() error { return ErrUnsolved }

// Err is nil where the plan can be applied, an *UnsolvedError where files hold conflict markers of an earlier run, and
// else a *ConflictError where it holds conflicts.
func (p *Plan) Err() error {
	unsolved := &UnsolvedError{Dir: p.Dir}
	for _, a := range p.Actions {
		if a.Kind == Unsolved {
			unsolved.Files = append(unsolved.Files, ConflictFile{a.Path, a.Reason})
		}
	}
	if len(unsolved.Files) > 0 {
		return unsolved
	}
	e := &ConflictError{Dir: p.Dir}
	for _, a := range p.Conflicts() {
		e.Files = append(e.Files, ConflictFile{a.Path, a.Reason})
	}
	if len(e.Files) == 0 {
		return nil
	}
	return e
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
