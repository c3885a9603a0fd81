package supervisor_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// token has the form of a JWT and is none: it says nothing and nobody signed it.
const token = "eyJhbGciOiJub25lIn0.eyJub3RoaW5nIjp0cnVlfQ.c2lnbmF0dXJl"

const secret = "not+a/secret~of anybody"

// logged is what a Log with this secret makes of what a process prints.
func logged(o supervisor.LogOptions, printed ...string) string {
	out := &buffer{}
	o.Names, o.Secrets = []string{"backend", "web"}, []string{secret, "", "short"}
	w := supervisor.NewLog(out, o).Writer("web")
	for _, p := range printed {
		io.WriteString(w, p)
	}
	w.Flush()
	return out.String()
}

func TestLines(t *testing.T) {
	for name, c := range map[string]struct {
		options supervisor.LogOptions
		printed []string
		want    string
	}{
		"whole":                {printed: []string{"one\ntwo\n"}, want: "web     │ one\nweb     │ two\n"},
		"in parts":             {printed: []string{"o", "ne\nt", "wo"}, want: "web     │ one\nweb     │ two\n"},
		"empty":                {printed: []string{"\n\r\n"}, want: "web     │\nweb     │\n"},
		"nothing":              {want: ""},
		"returns":              {printed: []string{"one\r\n"}, want: "web     │ one\n"},
		"tabs":                 {printed: []string{"a\tb\n"}, want: "web     │ a\tb\n"},
		"not UTF-8":            {printed: []string{"a\xffb\n"}, want: "web     │ a\uFFFDb\n"},
		"clears and moves":     {printed: []string{"\x1bc\x1b[2J\x1b[1;1Hhi\x1b[K\a\b\n"}, want: "web     │ hi\n"},
		"title":                {printed: []string{"\x1b]0;mine\x07hi\x1b]0;open\n"}, want: "web     │ hi\n"},
		"C1 controls":          {printed: []string{"a\u009b2Jb\n"}, want: "web     │ a2Jb\n"},
		"no colours":           {printed: []string{"\x1b[31mred\x1b[0m\n"}, want: "web     │ red\n"},
		"colours":              {supervisor.LogOptions{Color: true}, []string{"\x1b[31mred\x1b[2J\nplain\n"}, "\x1b[33mweb     │\x1b[0m \x1b[31mred\x1b[0m\n\x1b[33mweb     │\x1b[0m plain\n"},
		"long":                 {supervisor.LogOptions{MaxLine: 30}, []string{strings.Repeat("x", 40) + "\nnext\n"}, "web     │ xxx … (37 more bytes)\nweb     │ next\n"},
		"token":                {printed: []string{"token=" + token + "; next\n"}, want: "web     │ token=[masked]; next\n"},
		"token in parts":       {printed: []string{"a " + token[:9], token[9:30], token[30:]}, want: "web     │ a [masked]\n"},
		"token cut off":        {supervisor.LogOptions{MaxLine: 70}, []string{strings.Repeat("x", 20) + token + token}, "web     │ xxxxxxxxxxxxxxxxxxxx[masked] … (87 more bytes)\n"},
		"claims challenge":     {printed: []string{`claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="` + "\n"}, want: `web     │ claims="[masked]"` + "\n"},
		"secret":               {printed: []string{"it is " + secret + ".\n"}, want: "web     │ it is [masked].\n"},
		"secret in a form":     {printed: []string{"client_secret=not%2Ba%2Fsecret~of+anybody&x=1\n"}, want: "web     │ client_secret=[masked]&x=1\n"},
		"secret, coloured":     {supervisor.LogOptions{Color: true}, []string{"not+a/\x1b[1msecret~of anybody\n"}, "\x1b[33mweb     │\x1b[0m [masked]\n"},
		"secret cut off":       {supervisor.LogOptions{MaxLine: 50}, []string{strings.Repeat("x", 40) + secret + "\n"}, "web     │ " + strings.Repeat("x", 23) + " … (40 more bytes)\n"},
		"what is no secret":    {printed: []string{"a short eyJ word\n"}, want: "web     │ a short eyJ word\n"},
		"secret behind a wipe": {printed: []string{"not+a/sec\x1b[2Jret~of anybody\n"}, want: "web     │ [masked]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := logged(c.options, c.printed...); got != c.want {
				t.Errorf("got\n%q, want\n%q", got, c.want)
			}
		})
	}
}

// Names that come later get colours of their own.
func TestLaterNames(t *testing.T) {
	out := &buffer{}
	l := supervisor.NewLog(out, supervisor.LogOptions{Names: []string{"a"}, Color: true})
	fmt.Fprintln(l.Writer("longer"), "one")
	fmt.Fprintln(l.Writer("a"), "two")
	if got, want := out.String(), "\x1b[33mlonger │\x1b[0m one\n\x1b[36ma      │\x1b[0m two\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTail(t *testing.T) {
	w := supervisor.NewLog(io.Discard, supervisor.LogOptions{Color: true}).Writer("a")
	for i := range 30 {
		fmt.Fprintf(w, "\x1b[31m%d\x1b[0m %s\n", i, token)
	}
	tail := w.Tail()
	if len(tail) != 20 || tail[0] != "10 [masked]" || tail[19] != "29 [masked]" {
		t.Errorf("the tail is %q", tail)
	}
}

// Nothing is written while a question has the terminal, and all of it after that, in order.
func TestHold(t *testing.T) {
	out := &buffer{}
	l := supervisor.NewLog(out, supervisor.LogOptions{})
	w := l.Writer("a")
	outer, inner := l.Hold(), l.Hold()
	fmt.Fprintln(w, "one")
	inner()
	inner()
	fmt.Fprintln(w, "two")
	if out.String() != "" {
		t.Errorf("written while it is held: %q", out)
	}
	outer()
	fmt.Fprintln(w, "three")
	if want := "a │ one\na │ two\na │ three\n"; out.String() != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

// A question that nobody answers keeps no more than 1 MiB.
func TestHoldIsBounded(t *testing.T) {
	out := &buffer{}
	l := supervisor.NewLog(out, supervisor.LogOptions{})
	w, release := l.Writer("a"), l.Hold()
	for i := range 3000 {
		fmt.Fprintf(w, "%05d%s\n", i, strings.Repeat("x", 1000))
	}
	release()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if n := len(lines) - 1; len(out.String()) > 1<<20+100 || lines[0] != fmt.Sprintf("… %d lines left out while this waited for an answer", 3000-n) ||
		!strings.HasPrefix(lines[n], "a │ 02999") {
		t.Errorf("%d lines, the first is %q", n, lines[0])
	}
}

// Lines of several processes never mix.
func TestLinesAtTheSameTime(t *testing.T) {
	const each = 200
	out := &buffer{}
	l := supervisor.NewLog(out, supervisor.LogOptions{})
	var all sync.WaitGroup
	for i := range 8 {
		w := l.Writer(fmt.Sprint(i))
		all.Go(func() {
			for range each {
				for _, part := range []string{"one ", "two ", "three\n"} {
					io.WriteString(w, part)
				}
			}
		})
	}
	all.Wait()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	slices.Sort(lines)
	counts := map[string]int{}
	for _, line := range lines {
		counts[line]++
	}
	for i := range 8 {
		if line := fmt.Sprintf("%d │ one two three", i); counts[line] != each {
			t.Errorf("%q is there %d times", line, counts[line])
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the terminal is gone") }

// A terminal that is gone fails no process.
func TestBrokenLog(t *testing.T) {
	w := supervisor.NewLog(broken{}, supervisor.LogOptions{}).Writer("a")
	if n, err := fmt.Fprintln(w, "hi"); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// Whatever is printed, each line of the log is one, without tokens and controls.
func FuzzLog(f *testing.F) {
	f.Add("one\ntwo", false)
	f.Add("\x1b[31m"+token+"\x1b]0;\x07\n"+secret, true)
	f.Fuzz(func(t *testing.T, printed string, color bool) {
		out := logged(supervisor.LogOptions{Color: color, MaxLine: 200}, printed, "\n")
		if strings.Contains(out, secret) || strings.Contains(out, token) {
			t.Errorf("a secret is shown: %q", out)
		}
		if got, want := strings.Count(out, "\n"), strings.Count(printed, "\n")+1; got != want {
			t.Errorf("%d lines, want %d", got, want)
		}
		if strings.ContainsAny(out, "\r\a\b") || !color && strings.Contains(out, "\x1b") {
			t.Errorf("controls are left: %q", out)
		}
	})
}
