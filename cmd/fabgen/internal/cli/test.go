package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/flowtest"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/yamlfile"
	"github.com/fabgen/fabgen/generator/model"
)

type testOptions struct {
	*app
	dir      string
	env      string
	run      string
	list     bool
	junit    string
	scenario string
	inputs   string
}

// testResult is what test prints with --json.
type testResult struct {
	Dir         string          `json:"dir"`
	Environment string          `json:"environment"`
	OK          bool            `json:"ok"`
	Seconds     float64         `json:"seconds"`
	Counts      map[string]int  `json:"counts"` // by verdict
	Cells       []flowtest.Cell `json:"cells"`
}

// errFlows ends test where a flow or a story did not end as it must. It has printed that by then.
var errFlows = errors.New("not everything ended as it must")

func newTestCmd(a *app) *cobra.Command {
	o := &testOptions{app: a}
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Drive the back-end through every flow of authentication, and all that can go wrong in one",
		Long: `test builds backend/, starts it beside a local Entra and a local Fabric, and drives every route, item and job of
fabgen.yaml through each case: tokens that must not let anybody in, headers that Fabric never sends, consent that is
missing or declined, MFA, permissions, an application's secret that is wrong or has expired, throttling, outages, new
signing keys. Each has to end as the specification of Fabric's authentication says, within half a minute, and nothing
secret may stand in the back-end's log. No cloud account is needed, and nothing is left behind.

It tests your build with your handlers. What a handler answers is its own affair: a flow ends well where the handler was
reached and no error of authentication came. A case that no handler runs into, since none asks for a token there, is
told as not exercised.

Handlers that refuse an empty payload, body or parameter are given what they want by flows.yaml beside fabgen.yaml, or
by the file of --inputs: what each item is created and updated with, what each job is started with, and each route's
parameters and body, by their names in fabgen.yaml. docs/flows.md of fabgen tells its form:

  items:
    Forecast:
      create: {payload: {horizon: 12}}
      jobs: {Train: {payload: {epochs: 3}}}
  routes:
    getPrices: {params: {product: tea}}

It prints a table of cases and flows, then what failed: what was wanted and found, and where to look. --junit writes the
same for a CI server. --run picks cells by a regular expression over flow/case, and --list lists them. With --scenario it
plays a story from a file instead, whose form docs/stories.md of fabgen tells, and prints its transcript.

Exit codes: 0 all ended as they must, 1 some did not, 2 wrong use.

JSON: {"dir", "environment", "ok", "seconds", "counts": {verdict: n}, "cells": [{"flow", "case", "verdict", "expected",
"found", "reason", "requestId", "log"}]}; with --scenario {"file", "ok", "steps": [{"line", "step", "outcome", "status",
"code", "entraCode", "asked", "job"}], "failed": {"line", "step", "what", "want", "found", "look"}}`,
		Example: `  fabgen test
  fabgen test --dir ./contoso --junit flows.xml
  fabgen test --run 'getForecast/|/consent'
  fabgen test --inputs testdata/flows.yaml
  fabgen test --scenario stories/first.yaml`,
		Args: positional(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runTest(cmd.Context(), o) },
	}
	addDirFlag(cmd, &o.dir)
	addEnvFlag(cmd, &o.env)
	cmd.Flags().StringVar(&o.run, "run", "", "run the cells alone whose flow/case this regular `expression` finds")
	cmd.Flags().BoolVar(&o.list, "list", false, "list the cells, and run none")
	cmd.Flags().StringVar(&o.junit, "junit", "", "write JUnit's XML to this `file`")
	cmd.Flags().StringVar(&o.scenario, "scenario", "", "play the story in this `file`")
	cmd.Flags().StringVar(&o.inputs, "inputs", "", "give the handlers what this `file` says (default: flows.yaml, where there is one)")
	must(cmd.MarkFlagFilename("junit", "xml"))
	must(cmd.MarkFlagFilename("inputs", "yaml", "yml"))
	must(cmd.MarkFlagFilename("scenario", "yaml", "yml"))
	return cmd
}

func runTest(ctx context.Context, o *testOptions) error {
	m, env, err := readModel(o.dir, o.env)
	if err != nil {
		return err
	}
	if o.scenario != "" {
		if o.run != "" || o.list || o.junit != "" || o.inputs != "" {
			return usagef("--scenario plays one story, which says itself what it gives; --run, --list, --junit and --inputs are for the cells")
		}
		return o.play(ctx, m, env)
	}
	match, err := regexp.Compile(o.run)
	if err != nil {
		return usagef("--run: %v; give a regular expression over flow/case, such as 'getForecast/|/consent'", err)
	}
	planned := flowtest.Plan(m, match)
	if len(planned) == 0 {
		return usagef("--run %s finds no cell; --list lists those that there are", o.run)
	}
	inputs, err := o.readInputs(m)
	if err != nil {
		return err
	}
	if o.list || o.dryRun {
		return o.listCells(planned)
	}
	report, err := o.drive(ctx, m, env, flowtest.Options{Match: match, Inputs: inputs}, len(planned))
	if err != nil {
		return err
	}
	return o.tell(report, m)
}

// inputsFile is where the inputs of a workload's flows are looked for.
const inputsFile = "flows.yaml"

// readInputs reads the file of --inputs, or else the workload's own where it has one.
func (o *testOptions) readInputs(m *model.Model) (*flowtest.Inputs, error) {
	file := o.inputs
	if file == "" {
		file = filepath.Join(o.dir, inputsFile)
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return &flowtest.Inputs{}, nil
		}
	}
	data, _, err := readBounded(file, yamlfile.Max, "the inputs of the flows", "give the path of a file such as "+inputsFile) // what is more, ParseInputs refuses
	if err != nil {
		return nil, err
	}
	inputs, err := flowtest.ParseInputs(file, data, m)
	return inputs, wrongFile(err, "the inputs of the flows are invalid", "nothing was run")
}

func (o *testOptions) listCells(cells []flowtest.Cell) error {
	return o.result(cells, func(w io.Writer) {
		for _, c := range cells {
			fmt.Fprintf(w, "%s/%s: %s\n", c.Flow, c.Case, textOr(c.Expected, c.Reason))
		}
	})
}

func textOr(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// drive runs the cells against the user's back-end.
func (o *testOptions) drive(ctx context.Context, m *model.Model, env *model.Environment, options flowtest.Options, planned int,
) (*flowtest.Report, error) {
	trace := &flowtest.Trace{}
	b, err := o.startBench(ctx, bench.Options{Dir: o.dir, Model: m, Env: env, Seed: flowtest.Seed(), OnEvent: trace.OnEvent,
		OnCall: trace.OnCall})
	if err != nil {
		return nil, err
	}
	defer b.Close()
	done := 0
	options.Progress = func(c flowtest.Cell) {
		done++
		o.progress(done, planned, c)
	}
	return flowtest.Run(ctx, &flowtest.Bench{Model: m, Env: env, Cloud: b.Cloud, Trace: trace, URL: b.URL, Logs: b.Logs, Restart: b.Restart}, options)
}

// startBench builds and starts the back-end of the workload.
func (o *testOptions) startBench(ctx context.Context, b bench.Options) (*bench.Bench, error) {
	done := o.working("building the back-end")
	defer done()
	return bench.Start(ctx, b)
}

// progress tells a person in front of a terminal how far it is, and anybody at once what failed.
func (o *testOptions) progress(done, all int, c flowtest.Cell) {
	const lineStart = "\r\x1b[K"
	if c.Verdict == flowtest.Failed {
		start := ""
		if o.errColor {
			start = lineStart
		}
		o.say("%sfailed: %s/%s", start, c.Flow, c.Case)
	}
	if !o.quiet && o.errColor {
		fmt.Fprintf(o.err, "%s%d of %d: %s/%s", lineStart, done, all+1, c.Flow, c.Case)
		if done == all+1 {
			fmt.Fprint(o.err, lineStart)
		}
	}
}

// tell prints what came of it, and writes the file of --junit.
func (o *testOptions) tell(r *flowtest.Report, m *model.Model) error {
	unwritten := o.writeJUnit(r, m.Workload.Name)
	if unwritten != nil && o.json { // there is one value for all
		return unwritten
	}
	failed := r.Count(flowtest.Failed)
	out := testResult{Dir: o.dir, Environment: o.env, OK: failed == 0, Seconds: r.Duration.Seconds(), Counts: map[string]int{}, Cells: r.Cells}
	for _, v := range []flowtest.Verdict{flowtest.Passed, flowtest.Failed, flowtest.NotExercised, flowtest.NotApplicable} {
		out.Counts[string(v)] = r.Count(v)
	}
	err := cmp.Or(o.result(out, func(w io.Writer) {
		if o.quiet && failed == 0 {
			return
		}
		r.Print(w, o.width(), o.color)
	}), unwritten)
	if err == nil && failed > 0 {
		err = fmt.Errorf("%s: %w", o.dir, errFlows)
	}
	return err
}

func (o *testOptions) writeJUnit(r *flowtest.Report, workload string) error {
	if o.junit == "" {
		return nil
	}
	var data bytes.Buffer
	if err := r.WriteJUnit(&data, workload); err != nil {
		return err
	}
	if err := replaceFile(filepath.Dir(o.junit), ".", filepath.Base(o.junit), data.Bytes()); err != nil {
		return fmt.Errorf("writing %s: %w", o.junit, err)
	}
	return nil
}

// defaultWidth is that of a terminal which does not say, and of a file.
const defaultWidth = 100

// width is the terminal's, in columns.
func (o *testOptions) width() int {
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && width > 0 {
		return width
	}
	return defaultWidth
}
