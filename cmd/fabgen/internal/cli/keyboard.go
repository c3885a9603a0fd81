package cli

import (
	"bytes"
	"context"
	"os"
	"regexp"
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
	chunks  chan []byte // from the one goroutine that reads file; closed at its end
	started bool
	end     error
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
	return &keyboard{file: file, ctx: context.Background(), chunks: make(chan []byte)}
}

// use makes ctx end the reads that follow.
func (k *keyboard) use(ctx context.Context) { k.ctx = ctx }

// Fd gives the terminal's descriptor, for its modes.
func (k *keyboard) Fd() uintptr { return k.file.Fd() }

// Read gives the reply to a cursor query where one is awaited, and otherwise keys up to and with the next Enter.
func (k *keyboard) Read(p []byte) (int, error) {
	if !k.started {
		k.started = true
		go k.pump()
	}
	for {
		if n := k.take(p); n > 0 {
			return n, nil
		}
		if bytes.Contains(k.pending, ctrlC) {
			return 0, errInterrupted // a terminal that does not reply must not keep the person in
		}
		if err := k.wait(); err != nil {
			return 0, err
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
	select {
	case <-k.ctx.Done():
		return k.ctx.Err()
	case chunk, ok := <-k.chunks:
		if !ok {
			return k.end
		}
		k.pending = append(k.pending, chunk...)
		return nil
	}
}

// pump reads the terminal until it ends. Nothing else of fabgen reads it, so that pump may outlive the last prompt.
func (k *keyboard) pump() {
	for {
		buf := make([]byte, 1024)
		n, err := k.file.Read(buf)
		if n > 0 {
			k.chunks <- buf[:n]
		}
		if err != nil {
			k.end = err
			close(k.chunks)
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
