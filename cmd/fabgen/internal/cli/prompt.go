package cli

import (
	"context"
	"errors"
)

// Prompter asks a person. Every method returns errInterrupted when the person presses Ctrl-C or ctx ends, and never
// an answer that the question's Check refuses.
type Prompter interface {
	// Input asks for one line of text; an empty line is the default.
	Input(ctx context.Context, q Question) (string, error)
	// Select asks for one of the options and returns its index.
	Select(ctx context.Context, message string, options []string) (int, error)
	// MultiSelect asks for any number of the options; those in chosen are selected from the start.
	MultiSelect(ctx context.Context, message, help string, options, chosen []string) ([]string, error)
	// Forget drops what was typed ahead, for a question that nobody could expect.
	Forget()
	// SetColor switches colours on or off.
	SetColor(on bool)
}

// Question is one line of text to ask for.
type Question struct {
	Message string
	Help    string
	Default string
	Check   func(string) error // nil accepts everything
}

var errInterrupted = errors.New("interrupted")
