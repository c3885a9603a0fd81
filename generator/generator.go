// Package generator turns a checked fabgen.yaml into a workload on disk. It is the way in for whoever drives it, such
// as the command line: it asks nothing, prints nothing and keeps nothing between calls, so that calls for different
// folders may run at the same time.
package generator

import (
	"context"
	"io/fs"

	"github.com/fabgen/fabgen/generator/apply"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/plan"
	"github.com/fabgen/fabgen/generator/render"
)

// Request is what a workload is generated from, and where.
type Request struct {
	Dir      string           // the workload's folder
	Document *config.Document // as config.Parse gives it
	Source   []byte           // the bytes of fabgen.yaml; a new workload gets them, any other has them already
	Runtime  fs.FS            // the sources of fabgen's runtime package, which the workload gets a copy of
	Force    bool             // overwrite what is in the way
	Edits    []byte           // what fabgen.yaml held when Source was made of it; nil where it is as it stands
	Renamed  *Renamed         // what has another name in Document than it had when it was generated
	Restore  []string         // files to make again although the user deleted them; plan.AllFiles for all of them
}

// Plan says what generating would do to a workload that exists. It writes nothing. Files in the way are no error here:
// they are conflicts of the plan (plan.Plan.Err). Errors wrap config.Problems where names of the configuration
// collide, plan.ErrNewerState and plan.ErrCorruptState.
func Plan(ctx context.Context, r Request) (*plan.Plan, error) { return r.plan(ctx, false) }

// PlanInit says what making a new workload would do, with fabgen.yaml as one of its files. It writes nothing. Besides
// Plan's errors it fails with plan.ErrNotEmpty where the folder holds more than version control, unless r.Force.
func PlanInit(ctx context.Context, r Request) (*plan.Plan, error) { return r.plan(ctx, true) }

// Apply carries out a plan, and writes nothing where it refuses: with a *plan.ConflictError where the plan holds
// conflicts, with a *plan.UnsolvedError where files hold conflict markers of an earlier run, with apply.ErrChanged where
// the folder is not what the plan was made for, and with apply.ErrLocked where another run writes there. A new tree comes
// to be whole or not at all; in any other a run that dies leaves what the next one finishes.
func Apply(ctx context.Context, p *plan.Plan) error { return apply.Run(ctx, p) }

// Init makes a new workload: PlanInit and Apply in one.
func Init(ctx context.Context, r Request) error {
	p, err := PlanInit(ctx, r)
	if err != nil {
		return err
	}
	return Apply(ctx, p)
}

func (r Request) plan(ctx context.Context, init bool) (*plan.Plan, error) {
	files, err := r.render(ctx)
	if err != nil {
		return nil, err
	}
	moves, err := r.moves()
	if err != nil {
		return nil, err
	}
	return plan.New(ctx, plan.Input{
		Dir: r.Dir, Files: files, Version: Version, Force: r.Force, Init: init, Source: r.Source, Restore: r.Restore,
		Edits: r.Edits, Moves: moves, Last: func() []render.File { return r.last(ctx) },
	})
}

// Renamed is a change of a name.
type Renamed struct {
	config.Renamed
	Before *config.Document // with the old name
}

// moves gives where the files of what is renamed stand, by where they go.
func (r Request) moves() (map[string]string, error) {
	if r.Renamed == nil {
		return nil, nil
	}
	before, err := model.New(r.Renamed.Before)
	if err != nil {
		return nil, err
	}
	after, err := model.New(r.Document)
	if err != nil {
		return nil, err
	}
	was, moves := render.Paths(before, r.Renamed.List, r.Renamed.From), map[string]string{}
	for template, to := range render.Paths(after, r.Renamed.List, r.Renamed.To) {
		if from, ok := was[template]; ok {
			moves[to] = from
		}
	}
	return moves, nil
}

// Adopt plans to make generated files the user's, as they stand on disk: from then on what changes in their rendering
// is merged into them. It changes fabgen's account alone. Errors wrap plan.ErrNotGenerated where there is no such file.
func Adopt(ctx context.Context, r Request, paths []string) (*plan.Plan, error) {
	files, err := r.render(ctx)
	if err != nil {
		return nil, err
	}
	return plan.Adopt(ctx, plan.Input{
		Dir: r.Dir, Files: files, Version: Version, Last: func() []render.File { return r.last(ctx) },
	}, paths)
}

// Undo plans to take back all that the last run did to the workload in dir. Errors wrap plan.ErrNothingToUndo,
// plan.ErrInterrupted and plan.ErrCorruptState.
func Undo(ctx context.Context, dir string, force bool) (*plan.Plan, error) {
	return plan.Undo(ctx, dir, force)
}

// last gives what the configuration that was generated last gives now; nothing where that is not known. With the same
// fabgen these are the files as they were generated.
func (r Request) last(ctx context.Context) []render.File {
	recorded, err := plan.ReadConfig(r.Dir)
	if err != nil {
		return nil
	}
	doc, err := config.Parse(plan.ConfigFile, recorded)
	if err != nil {
		return nil
	}
	r.Document = doc
	files, err := r.render(ctx)
	if err != nil {
		return nil
	}
	return files
}

// render gives every generated file, fabgen's own notes on the configuration among them.
func (r Request) render(ctx context.Context) ([]render.File, error) {
	m, err := model.New(r.Document)
	if err != nil {
		return nil, err
	}
	files, err := render.Render(ctx, m, r.Runtime)
	if err != nil {
		return nil, err
	}
	recorded, err := config.Record(r.Document.Config)
	if err != nil {
		return nil, err
	}
	return append(files,
		render.File{Path: plan.SchemaFile, Data: config.Schema(), Mode: 0o644, Class: render.Owned, Template: "schema"},
		render.File{Path: plan.ConfigFile, Data: recorded, Mode: 0o644, Class: render.Owned, Template: "config"},
	), nil
}
