// Package apply carries out a plan. It is the only stage that writes, and it writes inside the workload's folder alone,
// never through a symbolic link.
//
// A new tree is built whole in a folder of its own and then renamed into place: there is all of it or nothing. In a
// tree that exists every file is first written beside its target; then all are renamed, and the account of what was
// generated is written last. A run that dies at any point leaves what the next run brings to the right state.
package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/fabgen/fabgen/generator/plan"
)

// ErrChanged says that the folder is no longer as it was when the plan was made.
var ErrChanged = errors.New("changed since the plan was made")

// inFlight is how many files are written at once. It is more than there are cores, for most of the time goes into
// waiting for the disk.
const inFlight = 8

// Run carries out the plan. A plan with conflicts is refused with a *plan.ConflictError, one that the folder no longer
// fits with ErrChanged, and a folder that another run keeps locked with ErrLocked; nothing is written then. When ctx
// ends before the first file is renamed, all traces are removed; afterwards the run goes on to its end.
func Run(ctx context.Context, p *plan.Plan) error { return run(ctx, p, host{}) }

func run(ctx context.Context, p *plan.Plan, h host) error {
	if err := p.Err(); err != nil {
		return err
	}
	if !p.Works() {
		return nil
	}
	apply := inPlace
	if p.Fresh {
		apply = fresh
	}
	if err := apply(ctx, p, h); err != nil {
		return fmt.Errorf("writing the workload in %s: %w", p.Dir, err)
	}
	return nil
}

// host opens the folders that a run works in. Tests stand in for it to let a run die.
type host struct {
	wrap    func(disk) disk // nil: none
	workers int             // files in flight; 0: inFlight
}

func (h host) limit() int {
	if h.workers > 0 {
		return h.workers
	}
	return inFlight
}

func (h host) over(d disk) disk {
	if h.wrap != nil {
		return h.wrap(d)
	}
	return d
}
