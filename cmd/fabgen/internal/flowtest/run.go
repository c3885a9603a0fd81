package flowtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
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

// run runs a case's cells.
func (r *runner) run(ctx context.Context, c testCase) error {
	ready, cooled := false, false
	for _, f := range flows(r.Model) {
		if r.Match != nil && !r.Match.MatchString(f.name+"/"+c.name) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		cell := Cell{Flow: f.name, Case: c.name, Expected: c.says(f), Verdict: NotApplicable, Reason: c.excuse(f)}
		if cell.Reason != "" {
			r.add(cell)
			continue
		}
		if c.setUp != nil && !ready {
			if err := c.setUp(ctx, r); err != nil {
				return err
			}
		}
		ready, cooled = true, cooled || c.cools
		began := time.Now()
		r.cell(ctx, c, f, &cell)
		cell.Duration = time.Since(began)
		r.add(cell)
	}
	if cooled {
		r.settle(ctx)
	}
	return ctx.Err()
}

func (r *runner) add(c Cell) {
	r.report.Cells = append(r.report.Cells, c)
	r.Progress(c)
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
		err = c.arrange(r, f)
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
func (r *runner) judge(ctx context.Context, c testCase, f flow, got found, events []localentra.Event, cell *Cell) {
	lines := r.read(ctx, c, cell)
	wanted := c.want(f)
	met := c.met == nil || c.met(got, events)
	switch {
	case context.Cause(ctx) != nil:
		cell.Reason = fmt.Sprintf("it did not come to its end: %v", context.Cause(ctx))
	case got.Err != nil:
		cell.Reason = "there is no answer: " + got.Detail
	case !met && well()(f).missed(f, got) == "":
		cell.Verdict, cell.Reason = NotExercised, "the handler did not run into it: it asks for no token there"
		return
	case !met:
		cell.Reason = "it failed before it ran into what the case is about"
	default:
		cell.Reason = wanted.missed(f, got)
	}
	if cell.Reason == "" && c.loud && !loud(lines) {
		cell.Reason = "the log has no error that tells of it"
	}
	if cell.Reason == "" {
		cell.Verdict, cell.Reason = Passed, ofItsOwn(wanted, got)
		return
	}
	if got.Detail != "" && got.Err == nil {
		cell.Found += ": " + got.Detail
	}
	cell.Log = telling(lines)
}

// ofItsOwn notes what a handler answered where any answer will do.
func ofItsOwn(w want, got found) string {
	switch {
	case w.job != nil && got.job != nil && w.job.Status == "Completed" && got.job.Status != "Completed":
		return "the job's own affair: " + got.job.Status
	case w.end == play.OK && got.Status >= http.StatusBadRequest:
		return fmt.Sprintf("the handler's own answer: %d %s", got.Status, got.Code)
	}
	return ""
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

// settleLimit is longer than the back-end spares an Entra that asked to wait.
const settleLimit = 10 * time.Second

// settle waits until the back-end asks Entra again for tokens of its own: it keeps to what Entra last said.
func (r *runner) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	for _, f := range flows(r.Model) {
		if !f.asApp() {
			continue
		}
		at, err := r.prepare(ctx, f, willing)
		for err == nil && ctx.Err() == nil && r.raw(ctx, f, willing, at, sound).Status == http.StatusServiceUnavailable {
			pause(ctx, 100*time.Millisecond)
		}
	}
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
	me := play.Request{Method: http.MethodGet, Path: "/me"}
	for {
		token, err := r.Cloud.FrontendToken(willing)
		if err != nil {
			return err
		}
		got := r.player.Raw(ctx, me, http.Header{"Authorization": {"Bearer " + token}})
		if got.Status != http.StatusUnauthorized || ctx.Err() != nil {
			return nil // or the cells tell
		}
		pause(ctx, 200*time.Millisecond)
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
