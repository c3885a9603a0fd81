//go:build unix

package cli

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// patience is how long a session waits for what it expects on the screen.
const patience = 30 * time.Second

// session is a run of fabgen in a pseudo-terminal with a screen that a test can read.
type session struct {
	t      *testing.T
	cmd    *exec.Cmd
	file   *os.File // the terminal's side of the pair
	screen vt10x.Terminal
	drawn  chan struct{} // closed once the process has closed its side
}

// startSession runs fabgen in a terminal of 40 lines, in the folder dir.
func startSession(t *testing.T, dir string, args ...string) *session {
	t.Helper()
	cmd := exec.Command("fabgen", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "NO_COLOR=")
	size := pty.Winsize{Rows: 40, Cols: 120}
	file, err := pty.StartWithSize(cmd, &size)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, cmd: cmd, file: file, drawn: make(chan struct{})}
	s.screen = vt10x.New(vt10x.WithSize(int(size.Cols), int(size.Rows)), vt10x.WithWriter(file))
	go func() {
		defer close(s.drawn)
		io.Copy(s.screen, file)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		file.Close()
	})
	return s
}

// vtDefault is the colour of a cell that was given none.
var vtDefault = vt10x.DefaultFG

var keys = map[string]string{
	"enter": "\r", "up": "\x1b[A", "down": "\x1b[B", "left": "\x1b[D", "right": "\x1b[C",
	"space": " ", "backspace": "\x7f", "ctrl-c": "\x03", "ctrl-d": "\x04",
}

// play runs a recorded session. Each line is one step:
//
//	expect TEXT    waits until the screen shows TEXT
//	refuse TEXT    checks that the screen does not show TEXT
//	type TEXT      types TEXT
//	answer TEXT    types TEXT and Enter
//	press KEY…     presses keys by name
func (s *session) play(script string) {
	s.t.Helper()
	lines := bufio.NewScanner(strings.NewReader(script))
	for n := 1; lines.Scan(); n++ {
		verb, rest, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		switch verb {
		case "", "#":
		case "expect":
			s.expect(rest)
		case "refuse":
			if strings.Contains(s.text(), rest) {
				s.t.Fatalf("line %d: the screen shows %q:\n%s", n, rest, s.text())
			}
		case "type":
			s.send(rest)
		case "answer":
			s.send(rest + keys["enter"])
		case "press":
			s.press(strings.Fields(rest)...)
		default:
			s.t.Fatalf("line %d: unknown step %q", n, verb)
		}
	}
}

func (s *session) press(names ...string) {
	s.t.Helper()
	for _, name := range names {
		key, ok := keys[name]
		if !ok {
			s.t.Fatalf("unknown key %q", name)
		}
		s.send(key)
	}
}

func (s *session) send(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.file, text); err != nil {
		s.t.Fatalf("typing %q: %v\n%s", text, err, s.text())
	}
}

// expect waits until the screen shows text.
func (s *session) expect(text string) {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	for !strings.Contains(s.text(), text) {
		select {
		case <-s.drawn:
			if !strings.Contains(s.text(), text) {
				s.t.Fatalf("fabgen ended and the screen does not show %q:\n%s", text, s.text())
			}
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("the screen does not show %q after %v:\n%s", text, patience, s.text())
		}
	}
}

// text is the screen without the blanks at the ends of lines.
func (s *session) text() string {
	var lines []string
	for line := range strings.Lines(s.screen.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// wait waits for the end of fabgen and gives its exit code.
func (s *session) wait() int {
	s.t.Helper()
	select {
	case <-s.drawn:
	case <-time.After(patience):
		s.t.Fatalf("fabgen does not end:\n%s", s.text())
	}
	err := s.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return s.cmd.ProcessState.ExitCode()
}
