package config

import (
	"errors"
	"reflect"
	"testing"
)

// FuzzParse checks that no file makes Parse panic, that its error is always Problems with a place, and that what it
// takes is written and read again as the same configuration.
func FuzzParse(f *testing.F) {
	for _, source := range corpus(f, 50) {
		f.Add([]byte(source))
	}
	f.Add([]byte(everything))
	f.Add([]byte("\ufeff" + minimal))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse("fabgen.yaml", data)
		if err != nil {
			checkProblems(t, err)
			return
		}
		out, err := Marshal(doc.Config)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		again, err := Parse("fabgen.yaml", out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if !reflect.DeepEqual(doc.Config, again.Config) {
			t.Fatalf("got  %+v\nwant %+v\n%s", again.Config, doc.Config, out)
		}
	})
}

func checkProblems(t *testing.T, err error) {
	var p Problems
	if !errors.As(err, &p) || len(p) == 0 {
		t.Fatalf("the error is %T: %v", err, err)
	}
	last := Problem{Line: 1, Column: 1}
	for _, q := range p {
		if q.Line < 1 || q.Column < 1 || q.Found == "" || q.Want == "" || q.File == "" {
			t.Fatalf("a problem lacks something: %+v", q)
		}
		if q.Line < last.Line || q.Line == last.Line && q.Column < last.Column {
			t.Fatalf("out of order: %v after %v", q, last)
		}
		last = q
	}
}

// FuzzCheck does the same for the compact forms of flags.
func FuzzCheck(f *testing.F) {
	seeds := []string{"onelake", "A=b", `name=A,job="a, ""b""",job=c`, "name=p,permission=a:b", "a:b,c", "", "=", `"`}
	for _, s := range seeds {
		f.Add(s)
	}
	fields := Fields()
	f.Fuzz(func(t *testing.T, value string) {
		for _, field := range fields {
			if err := field.Check(value); err != nil && err.Error() == "" {
				t.Fatalf("%s %q: an error without words", field.Flag, value)
			}
		}
	})
}
