package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/pack"
	"github.com/fabgen/fabgen/generator/plan"
)

// problem is one thing that is wrong, as --json prints it. Members that are not known are absent.
type problem struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"` // in the configuration, such as scopes[1].name; or the file in the way
	Flag   string `json:"flag,omitempty"` // such as --name, where the value came from a flag
	Found  string `json:"found,omitempty"`
	Want   string `json:"want,omitempty"`
	Hint   string `json:"hint,omitempty"`
}

// failure is what --json prints where a command fails.
type failure struct {
	Error    string    `json:"error"`
	Problems []problem `json:"problems,omitempty"`
}

// result prints what a command was asked for: v with --json, and what text writes without.
func (a *app) result(v any, text func(w io.Writer)) error {
	if !a.json {
		b := &strings.Builder{}
		text(b)
		return a.write(b.String())
	}
	b := &strings.Builder{}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("writing the result as JSON: %w", err)
	}
	return a.write(b.String())
}

func (a *app) write(s string) error {
	_, err := io.WriteString(a.out, s)
	return err
}

// checked is standard output. It keeps the first error, also for those that print and do not look, such as help.
type checked struct {
	io.Writer
	err error
}

// Write writes, and says where it could not.
func (c *checked) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	if err != nil {
		err = fmt.Errorf("writing to standard output: %w", err)
		c.err = cmp.Or(c.err, err)
	}
	return n, err
}

// say tells a person something that is no result.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.err, format+"\n", args...)
	}
}

// working says what takes time, to a person who waits in front of a terminal. The function that it returns takes the
// words away again.
func (a *app) working(on string) (done func()) {
	if a.quiet || !a.errColor {
		return func() {}
	}
	fmt.Fprintf(a.err, "%s …", on)
	return func() { fmt.Fprint(a.err, "\r\x1b[K") }
}

// report prints the error that a command ended with.
func (a *app) report(err error) {
	if errors.Is(err, errStale) || errors.Is(err, errMarked) || errors.Is(err, errUnwell) || errors.Is(err, errFlows) {
		return
	}
	if a.json {
		f := failure{Error: headline(err), Problems: problemsOf(err)}
		if err := a.result(f, nil); err == nil {
			return
		}
	}
	name := "fabgen:"
	if a.errColor {
		name = "\x1b[31m" + name + "\x1b[0m"
	}
	var problems config.Problems
	if errors.As(err, &problems) { // each begins with its place, as editors like it
		fmt.Fprintf(a.err, "%s\n%s %s\n", problems, name, headline(err))
		return
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, errInterrupted) {
		fmt.Fprintf(a.err, "%s %s\n", name, headline(err))
		return
	}
	fmt.Fprintf(a.err, "%s %s\n", name, err)
}

// headline is the error in one line, for where its particulars are given apart.
func headline(err error) string {
	var lacking *missingError
	var problems config.Problems
	var conflict *plan.ConflictError
	var unsolved *plan.UnsolvedError
	var usage *usageError
	var unfit *pack.InvalidError
	switch {
	case errors.As(err, &lacking):
		return "nothing was written: " + lacking.advice
	case errors.As(err, &unfit):
		return "the manifests are invalid: " + count(len(unfit.Problems), "problem") + "; nothing was written"
	case errors.As(err, &problems):
		return "the configuration is invalid: " + count(len(problems), "problem") + "; nothing was written"
	case errors.As(err, &conflict), errors.As(err, &unsolved):
		first, _, _ := strings.Cut(err.Error(), "\n")
		return first
	case errors.As(err, &usage):
		return usage.message
	case errors.Is(err, context.Canceled), errors.Is(err, errInterrupted):
		return "interrupted; nothing was written"
	default:
		return err.Error()
	}
}

func problemsOf(err error) []problem {
	var problems config.Problems
	var conflict *plan.ConflictError
	var unsolved *plan.UnsolvedError
	var usage *usageError
	var out []problem
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			out = append(out, problem(p))
		}
	case errors.As(err, &conflict):
		for _, f := range conflict.Files {
			out = append(out, problem{Path: f.Path, Found: f.Reason})
		}
	case errors.As(err, &unsolved):
		for _, f := range unsolved.Files {
			out = append(out, problem{Path: f.Path, Found: f.Reason})
		}
	case errors.As(err, &usage):
		out = usage.items
	}
	return out
}

// count writes a number with its noun: 1 file, 2 files.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
