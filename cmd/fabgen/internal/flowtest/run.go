package flowtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/generator/model"
)

// runner runs the cells of one bench.
type runner struct {
	*Bench
	Options
	player *play.Player
	report *Report

	at     place // of the cell that is run
	proofs []proof
	logged int // how much of the log was read
	leaks  []string
}

// proof is one that requireProof wants.
type proof struct{ user, uri string }

// task is a cell and what it takes to run it.
type task struct {
	cell Cell
	c    testCase
	f    flow
}

// tasks are the cells that match picks, case by case.
func tasks(m *model.Model, match *regexp.Regexp) []task {
	var out []task
	for _, c := range cases() {
		for _, f := range flows(m) {
			if match != nil && !match.MatchString(f.name+"/"+c.name) {
				continue
			}
			cell := Cell{Flow: f.name, Case: c.name, Expected: c.says(f), Reason: c.excuse(f)}
			if cell.Reason != "" {
				cell.Verdict = NotApplicable
			}
			out = append(out, task{cell, c, f})
		}
	}
	return out
}

// late says whether the cell wants a back-end that has no token of its own yet. Those come last: a restart is what the
// others need none of.
func (t task) late() bool { return t.c.afresh && t.f.asApp() }

// run runs all cells, and puts them back into their order.
func (r *runner) run(ctx context.Context) error {
	all := tasks(r.Model, r.Match)
	if len(all) == 0 {
		return ErrNothing
	}
	ready := map[string]bool{}
	for _, late := range []bool{false, true} {
		for i := range all {
			if all[i].late() != late {
				continue
			}
			if err := r.runOne(ctx, &all[i], ready); err != nil {
				return err
			}
			r.Progress(all[i].cell)
		}
	}
	for _, t := range all {
		r.report.Cells = append(r.report.Cells, t.cell)
	}
	quiet := r.quiet()
	r.report.Cells = append(r.report.Cells, quiet)
	r.Progress(quiet)
	return nil
}

// runOne runs a cell, and its case's preparation where it is the first.
func (r *runner) runOne(ctx context.Context, t *task, ready map[string]bool) error {
	if err := ctx.Err(); err != nil || t.cell.Verdict == NotApplicable {
		return err
	}
	if t.c.setUp != nil && !ready[t.c.name] {
		ready[t.c.name] = true
		if err := t.c.setUp(ctx, r); err != nil {
			return err
		}
	}
	if t.late() {
		if err := r.Restart(ctx); err != nil {
			return err
		}
	}
	began := time.Now()
	r.cell(ctx, t.c, t.f, &t.cell)
	t.cell.Duration = time.Since(began)
	return ctx.Err()
}

// cell runs one cell, within its time.
func (r *runner) cell(ctx context.Context, c testCase, f flow, cell *Cell) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.Limit, errLimit)
	defer cancel()
	defer r.clean()
	user := c.user
	if user == "" {
		user = willing
	}
	cell.Verdict = Failed
	var err error
	if r.at, err = r.prepare(ctx, f, user); err == nil && c.arrange != nil {
		err = c.arrange(r)
	}
	if err != nil {
		cell.Reason = err.Error()
		return
	}
	r.Trace.take()
	got := r.first(ctx, c, f, user)
	cell.Found, cell.RequestID = got.String(), got.RequestID
	r.judge(ctx, c, f, got, r.Trace.take(), cell)
}

func (r *runner) first(ctx context.Context, c testCase, f flow, user string) found {
	if c.damage != nil {
		return r.raw(ctx, f, user, r.at, c.damage)
	}
	return r.do(ctx, f, user, r.at)
}

// judge says how a cell ended.
func (r *runner) judge(ctx context.Context, c testCase, f flow, got found, all trace, cell *Cell) {
	wanted := c.want(f)
	met := c.met == nil || c.met(all)
	lines := r.read(ctx, met && c.loud, cell)
	switch {
	case context.Cause(ctx) != nil:
		cell.Reason = fmt.Sprintf("it did not come to its end: %v", context.Cause(ctx))
	case got.Err != nil:
		cell.Reason = "there is no answer: " + got.Detail
	case wanted.reached() && ofItsOwn(f, got) != "" && tokenless(all) != "":
		cell.Reason = "Entra gives the back-end no token: " + tokenless(all)
	case !met && well(f).missed(f, got) == "":
		cell.Verdict, cell.Reason = NotExercised, unmet(f, got, all)
		return
	case !met:
		cell.Reason = "it failed before it ran into what the case is about" + f.refusedInput(got)
	default:
		if cell.Reason = wanted.missed(f, got); cell.Reason != "" && c.damage == nil {
			cell.Reason += f.refusedInput(got)
		}
	}
	if cell.Reason == "" && c.loud && !loud(lines) {
		cell.Reason = "the log has no error that tells of it"
	}
	if cell.Reason == "" {
		cell.Verdict = Passed
		if wanted.reached() {
			cell.Reason = ofItsOwn(f, got)
		}
		return
	}
	if got.Detail != "" && got.Err == nil {
		cell.Found += ": " + r.masked(got.Detail)
	}
	cell.Reason = r.masked(cell.Reason)
	cell.Log = telling(lines)
}

var errLimit = errors.New("the time limit of a cell is over")

// clean takes back what a cell arranged.
func (r *runner) clean() {
	entra, fabric := r.Cloud.Entra, r.Cloud.Fabric
	entra.ForgetFaults()
	entra.Throttle(0, 0)
	entra.SetOutage(false)
	entra.ExpireSecret(false)
	entra.RevokeConsent()
	for _, p := range r.proofs {
		_ = entra.RequireProof(p.user, p.uri, false) // it was known a moment ago
		entra.SetProven(p.user, false)
	}
	r.proofs = nil
	fabric.Throttle(0, 0)
	fabric.SetOutage(false)
}

// rotateLimit is longer than the back-end waits between two looks at Entra's keys.
const rotateLimit = 40 * time.Second

// rotate has Entra sign with a new key, and waits until the back-end has seen it: of itself Entra shows a new key long
// before it signs with it.
func rotate(ctx context.Context, r *runner) error {
	if err := r.Cloud.Entra.RotateKeys(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, rotateLimit)
	defer cancel()
	for {
		got := r.raw(ctx, flow{op: resolveEndpoint}, willing, place{}, sound)
		if got.Status != http.StatusUnauthorized || ctx.Err() != nil {
			return nil // or the cells tell
		}
		play.Pause(ctx, 200*time.Millisecond)
	}
}
