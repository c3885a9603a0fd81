package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/scenario"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/yamlfile"
	"github.com/fabgen/fabgen/generator/model"
)

// storyResult is what a story gives with --json.
type storyResult struct {
	File string `json:"file"`
	OK   bool   `json:"ok"`
	*scenario.Result
}

// play plays a story against the user's back-end, and the people of the default seed.
func (o *testOptions) play(ctx context.Context, m *model.Model, env *model.Environment) error {
	story, err := readStory(o.scenario, m, localentra.DefaultSeed())
	if err != nil || o.dryRun {
		return err
	}
	b, err := o.startBench(ctx, bench.Options{Dir: o.dir, Model: m, Env: env})
	if err != nil {
		return err
	}
	defer b.Close()
	return o.playStory(ctx, scenario.Stage{Model: m, Cloud: b.Cloud, URL: b.URL}, story)
}

// readStory reads the story of a file that the person named.
func readStory(file string, m *model.Model, seed *localentra.Seed) (*scenario.Story, error) {
	data, _, err := readBounded(file, yamlfile.Max, "the story", "give the path of a story") // what is more, Parse refuses
	if err != nil {
		return nil, err
	}
	story, err := scenario.Parse(file, data, m, seed)
	return story, wrongFile(err, "the story is invalid", "nothing was played")
}

// wrongFile makes wrong use of what is wrong with a file that a person wrote for a test.
func wrongFile(err error, what, outcome string) error {
	var problems yamlfile.Problems
	if !errors.As(err, &problems) {
		return err
	}
	wrong := &usageError{message: fmt.Sprintf("%s: %s; %s\n%s", what, count(len(problems), "problem"), outcome, problems)}
	for _, p := range problems {
		wrong.items = append(wrong.items, problem{File: p.File, Line: p.Line, Column: p.Column, Found: p.Text})
	}
	return wrong
}

// playStory plays a story and prints its transcript as it goes, or its result as JSON.
func (a *app) playStory(ctx context.Context, stage scenario.Stage, story *scenario.Story) error {
	transcript := a.out
	if a.json {
		transcript = io.Discard
	}
	result, err := scenario.Run(ctx, stage, story, transcript)
	if err != nil {
		return err
	}
	if a.json {
		if err := a.result(storyResult{story.File, result.Failed == nil, result}, nil); err != nil {
			return err
		}
	}
	if result.Failed == nil {
		a.say("%s: %s, all as they must be", story.File, count(len(result.Steps), "step"))
		return nil
	}
	if !a.json {
		fmt.Fprintf(a.err, "%v\n", result.Failed)
	}
	return fmt.Errorf("%s: %w", story.File, errFlows)
}
