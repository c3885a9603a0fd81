// Package flowtest drives a workload's back-end, as it was built, through every flow of Fabric's authentication and
// every way in which one can go wrong, and compares what comes of it with what the specification says.
//
// Its flows are those of the configuration: each route, what can be done with each item, each job, and endpoint
// resolution. Its cases are the same for every workload. A handler may answer what it likes: a flow ends well where the
// handler was reached and no error of authentication came. A fault that nothing ran into, since the handler asks for no
// token, is told as not exercised, and is no success.
package flowtest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// Bench is a back-end that runs, and the cloud that it was led to. All of it is required.
type Bench struct {
	Model *model.Model
	Env   *model.Environment
	// Cloud is unattended, has Seed's people, and tells Trace of its events.
	Cloud *local.Cloud
	Trace *Trace
	// URL is the back-end's origin, such as http://127.0.0.1:5000.
	URL string
	// Logs is all that the back-end has said, Restart included.
	Logs func() string
	// Restart ends the back-end, starts it again with the same settings and data, and waits until it is ready.
	Restart func(context.Context) error
}

// Trace keeps what Entra and Fabric were asked. It is safe for concurrent use.
type Trace struct {
	mu  sync.Mutex
	all trace
}

// trace is what was asked in one cell: Entra for tokens, and Fabric for anything.
type trace struct {
	events []localentra.Event
	calls  []fabrictest.Call
}

// OnEvent is for local.Options.
func (t *Trace) OnEvent(e localentra.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.Kind == localentra.KindToken {
		t.all.events = append(t.all.events, e)
	}
}

// OnCall is for local.Options.
func (t *Trace) OnCall(c fabrictest.Call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all.calls = append(t.all.calls, c)
}

// take gives what was asked since it was called last.
func (t *Trace) take() trace {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.all
	t.all = trace{}
	return all
}

// Options say what to run.
type Options struct {
	// Match picks cells by "flow/case". Default: all.
	Match *regexp.Regexp
	// Inputs are what the handlers are given. Default: the least that a call can have.
	Inputs *Inputs
	// Limit is how long one cell may take. Default 30 s.
	Limit time.Duration
	// Progress is told of each cell when it is done. Optional.
	Progress func(Cell)
}

// Verdict is how a cell ended.
type Verdict string

// The verdicts.
const (
	Passed        Verdict = "ok"
	Failed        Verdict = "failed"
	NotApplicable Verdict = "not applicable"
	NotExercised  Verdict = "not exercised"
)

// Cell is one flow in one case.
type Cell struct {
	Flow     string  `json:"flow"`
	Case     string  `json:"case"`
	Verdict  Verdict `json:"verdict,omitempty"` // none before it was run
	Expected string  `json:"expected,omitempty"`
	Found    string  `json:"found,omitempty"`
	// Reason is why it was not run, or not passed; where it passed, what else there is to know.
	Reason    string `json:"reason,omitempty"`
	RequestID string `json:"requestId,omitempty"`
	// Log is what the back-end said meanwhile that is worth a look; of failed cells alone.
	Log      []string      `json:"log,omitempty"`
	Duration time.Duration `json:"-"`
}

// Report is all that was run, in its order, and the search of the log at its end.
type Report struct {
	Cells    []Cell
	Duration time.Duration
}

// Count says how many cells ended so.
func (r *Report) Count(v Verdict) int {
	n := 0
	for _, c := range r.Cells {
		if c.Verdict == v {
			n++
		}
	}
	return n
}

// tokenLife is how long tokens live, as Entra's.
const tokenLife = time.Hour

// ErrNothing says that Options.Match leaves nothing to run.
var ErrNothing = errors.New("no flow and case match")

// Plan is the cells that Match picks, before they are run: with the verdict NotApplicable where they would not be.
func Plan(m *model.Model, match *regexp.Regexp) []Cell {
	var cells []Cell
	for _, t := range tasks(m, match) {
		cells = append(cells, t.cell)
	}
	return cells
}

// Run runs the cells, one after another: faults are the whole cloud's. Its error is one of the bench, or of ctx; what is
// wrong with the workload is in the Report.
func Run(ctx context.Context, b *Bench, o Options) (*Report, error) {
	began := time.Now()
	player, err := play.New(b.Cloud, b.URL)
	if err != nil {
		return nil, fmt.Errorf("testing the flows: %w", err)
	}
	if o.Limit <= 0 {
		o.Limit = 30 * time.Second
	}
	if o.Inputs == nil {
		o.Inputs = &Inputs{}
	}
	if o.Progress == nil {
		o.Progress = func(Cell) {}
	}
	r := &runner{Bench: b, Options: o, player: player, report: &Report{}, logged: len(b.Logs())}
	if err := r.run(ctx); err != nil {
		return nil, fmt.Errorf("testing the flows: %w", err)
	}
	r.report.Duration = time.Since(began)
	return r.report, nil
}
