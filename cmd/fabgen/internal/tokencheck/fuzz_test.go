package tokencheck

import (
	"errors"
	"strings"
	"testing"
)

// Whatever is pasted is taken apart or refused, and an error quotes nothing of it.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "Bearer", "Bearer a.b.c", "Authorization: bearer e30.e30.AA", `SubjectAndAppToken1.0 subjectToken="", appToken="a.b.c"`,
		"SubjectAndAppToken1.0 x", "e30.bnVsbA.AA", "e30.eyJpZHR5cCI6ImFwcCIsInNjcCI6MX0.AA", "a b", `"x"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		p, err := read(input)
		if err != nil {
			if long := strings.TrimSpace(input); !errors.Is(err, ErrInput) || len(long) > 40 && strings.Contains(err.Error(), long) {
				t.Errorf("err = %v", err)
			}
			return
		}
		if p.kind == "" || p.subject == "" && p.app == "" && p.malformed == "" {
			t.Errorf("%q is of no kind or holds nothing: %+v", input, p.kind)
		}
		for _, text := range []string{p.subject, p.app} {
			parsed := parse(text)
			_, _, _ = parsed.text("scp"), parsed.number("exp"), parsed.has("aud")
		}
	})
}
