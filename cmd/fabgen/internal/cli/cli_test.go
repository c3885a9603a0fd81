package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/plan"
)

// newTestApp is an app that keeps what it prints.
func newTestApp() (a *app, out, talk *strings.Builder) {
	out, talk = &strings.Builder{}, &strings.Builder{}
	return &app{in: strings.NewReader(""), out: out, err: talk, prompt: newSurvey(nil, nil)}, out, talk
}

func TestEveryCommandExplainsItself(t *testing.T) {
	a, _, _ := newTestApp()
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.Short == "" || !strings.Contains(cmd.Example, "fabgen") {
			t.Errorf("%s has no short help or no example", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(newRootCmd(a))
}

func TestEveryFieldHasAFlag(t *testing.T) {
	a, _, _ := newTestApp()
	cmd := newInitCmd(a)
	for _, f := range config.Fields() {
		if flag := cmd.Flags().Lookup(f.Flag); flag == nil || flag.Usage == "" {
			t.Errorf("init has no flag --%s, or it has no help", f.Flag)
		}
	}
}

func TestExitCodes(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"no error", nil, 0},
		{"any error", io.ErrUnexpectedEOF, 1},
		{"interrupted", errInterrupted, 1},
		{"cancelled", errCancelled, 1},
		{"context ended", fmt.Errorf("writing: %w", context.Canceled), 1},
		{"files in the way", &plan.ConflictError{}, 1},
		{"folder is not empty", fmt.Errorf("x: %w", plan.ErrNotEmpty), 1},
		{"wrong use", usagef("x"), 2},
		{"wrong use, wrapped", fmt.Errorf("x: %w", usagef("y")), 2},
		{"invalid configuration", config.Problems{{Found: "x"}}, 2},
		{"answers missing", &missingError{config.Problems{{Found: "x"}}, "give --x"}, 2},
		{"out of date", fmt.Errorf("w: %w", errStale), 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := exitCode(test.err); got != test.want {
				t.Errorf("exit code is %d; want %d", got, test.want)
			}
		})
	}
}

func TestReport(t *testing.T) {
	problems := config.Problems{
		{File: "fabgen.yaml", Line: 3, Column: 9, Path: "workload.name", Found: `"x"`, Want: "y", Hint: "z?"},
	}
	conflict := &plan.ConflictError{Dir: "w", Files: []plan.ConflictFile{{Path: "a.go", Reason: "edited"}}}
	tests := []struct {
		name       string
		err        error
		json       bool
		out, talks string
	}{
		{"text", errors.New("went wrong"), false, "", "fabgen: went wrong\n"},
		{"problems", problems, false, "", "fabgen.yaml:3:9: workload.name: found \"x\"; want y; z?\n" +
			"fabgen: the configuration is invalid: 1 problem; nothing was written\n"},
		{"interrupted", fmt.Errorf("rendering: %w", context.Canceled), false, "",
			"fabgen: interrupted; nothing was written\n"},
		{"out of date says so itself", errStale, false, "", ""},
		{"json", errors.New("went <wrong>"), true, "{\n  \"error\": \"went <wrong>\"\n}\n", ""},
		{"json problems", problems, true, `{
  "error": "the configuration is invalid: 1 problem; nothing was written",
  "problems": [
    {
      "file": "fabgen.yaml",
      "line": 3,
      "column": 9,
      "path": "workload.name",
      "found": "\"x\"",
      "want": "y",
      "hint": "z?"
    }
  ]
}
`, ""},
		{"json conflict", conflict, true, `{
  "error": "` + headline(conflict) + `",
  "problems": [
    {
      "path": "a.go",
      "found": "edited"
    }
  ]
}
`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, out, talk := newTestApp()
			a.json = test.json
			a.report(test.err)
			if out.String() != test.out || talk.String() != test.talks {
				t.Errorf("prints\n%s\nand says\n%s\nwant\n%s\nand\n%s", out, talk, test.out, test.talks)
			}
		})
	}
}

func TestReportUsesColorsWhereTheyShow(t *testing.T) {
	a, _, talk := newTestApp()
	a.errColor = true
	a.report(errors.New("x"))
	if want := "\x1b[31mfabgen:\x1b[0m x\n"; talk.String() != want {
		t.Errorf("says %q; want %q", talk, want)
	}
}

func TestOutputThatCannotBeWrittenIsAFailure(t *testing.T) {
	for _, args := range []string{"version", "version --json", "schema", "--help", "help init", "--version"} {
		t.Run(args, func(t *testing.T) {
			a, _, talk := newTestApp()
			a.out = brokenWriter{}
			if code := a.run(context.Background(), strings.Fields(args)); code != exitFailed {
				t.Errorf("exit code is %d; want %d", code, exitFailed)
			}
			if !strings.Contains(talk.String(), "writing to standard output: no space left") {
				t.Errorf("says %q", talk)
			}
		})
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAsksForJSON(t *testing.T) {
	tests := []struct {
		args string
		want bool
	}{
		{"", false}, {"init --json", true}, {"--json=true", true}, {"--json=false", false}, {"--json=maybe", false},
		{"init -- --json", false}, {"init --jsonx", false},
	}
	for _, test := range tests {
		if got := asksForJSON(strings.Fields(test.args)); got != test.want {
			t.Errorf("asksForJSON(%q) is %v; want %v", test.args, got, test.want)
		}
	}
}

func TestShellWord(t *testing.T) {
	tests := []struct{ word, want string }{
		{"contoso", "contoso"}, {"../a_b/c-1.2", "../a_b/c-1.2"}, {"a b", "'a b'"}, {"it's", `'it'\''s'`},
		{"~x", "'~x'"}, {"$(x)", "'$(x)'"}, {"-x", "./-x"},
	}
	for _, test := range tests {
		if got := shellWord(test.word); got != test.want {
			t.Errorf("shellWord(%q) is %s; want %s", test.word, got, test.want)
		}
	}
}

func TestPrintDiffInColors(t *testing.T) {
	const text = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n"
	var plain, colored strings.Builder
	printDiff(&plain, text, false)
	printDiff(&colored, text, true)
	want := "\x1b[1m--- a/x\x1b[0m\n\x1b[1m+++ b/x\x1b[0m\n\x1b[36m@@ -1,2 +1,2 @@\x1b[0m\n" +
		"\x1b[31m-a\x1b[0m\n\x1b[32m+b\x1b[0m\n c\n"
	if plain.String() != text || colored.String() != want {
		t.Errorf("prints %q and %q; want %q and %q", &plain, &colored, text, want)
	}
}

func TestOptionsOf(t *testing.T) {
	f := config.Field{Choices: []string{"onelake", "graph"}, List: true}
	tests := []struct {
		name   string
		values []string
		want   []string
	}{
		{"nothing given", nil, []string{"onelake", "graph"}},
		{"known names", []string{"graph"}, []string{"onelake", "graph"}},
		{"known names spelled out", []string{"graph:User.Read", "name=onelake,as=app"},
			[]string{"name=onelake,as=app", "graph:User.Read"}},
		{"others", []string{"graphs", "onelake"}, []string{"onelake", "graph", "graphs"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := optionsOf(f, test.values); !slices.Equal(got, test.want) {
				t.Errorf("options are %q; want %q", got, test.want)
			}
		})
	}
}

func TestWrongAnswers(t *testing.T) {
	tests := []struct {
		name    string
		answers config.Answers
		want    []string // flags
	}{
		{"nothing given", config.Answers{}, nil},
		{"what is missing is not wrong", config.Answers{"name": {"Org.X"}}, nil},
		{"a rule of two answers", config.Answers{"name": {"Contoso.X"}}, []string{"--name"}},
		{"beside another that is wrong", config.Answers{"name": {"Contoso.X"}, "tenant-id": {"1"}},
			[]string{"--tenant-id", "--name"}},
		{"twice the same", config.Answers{"scope": {"A", "a"}}, []string{"--scope"}},
		{"a route may wait for its scope", config.Answers{"route": {"name=a,method=GET,path=/a,scope=B"}}, nil},
		{"but must be right by itself", config.Answers{"route": {"name=a,method=FETCH,path=/a,scope=B"}},
			[]string{"--route"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, p := range wrongAnswers(test.answers) {
				if !slices.Contains(got, p.Flag) {
					got = append(got, p.Flag)
				}
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("wrong are %q; want %q: %v", got, test.want, wrongAnswers(test.answers))
			}
		})
	}
}
