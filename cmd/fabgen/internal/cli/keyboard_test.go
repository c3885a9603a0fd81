package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
)

func TestKeyboardKeepsWhatIsTypedAhead(t *testing.T) {
	tests := []struct {
		name    string
		typed   string
		queries int
		want    []string
	}{
		{"one line", "abc\r", 0, []string{"abc\r"}},
		{"a line at a time", "abc\rdef\n", 0, []string{"abc\r", "def\n"}},
		{"Ctrl-C ends a read", "ab\x03cd\r", 0, []string{"ab\x03", "cd\r"}},
		{"reply alone", "\x1b[12;7R", 1, []string{"\x1b[12;7R"}},
		{"reply behind text with an R", "Read\x1b[1;2Rall\r", 1, []string{"\x1b[1;2R", "Readall\r"}},
		{"two replies", "x\x1b[40;120R\x1b[3;1Ry\r", 2, []string{"\x1b[40;120R", "\x1b[3;1R", "xy\r"}},
		{"keys are no replies", "\x1b[A\r", 0, []string{"\x1b[A\r"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k, in := pipeKeyboard(t)
			k.asked = test.queries
			io.WriteString(in, test.typed)
			for _, want := range test.want {
				buf := make([]byte, 100)
				n, err := k.Read(buf)
				if got := string(buf[:n]); got != want || err != nil {
					t.Fatalf("Read gives %q, %v; want %q", got, err, want)
				}
			}
		})
	}
}

func TestKeyboardHandsOutSmallReads(t *testing.T) {
	k, in := pipeKeyboard(t)
	io.WriteString(in, "abc\r")
	var got string
	for range 4 {
		buf := make([]byte, 1)
		n, err := k.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got += string(buf[:n])
	}
	if got != "abc\r" {
		t.Fatalf("reads give %q; want %q", got, "abc\r")
	}
}

// What was typed before a question that comes unasked is dropped, and what is typed after it is not.
func TestKeyboardForgets(t *testing.T) {
	k, in := pipeKeyboard(t)
	for _, typed := range []string{"\x1b[B\r", "\r\r"} {
		io.WriteString(in, typed)
		k.forget()
	}
	io.WriteString(in, "yes\r")
	buf := make([]byte, 100)
	if n, err := k.Read(buf); string(buf[:n]) != "yes\r" || err != nil {
		t.Fatalf("Read gives %q, %v; want %q", buf[:n], err, "yes\r")
	}
	in.Close()
	k.forget() // and waits for nothing
}

func TestKeyboardEnds(t *testing.T) {
	t.Run("with its context", func(t *testing.T) {
		k, _ := pipeKeyboard(t)
		ctx, cancel := context.WithCancel(context.Background())
		k.use(ctx)
		cancel()
		if _, err := k.Read(make([]byte, 10)); !errors.Is(err, context.Canceled) {
			t.Fatalf("Read gives %v; want context.Canceled", err)
		}
	})
	t.Run("with its file", func(t *testing.T) {
		k, in := pipeKeyboard(t)
		in.Close()
		if _, err := k.Read(make([]byte, 10)); !errors.Is(err, io.EOF) {
			t.Fatalf("Read gives %v; want io.EOF", err)
		}
	})
	t.Run("at Ctrl-C where no reply comes", func(t *testing.T) {
		k, in := pipeKeyboard(t)
		k.asked = 1
		io.WriteString(in, "abc\x03")
		if _, err := k.Read(make([]byte, 10)); !errors.Is(err, errInterrupted) {
			t.Fatalf("Read gives %v; want errInterrupted", err)
		}
	})
}

func pipeKeyboard(t *testing.T) (*keyboard, *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		w.Close()
	})
	return newKeyboard(r), w
}
