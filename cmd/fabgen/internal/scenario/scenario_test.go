package scenario_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench/benchtest"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/scenario"
)

const root = "../../../.."

func TestStories(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a server")
	}
	o := benchtest.Build(t, root, "demo")
	t.Run("transcripts", func(t *testing.T) { theSameEachTime(t, o) })
	b := benchtest.Start(t, o)
	t.Run("failures", func(t *testing.T) { failures(t, o, b) })
	t.Run("interrupted", func(t *testing.T) { interrupted(t, o, b) })
	t.Run("documented", func(t *testing.T) { documented(t, o, b) })
}

// The same story gives the same transcript, byte for byte, ten times: five in one cloud, and five in another. With
// UPDATE set its file is written anew.
func theSameEachTime(t *testing.T, o bench.Options) {
	data, err := os.ReadFile("testdata/demo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	story, err := scenario.Parse("demo.yaml", data, o.Model, localentra.DefaultSeed())
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/demo.txt")
	if err != nil && os.Getenv("UPDATE") == "" {
		t.Fatal(err)
	}
	b := benchtest.Start(t, o)
	if os.Getenv("UPDATE") != "" {
		want = play(t, b, o, story)
		if err := os.WriteFile("testdata/demo.txt", want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	same := func(t *testing.T, b *bench.Bench) {
		t.Parallel()
		for range 5 {
			if got := play(t, b, o, story); !bytes.Equal(got, want) {
				t.Fatalf("the transcript is\n%s\nwant\n%s\nlog:\n%s", got, want, b.Logs())
			}
		}
	}
	t.Run("in one cloud", func(t *testing.T) { same(t, b) })
	t.Run("in another", func(t *testing.T) { same(t, benchtest.Start(t, o)) })
}

func play(t *testing.T, b *bench.Bench, o bench.Options, story *scenario.Story) []byte {
	t.Helper()
	var transcript bytes.Buffer
	result, err := scenario.Run(t.Context(), scenario.Stage{Model: o.Model, Cloud: b.Cloud, URL: b.URL}, story, &transcript)
	if err != nil {
		t.Fatalf("%v\n%s", err, transcript.String())
	}
	if result.Failed != nil {
		t.Fatalf("%v\n%s\nlog:\n%s", result.Failed, transcript.String(), b.Logs())
	}
	return transcript.Bytes()
}

// The first step that does not end as it must is told with its line, what was wanted and found, and where to look.
func failures(t *testing.T, o bench.Options, b *bench.Bench) {
	for _, c := range []struct{ name, steps, what, want, found string }{
		{"nothing is expected", "{call: {route: getForecast, params: {itemId: " + nobody + "}}}", "outcome",
			"one that is ok (no expect says otherwise)", "asked to consent, then denied"},
		{"another outcome", "{call: {route: getModels}, expect: {outcome: denied}}", "outcome", "denied", "ok"},
		{"another status", "{call: {route: getModels}, expect: {status: 403}}", "status", "403", "200"},
		{"another code", "{call: {route: getForecast, params: {itemId: x}}, expect: {code: AuthError}}", "code", "AuthError", "InvalidRequest"},
		{"another question", "{call: {route: getModels}, expect: {asked: [consent]}}", "asked", "[consent]", "[]"},
		{"no Retry-After", "{call: {route: getModels}, expect: {retryAfter: '1'}}", "retryAfter", "1", "nothing"},
		{"another end of a job", "{create: {item: Forecast, name: A, as: a}}\n  - {run: {job: Train, of: a}}\n  - {wait: {job: Train, for: Failed}}",
			"job", "Failed", "Completed"},
		{"time is over", "{outage: {entra: true}}\n  - {call: {route: listSources}, within: 100ms}", "outcome",
			"one that is ok (no expect says otherwise)", "no answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			story := parse(t, o, "steps:\n  - as: hanna\n  - "+c.steps+"\n  - pause: 1h\n")
			result, err := scenario.Run(t.Context(), scenario.Stage{Model: o.Model, Cloud: b.Cloud, URL: b.URL}, story, io.Discard)
			if err != nil || result.Failed == nil {
				t.Fatalf("%+v %v", result, err)
			}
			f := result.Failed
			if f.What != c.what || f.Want != c.want || f.Found != c.found || f.Line != len(result.Steps)+1 || f.Look == "" {
				t.Errorf("it is %+v", f)
			}
		})
	}
}

// A story that is stopped has not ended well, whatever its step was.
func interrupted(t *testing.T, o bench.Options, b *bench.Bench) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	story := parse(t, o, "steps:\n  - pause: 1h\n")
	_, err := scenario.Run(ctx, scenario.Stage{Model: o.Model, Cloud: b.Cloud, URL: b.URL}, story, io.Discard)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ends with %v", err)
	}
}

// A pause lasts, however long other steps may take; within bounds it as any other.
func TestTimeOfSteps(t *testing.T) {
	long, short := scenario.Duration{Duration: time.Hour}, scenario.Duration{Duration: time.Second}
	for _, c := range []struct {
		step scenario.Step
		want bool
	}{
		{scenario.Step{Pause: &long}, true}, {scenario.Step{Pause: &long, Within: &short}, false}, {scenario.Step{}, false},
	} {
		if got := scenario.TimeOf(&c.step); (got > time.Hour) != c.want {
			t.Errorf("%+v has %s", c.step, got)
		}
	}
}

const nobody = "0d9b5c1e-7a3f-4e28-b6d1-9f4c2a8e7b50"

func parse(t *testing.T, o bench.Options, text string) *scenario.Story {
	t.Helper()
	story, err := scenario.Parse("story.yaml", []byte(text), o.Model, localentra.DefaultSeed())
	if err != nil {
		t.Fatal(err)
	}
	return story
}

// The story that docs/stories.md begins with plays, and no key is missing there.
func documented(t *testing.T, o bench.Options, b *bench.Bench) {
	text, err := os.ReadFile(root + "/docs/stories.md")
	if err != nil {
		t.Fatal(err)
	}
	_, story, found := strings.Cut(string(text), "```yaml\n")
	story, _, ends := strings.Cut(story, "```")
	if !found || !ends {
		t.Fatal("it has no story")
	}
	play(t, b, o, parse(t, o, story))
	for _, key := range scenario.Words {
		if !regexp.MustCompile(`\b` + key + `\b`).Match(text) {
			t.Errorf("it does not tell of %s", key)
		}
	}
}
