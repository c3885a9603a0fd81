package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"golang.org/x/term"
)

// readHidden asks for one line in a terminal and shows nothing of it. The terminal is in raw mode from before the
// question on: in its usual mode it cuts a pasted line off after 4,096 bytes, and a header with two tokens is longer.
// Ctrl-C is errInterrupted.
func readHidden(ctx context.Context, f *os.File, question func(), most int) (string, error) {
	before, err := term.MakeRaw(int(f.Fd()))
	if err != nil {
		return "", fmt.Errorf("asking in the terminal: %w", err)
	}
	defer func() { _ = term.Restore(int(f.Fd()), before) }()
	question()
	keyboard := newKeyboard(f)
	keyboard.use(ctx)
	var line []byte
	buf := make([]byte, 1024)
	for {
		n, err := keyboard.Read(buf)
		if ctx.Err() != nil {
			return "", errInterrupted
		}
		if err != nil {
			return "", fmt.Errorf("reading the token: %w", err)
		}
		chunk := buf[:n]
		end := bytes.IndexAny(chunk, lineEnds)
		if end < 0 {
			line = append(line, chunk...)
		} else if line = append(line, chunk[:end]...); chunk[end] == ctrlC[0] {
			return "", errInterrupted
		}
		if len(line) > most {
			return "", usagef("more than %d bytes were pasted, and one token is asked for", most)
		}
		if end >= 0 {
			return string(line), nil
		}
	}
}
