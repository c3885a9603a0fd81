package auth_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
)

// The two forms of an Authorization header, told once more and in another way than the package tells them.
var (
	bearerForm    = regexp.MustCompile(`^[Bb][Ee][Aa][Rr][Ee][Rr] ([A-Za-z0-9._-]+)$`)
	compositeForm = regexp.MustCompile(
		`^SubjectAndAppToken1\.0 subjectToken="([A-Za-z0-9._-]*)", appToken="([A-Za-z0-9._-]+)"$`)
)

const (
	headerBound = 32 << 10
	tokenBound  = 16 << 10
)

// addHeaders seeds a fuzzer with headers that are right and with near misses of each kind.
func addHeaders(f *testing.F) {
	const composite = `SubjectAndAppToken1.0 subjectToken="a.b.c", appToken="d.e.f"`
	full := strings.Repeat("a", tokenBound)
	for _, value := range []string{
		"", " ", "Bearer", "Bearer ", "Bearer a.b.c", "bearer a-_9.b", "BEARER  a.b.c", "Bearer\ta.b.c",
		" Bearer a.b.c",
		"Bearer a.b.c ", "Bearer a.b.c, Bearer d.e.f", "Bearer a.b.c\r\n d", "Bearer a=b", "Bearer \x00", "Bearer ç",
		"Beare\u0155 a", "Basic dXNlcjpwYXNz", "Bearer " + full, "Bearer " + full + "a",
		composite, strings.Replace(composite, "a.b.c", "", 1), strings.Replace(composite, "d.e.f", "", 1),
		strings.ToLower(composite), composite + " ", " " + composite, composite + `, x="y"`,
		strings.Replace(composite, ", ", ",", 1), strings.Replace(composite, "1.0", "2.0", 1),
		strings.Replace(composite, "=", " = ", 1), strings.Replace(composite, "a.b.c", `", appToken="x`, 1),
		strings.Replace(composite, "a.b.c", full, 1), strings.Replace(composite, "d.e.f", full+"a", 1),
		strings.Replace(composite, "a.b.c", full+full, 1), strings.Replace(composite, "d.e.f", "d\x00\n", 1),
	} {
		f.Add(value)
	}
}

// wantRefusedHeader wants the refusal of a header that is there once, in words that do not grow with the header.
func wantRefusedHeader(t *testing.T, value string, err error) {
	t.Helper()
	var refusal *auth.ValidationError
	if !errors.As(err, &refusal) || refusal.Reason != auth.MalformedHeader && refusal.Reason != auth.TooLarge {
		t.Errorf("%q: %v, want a ValidationError about the header", value, err)
		return
	}
	if len(err.Error()) > 300 {
		t.Errorf("%q: the error has %d bytes", value, len(err.Error()))
	}
}

// One scheme in any case, one space, one token within its bound, and nothing else.
func FuzzParseBearer(f *testing.F) {
	addHeaders(f)
	f.Fuzz(func(t *testing.T, value string) {
		token, err := auth.ParseBearer(authorization(value))
		parts := bearerForm.FindStringSubmatch(value)
		if parts == nil || len(value) > headerBound || len(parts[1]) > tokenBound {
			wantRefusedHeader(t, value, err)
			return
		}
		if err != nil || token != parts[1] {
			t.Errorf("%q: %q, %v, want %q", value, token, err, parts[1])
		}
	})
}

// One form, to the letter: what is taken is written again as it came.
func FuzzParseSubjectAndApp(f *testing.F) {
	addHeaders(f)
	f.Fuzz(func(t *testing.T, value string) {
		tokens, err := auth.ParseSubjectAndApp(authorization(value))
		parts := compositeForm.FindStringSubmatch(value)
		if parts == nil || len(value) > headerBound || max(len(parts[1]), len(parts[2])) > tokenBound {
			wantRefusedHeader(t, value, err)
			return
		}
		if err != nil || tokens.Subject != parts[1] || tokens.App != parts[2] || tokens.HeaderValue() != value {
			t.Errorf("%q: %q and %q, %v", value, tokens.Subject, tokens.App, err)
		}
	})
}
