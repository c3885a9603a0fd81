package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/AlecAivazis/survey/v2"
	"github.com/AlecAivazis/survey/v2/core"
	"github.com/AlecAivazis/survey/v2/terminal"
)

// pageSize is how many options show at once. It leaves room on a terminal of 24 lines.
const pageSize = 12

// surveyPrompter is the Prompter for a terminal.
type surveyPrompter struct {
	keyboard *keyboard
	screen   *screen
}

func newSurvey(in, out *os.File) *surveyPrompter {
	k := newKeyboard(in)
	return &surveyPrompter{keyboard: k, screen: &screen{File: out, keyboard: k}}
}

func (*surveyPrompter) SetColor(on bool) { core.DisableColor = !on }

func (p *surveyPrompter) Forget() { p.keyboard.forget() }

func (p *surveyPrompter) Input(ctx context.Context, q Question) (string, error) {
	var answer string
	prompt := &survey.Input{Message: q.Message, Help: q.Help, Default: q.Default}
	check := func(v any) error {
		if q.Check == nil {
			return nil
		}
		return q.Check(v.(string))
	}
	err := p.ask(ctx, prompt, &answer, survey.WithValidator(check))
	return answer, err
}

func (p *surveyPrompter) Select(ctx context.Context, message string, options []string) (int, error) {
	var index int
	err := p.ask(ctx, &survey.Select{Message: message, Options: options, PageSize: pageSize}, &index)
	return index, err
}

func (p *surveyPrompter) MultiSelect(
	ctx context.Context, message, help string, options, chosen []string,
) ([]string, error) {
	answer := []string{}
	prompt := &survey.MultiSelect{
		Message: message, Help: help, Options: options, Default: chosen, PageSize: pageSize,
	}
	err := p.ask(ctx, prompt, &answer)
	return answer, err
}

func (p *surveyPrompter) ask(ctx context.Context, prompt survey.Prompt, answer any, opts ...survey.AskOpt) error {
	p.keyboard.use(ctx)
	opts = append(opts, survey.WithStdio(p.keyboard, p.screen, p.screen))
	err := survey.AskOne(prompt, answer, opts...)
	if errors.Is(err, terminal.InterruptErr) || errors.Is(err, errInterrupted) || ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return fmt.Errorf("asking in the terminal: %w", err)
	}
	return nil
}
