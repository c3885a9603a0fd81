package cli

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"runtime"
	"time"
)

// keyboard is the terminal's input for survey. It loses nothing that a person types or pastes ahead: survey asks the
// terminal where the cursor is and drops whatever it reads together with the reply, and a prompt drops what it has
// read beyond its own line. So keyboard hands out a reply alone, and never more than one line at a time. It also lets
// a context end a read.
//
// On Windows survey takes keys from the console by its handle, and Read is not used.
type keyboard struct {
	file    *os.File
	ctx     context.Context
	chunks  chan chunk // from the one goroutine that reads file
	started bool
	end     error  // why no more keys are handed out; nil while they are
	pending []byte // read and not yet handed out
	asked   int    // cursor positions asked for and not yet handed out
}

var (
	cursorQuery = []byte("\x1b[6n")
	ctrlC       = []byte("\x03")
	cursorReply = regexp.MustCompile(`\x1b\[\d+;\d+R`)
)

// lineEnds are the keys that end a prompt: Enter, Ctrl-C and Ctrl-D.
const lineEnds = "\r\n\x03\x04"

func newKeyboard(file *os.File) *keyboard {
	return &keyboard{file: file, ctx: context.Background(), chunks: make(chan chunk)}
}

// use makes ctx end the reads that follow.
func (k *keyboard) use(ctx context.Context) { k.ctx = ctx }

// Fd gives the terminal's descriptor, for its modes.
func (k *keyboard) Fd() uintptr { return k.file.Fd() }

// Read gives the reply to a cursor query where one is awaited, and otherwise keys up to and with the next Enter. After
// an error there are only errors: survey goes on after some of them, without knowing where the cursor is.
func (k *keyboard) Read(p []byte) (int, error) {
	k.start()
	for k.end == nil {
		if n := k.take(p); n > 0 {
			return n, nil
		}
		k.end = k.wait()
	}
	return 0, k.end
}

func (k *keyboard) start() {
	if !k.started {
		k.started = true
		go k.pump()
	}
}

// typedAhead is how long forget waits for what was typed.
const typedAhead = 50 * time.Millisecond

// forget drops the lines that were typed before: they are no answer to a question that comes unasked.
func (k *keyboard) forget() {
	if runtime.GOOS == "windows" { // where Read is not used
		return
	}
	k.start()
	for k.end == nil {
		select {
		case c := <-k.chunks:
			k.end = c.err
		case <-time.After(typedAhead):
			k.pending = nil
			return
		}
	}
}

// take moves into p what may be handed out now.
func (k *keyboard) take(p []byte) int {
	start, end := 0, len(k.pending)
	if k.asked > 0 {
		reply := cursorReply.FindIndex(k.pending)
		if reply == nil {
			return 0
		}
		k.asked--
		start, end = reply[0], reply[1]
	} else if i := bytes.IndexAny(k.pending, lineEnds); i >= 0 {
		end = i + 1
	}
	n := copy(p, k.pending[start:end])
	k.pending = append(k.pending[:start:start], k.pending[start+n:]...)
	return n
}

// wait adds one chunk of input to what is pending.
func (k *keyboard) wait() error {
	if bytes.Contains(k.pending, ctrlC) {
		return errInterrupted // a terminal that does not reply must not keep the person in
	}
	select {
	case <-k.ctx.Done():
		return k.ctx.Err()
	case c := <-k.chunks:
		k.pending = append(k.pending, c.keys...)
		return c.err
	}
}

// chunk is what one read of the terminal gave.
type chunk struct {
	keys []byte
	err  error
}

// pump reads the terminal until it ends. Nothing else of fabgen reads it, so that pump may outlive the last prompt.
func (k *keyboard) pump() {
	for {
		buf := make([]byte, 1024)
		n, err := k.file.Read(buf)
		k.chunks <- chunk{buf[:n], err}
		if err != nil {
			return
		}
	}
}

// screen is the terminal's output for survey; it tells the keyboard which replies to expect.
type screen struct {
	*os.File
	keyboard *keyboard
}

// Write writes to the terminal.
func (s *screen) Write(p []byte) (int, error) {
	s.keyboard.asked += bytes.Count(p, cursorQuery)
	return s.File.Write(p)
}
