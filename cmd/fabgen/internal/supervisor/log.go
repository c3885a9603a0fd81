package supervisor

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Bounds of a Log.
const (
	defaultMaxLine = 16 << 10
	maxHeld        = 1 << 20 // bytes of lines that wait for the end of a Hold
	maxTail        = 20      // lines that a LogWriter remembers
)

// colors are those of the prefixes, as parameters of SGR (ECMA-48). Red is left to what goes wrong.
var colors = []string{"36", "33", "35", "32", "34", "96", "93", "95"}

// LogOptions say how a Log looks and what it hides.
type LogOptions struct {
	// Names are those of the processes, which set the width of the prefixes and the order of their colours.
	Names []string
	// Color gives each prefix a colour and keeps those of the processes. Without it, all are taken away.
	Color bool
	// Secrets are masked, as tokens are. Those of fewer than 8 bytes are not: they would hide ordinary words.
	Secrets []string
	// MaxLine is the number of bytes after which a line is cut. Default: 16 KiB.
	MaxLine int
}

// Log is one view of what several processes print: whole lines, each after the name of its process. It is safe for
// concurrent use. What it cannot write is lost, so that no process fails for it; where out blocks, they wait.
type Log struct {
	mu       sync.Mutex
	out      io.Writer
	color    bool
	maxLine  int
	width    int
	names    []string // in the order of their colours
	redactor redactor
	holds    int
	held     [][]byte
	heldSize int
	dropped  int
}

// NewLog gives a Log that writes to out, one line a Write.
func NewLog(out io.Writer, o LogOptions) *Log {
	l := &Log{out: out, color: o.Color, maxLine: o.MaxLine}
	if l.maxLine <= 0 {
		l.maxLine = defaultMaxLine
	}
	for _, name := range o.Names {
		l.number(name)
	}
	l.redactor.add(o.Secrets...)
	return l
}

// Hold keeps lines back while something else, such as a question, has the terminal. The function that it returns
// writes them; calling it again does nothing. Where more than 1 MiB waits, the oldest lines are left out, and counted.
func (l *Log) Hold() (release func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holds++
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.holds--; l.holds == 0 {
			l.release()
		}
	})
}

func (l *Log) release() {
	if l.dropped > 0 {
		fmt.Fprintf(l.out, "… %d lines left out while this waited for an answer\n", l.dropped)
	}
	for _, line := range l.held {
		_, _ = l.out.Write(line)
	}
	l.held, l.heldSize, l.dropped = nil, 0, 0
}

// Writer gives what a process prints to. Each Writer puts its own lines together: a process needs one of its own.
func (l *Log) Writer(name string) *LogWriter {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.number(name)
	return &LogWriter{log: l, name: name}
}

// number is the place of a name in the order of colours.
func (l *Log) number(name string) int {
	l.width = max(l.width, utf8.RuneCountInString(name))
	if i := slices.Index(l.names, name); i >= 0 {
		return i
	}
	l.names = append(l.names, name)
	return len(l.names) - 1
}

// print writes a line that is clean already.
func (l *Log) print(name, line string) {
	var b bytes.Buffer
	padded := name + strings.Repeat(" ", l.width-utf8.RuneCountInString(name))
	if l.color {
		fmt.Fprintf(&b, "\x1b[%sm%s │\x1b[0m", colors[l.number(name)%len(colors)], padded)
	} else {
		fmt.Fprintf(&b, "%s │", padded)
	}
	if line != "" {
		b.WriteString(" " + line)
	}
	if strings.Contains(line, "\x1b[") {
		b.WriteString("\x1b[0m") // no line colours the next one's prefix
	}
	b.WriteByte('\n')
	if l.holds == 0 {
		_, _ = l.out.Write(b.Bytes())
		return
	}
	l.held = append(l.held, b.Bytes())
	for l.heldSize += b.Len(); l.heldSize > maxHeld; l.dropped++ {
		l.heldSize -= len(l.held[0])
		l.held = l.held[1:]
	}
}

// LogWriter is where one process prints to. It is safe for concurrent use.
type LogWriter struct {
	log  *Log
	name string
	line []byte // what came of the line that has not ended yet
	cut  int    // how many bytes of it were not kept
	tail []string
}

// Write takes any part of the output. It never fails.
func (w *LogWriter) Write(p []byte) (int, error) {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	rest := p
	for {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		w.keep(line)
		if !ended {
			return len(p), nil
		}
		w.end()
		rest = after
	}
}

// Flush writes the line that has not ended, if there is one.
func (w *LogWriter) Flush() {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	if len(w.line) > 0 {
		w.end()
	}
}

// Tail is the last lines, 20 at most, as they were written but without colours.
func (w *LogWriter) Tail() []string {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	return slices.Clone(w.tail)
}

// forget begins the tail anew.
func (w *LogWriter) forget() {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	w.tail = nil
}

func (w *LogWriter) keep(part []byte) {
	room := min(len(part), w.log.maxLine-len(w.line))
	w.line = append(w.line, part[:room]...)
	w.cut += len(part) - room
}

func (w *LogWriter) end() {
	l, line := w.log, w.line
	if w.cut > 0 {
		// The beginning of a secret that was cut off would not be known for one.
		most := max(0, len(line)-l.redactor.longest())
		w.cut += len(line) - most
		line = line[:most]
	}
	text := withoutControl(string(line), false)
	plain := l.redactor.mask(text)
	shown := plain
	if l.color && plain == text { // a colour within a secret would hide it from the mask
		shown = withoutControl(string(line), true)
	}
	if w.cut > 0 {
		shown = fmt.Sprintf("%s … (%d more bytes)", shown, w.cut)
	}
	w.tail = append(w.tail, plain)
	w.tail = w.tail[max(0, len(w.tail)-maxTail):]
	w.line, w.cut = w.line[:0], 0
	l.print(w.name, shown)
}
