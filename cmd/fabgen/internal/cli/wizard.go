package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/plan"
)

// errCancelled says that the person chose not to write.
var errCancelled = errors.New("cancelled; nothing was written")

// wizard asks a person for what the flags left open, and goes back to any answer until the person is content.
type wizard struct {
	*initOptions
	fields []config.Field
}

func newWizard(o *initOptions) *wizard {
	o.answers = maps.Clone(o.answers)
	return &wizard{o, config.Fields()}
}

// run gives the plan that the person agreed to.
func (w *wizard) run(ctx context.Context) (*plan.Plan, error) {
	for _, f := range w.fields {
		if _, given := w.answers[f.Flag]; f.Ask && !given {
			if err := w.ask(ctx, f); err != nil {
				return nil, err
			}
		}
	}
	for {
		p, err := w.planAnswers(ctx, w.answers, w.dir)
		if err == nil {
			err = p.Err()
		}
		if err != nil && !mendable(err) {
			return nil, err
		}
		switch next, askErr := w.review(ctx, p, err); {
		case askErr != nil:
			return nil, askErr
		case next == toWrite:
			return p, nil
		}
		if err := w.change(ctx); err != nil {
			return nil, err
		}
	}
}

// mendable tells whether other answers may help.
func mendable(err error) bool {
	var problems config.Problems
	return errors.As(err, &problems) || errors.Is(err, plan.ErrNotEmpty) || errors.Is(err, plan.ErrConflict)
}

// step is what to do after the summary.
type step int

const (
	toWrite step = iota
	toChange
)

// review shows the summary and asks how to go on. Where err says what is in the way, writing is not offered.
func (w *wizard) review(ctx context.Context, p *plan.Plan, err error) (step, error) {
	fmt.Fprint(w.err, w.summary(p))
	options, steps := []string{"Change an answer", "Cancel"}, []step{toChange}
	message := "How to go on?"
	if err != nil {
		fmt.Fprintf(w.err, "\n%s\n\n", err)
	} else {
		message = fmt.Sprintf("Write %s?", count(p.Counts().Created+p.Counts().Updated, "file"))
		options, steps = append([]string{"Write"}, options...), append([]step{toWrite}, steps...)
	}
	i, askErr := w.prompt.Select(ctx, message, options)
	if askErr == nil && i == len(steps) {
		return 0, errCancelled
	}
	if askErr != nil {
		return 0, askErr
	}
	return steps[i], nil
}

// summary lists the answers, one a line.
func (w *wizard) summary(p *plan.Plan) string {
	var b strings.Builder
	b.WriteString("\n")
	for _, f := range w.fields {
		if _, given := w.answers[f.Flag]; given || f.Ask {
			fmt.Fprintf(&b, "  %-32s %s\n", f.Question, w.shown(f))
		}
	}
	fmt.Fprintf(&b, "  %-32s %s\n\n", "Folder", w.folder(p))
	return b.String()
}

// shown is a field's answer as the summary has it.
func (w *wizard) shown(f config.Field) string {
	if value := w.current(f); value != "" {
		return value
	}
	return "(none)"
}

// current is a field's answer, or what holds without one.
func (w *wizard) current(f config.Field) string {
	if values, given := w.answers[f.Flag]; given {
		return strings.Join(values, ", ")
	}
	return f.Default(w.answers)
}

func (w *wizard) folder(p *plan.Plan) string {
	if w.dir == "" && p != nil {
		return p.Dir
	}
	if w.dir == "" {
		return "(named for the product)"
	}
	return w.dir
}

// change asks which answer to change, and for the new one.
func (w *wizard) change(ctx context.Context) error {
	var options []string
	for _, f := range w.fields {
		options = append(options, f.Question+": "+w.shown(f))
	}
	options = append(options, "Folder: "+w.folder(nil), "Nothing: back to the summary")
	i, err := w.prompt.Select(ctx, "Which answer?", options)
	switch {
	case err != nil:
		return err
	case i < len(w.fields):
		return w.ask(ctx, w.fields[i])
	case i == len(w.fields):
		w.dir, err = w.prompt.Input(ctx, Question{
			Message: "Folder", Default: w.dir, Help: "A folder that is missing or empty.",
		})
	}
	return err
}

// ask asks for one field; what holds so far is the default.
func (w *wizard) ask(ctx context.Context, f config.Field) error {
	switch {
	case f.List:
		return w.askList(ctx, f)
	case len(f.Choices) > 0:
		i, err := w.prompt.Select(ctx, f.Question, f.Choices)
		if err == nil {
			w.set(f, f.Choices[i])
		}
		return err
	}
	value, err := w.prompt.Input(ctx, Question{
		Message: f.Question, Help: f.Help, Default: w.current(f),
		Check: func(value string) error { return w.check(f, nil, strings.TrimSpace(value)) },
	})
	if err == nil {
		w.set(f, strings.TrimSpace(value))
	}
	return err
}

// set keeps an answer, but not one that says no more than the default, which may follow from other answers.
func (w *wizard) set(f config.Field, value string) {
	delete(w.answers, f.Flag)
	if f.Required || value != f.Default(w.answers) {
		w.answers[f.Flag] = []string{value}
	}
}

// askList lets the person choose among the known values and those given before, and then add others, one at a time.
func (w *wizard) askList(ctx context.Context, f config.Field) error {
	values := w.answers[f.Flag]
	if options := optionsOf(f, values); len(options) > 0 {
		chosen, err := w.prompt.MultiSelect(ctx, f.Question, f.Help, options, values)
		if err != nil {
			return err
		}
		values = chosen
	}
	for {
		message := f.Question + ", or Enter to go on"
		if len(values) > 0 {
			message = "Another " + lowerFirst(message)
		}
		value, err := w.prompt.Input(ctx, Question{
			Message: message, Help: f.Help,
			Check: func(value string) error { return w.check(f, values, strings.TrimSpace(value)) },
		})
		if err != nil {
			return err
		}
		if value = strings.TrimSpace(value); value == "" {
			w.answers[f.Flag] = values
			return nil
		}
		values = append(slices.Clone(values), value)
	}
}

// optionsOf are a list's known values and, in the place of those that they spell out, the values given before.
func optionsOf(f config.Field, values []string) []string {
	var options []string
	for _, choice := range f.Choices {
		spelled := func(v string) bool {
			return v == choice || strings.HasPrefix(v, choice+":") || strings.HasPrefix(v+",", "name="+choice+",")
		}
		if !slices.ContainsFunc(values, spelled) {
			options = append(options, choice)
		}
		for _, v := range values {
			if spelled(v) {
				options = append(options, v)
			}
		}
	}
	for _, v := range values {
		if !slices.Contains(options, v) {
			options = append(options, v)
		}
	}
	return options
}

// check says what is wrong with a value beside the other answers. In a list, others are those before it.
func (w *wizard) check(f config.Field, others []string, value string) error {
	if value == "" && !f.Required {
		return nil
	}
	if err := f.Check(value); err != nil {
		return oneLine(err)
	}
	answers := maps.Clone(w.answers)
	answers[f.Flag] = append(slices.Clone(others), value)
	for _, p := range wrongAnswers(answers) {
		if p.Flag == "--"+f.Flag {
			p.Flag, p.Path = "", ""
			return p
		}
	}
	return nil
}

// oneLine joins the lines of an error, since a prompt has one.
func oneLine(err error) error { return errors.New(strings.ReplaceAll(err.Error(), "\n", "; ")) }

func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}
