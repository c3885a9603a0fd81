package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
)

func authorization(values ...string) http.Header { return http.Header{"Authorization": values} }

func TestParseBearer(t *testing.T) {
	big := strings.Repeat("a", 16<<10)
	for name, c := range map[string]struct {
		header http.Header
		token  string
		want   auth.Reason
	}{
		"right":          {authorization("Bearer a.b-_.c"), "a.b-_.c", ""},
		"lower case":     {authorization("bearer a.b.c"), "a.b.c", ""},
		"mixed case":     {authorization("bEARER a.b.c"), "a.b.c", ""},
		"the largest":    {authorization("Bearer " + big), big, ""},
		"none":           {http.Header{}, "", auth.MissingCredentials},
		"nil":            {nil, "", auth.MissingCredentials},
		"two":            {authorization("Bearer a.b.c", "Bearer a.b.c"), "", auth.MalformedHeader},
		"empty":          {authorization(""), "", auth.MalformedHeader},
		"no token":       {authorization("Bearer"), "", auth.MalformedHeader},
		"an empty token": {authorization("Bearer "), "", auth.MalformedHeader},
		"two spaces":     {authorization("Bearer  a.b.c"), "", auth.MalformedHeader},
		"a tab":          {authorization("Bearer\ta.b.c"), "", auth.MalformedHeader},
		"a space before": {authorization(" Bearer a.b.c"), "", auth.MalformedHeader},
		"a space after":  {authorization("Bearer a.b.c "), "", auth.MalformedHeader},
		"a line break":   {authorization("Bearer a.b.c\n"), "", auth.MalformedHeader},
		"a folded token": {authorization("Bearer a.b\r\n .c"), "", auth.MalformedHeader},
		"a comma":        {authorization("Bearer a.b.c, Bearer d.e.f"), "", auth.MalformedHeader},
		"quotes":         {authorization(`Bearer "a.b.c"`), "", auth.MalformedHeader},
		"padding":        {authorization("Bearer a.b.c="), "", auth.MalformedHeader},
		"another scheme": {authorization("Basic dXNlcjpwYXNz"), "", auth.MalformedHeader},
		"the composite": {authorization(`SubjectAndAppToken1.0 subjectToken="a", appToken="b"`), "",
			auth.MalformedHeader},
		"a token too large":     {authorization("Bearer " + big + "a"), "", auth.TooLarge},
		"a header of 1 MB":      {authorization("Bearer " + strings.Repeat("a", 1<<20)), "", auth.TooLarge},
		"a key not in its form": {http.Header{"authorization": {"Bearer a.b.c"}}, "", auth.MissingCredentials},
		"not ASCII":             {authorization("Bearer a.b.ç"), "", auth.MalformedHeader},
		"no scheme":             {authorization("a.b.c"), "", auth.MalformedHeader},
	} {
		t.Run(name, func(t *testing.T) {
			token, err := auth.ParseBearer(c.header)
			if c.want != "" {
				wantReason(t, err, c.want)
			} else if err != nil {
				t.Fatal(err)
			}
			if token != c.token {
				t.Errorf("token = %.20q", token)
			}
		})
	}
}

func TestParseSubjectAndApp(t *testing.T) {
	const scheme = "SubjectAndAppToken1.0 "
	for name, c := range map[string]struct {
		header http.Header
		tokens auth.SubjectAndApp
		want   auth.Reason
	}{
		"right": {authorization(scheme + `subjectToken="a.b.c", appToken="d.e.f"`),
			auth.SubjectAndApp{Subject: "a.b.c", App: "d.e.f"}, ""},
		"no subject": {authorization(scheme + `subjectToken="", appToken="d.e.f"`),
			auth.SubjectAndApp{App: "d.e.f"}, ""},
		"no app": {authorization(scheme + `subjectToken="a.b.c", appToken=""`), auth.SubjectAndApp{},
			auth.MalformedHeader},
		"neither": {authorization(scheme + `subjectToken="", appToken=""`), auth.SubjectAndApp{},
			auth.MalformedHeader},
		"swapped order": {authorization(scheme + `appToken="d.e.f", subjectToken="a.b.c"`), auth.SubjectAndApp{},
			auth.MalformedHeader},
		"no space": {authorization(scheme + `subjectToken="a.b.c",appToken="d.e.f"`), auth.SubjectAndApp{},
			auth.MalformedHeader},
		"two spaces": {authorization(scheme + `subjectToken="a.b.c",  appToken="d.e.f"`), auth.SubjectAndApp{},
			auth.MalformedHeader},
		"space at =": {authorization(scheme + `subjectToken = "a.b.c", appToken="d.e.f"`), auth.SubjectAndApp{},
			auth.MalformedHeader},
		"no quotes": {authorization(scheme + `subjectToken=a.b.c, appToken=d.e.f`), auth.SubjectAndApp{},
			auth.MalformedHeader},
		"other case": {authorization("subjectandapptoken1.0 " + `subjectToken="a.b.c", appToken="d.e.f"`),
			auth.SubjectAndApp{}, auth.MalformedHeader},
		"version 2": {authorization(`SubjectAndAppToken2.0 subjectToken="a.b.c", appToken="d.e.f"`),
			auth.SubjectAndApp{}, auth.MalformedHeader},
		"something after": {authorization(scheme + `subjectToken="a.b.c", appToken="d.e.f", x="y"`),
			auth.SubjectAndApp{}, auth.MalformedHeader},
		"a space after": {authorization(scheme + `subjectToken="a.b.c", appToken="d.e.f" `), auth.SubjectAndApp{},
			auth.MalformedHeader},
		"a third token": {authorization(scheme + `subjectToken="a.b.c", appToken="d.e.f", appToken="g.h.i"`),
			auth.SubjectAndApp{}, auth.MalformedHeader},
		"an escape": {authorization(scheme + `subjectToken="a.b.c\"", appToken="d.e.f"`), auth.SubjectAndApp{},
			auth.MalformedHeader},
		"a line break": {authorization(scheme + "subjectToken=\"a.b.c\",\r\n appToken=\"d.e.f\""),
			auth.SubjectAndApp{}, auth.MalformedHeader},
		"half":            {authorization(scheme + `subjectToken="a.b.c`), auth.SubjectAndApp{}, auth.MalformedHeader},
		"only the scheme": {authorization(scheme), auth.SubjectAndApp{}, auth.MalformedHeader},
		"bearer":          {authorization("Bearer a.b.c"), auth.SubjectAndApp{}, auth.MalformedHeader},
		"two headers": {authorization(scheme+`subjectToken="", appToken="d"`,
			scheme+`subjectToken="", appToken="d"`), auth.SubjectAndApp{}, auth.MalformedHeader},
		"none": {nil, auth.SubjectAndApp{}, auth.MissingCredentials},
		"subject too large": {authorization(scheme + `subjectToken="` + strings.Repeat("a", 16<<10+1) +
			`", appToken="d.e.f"`),
			auth.SubjectAndApp{}, auth.TooLarge},
		"header too large": {authorization(scheme + `subjectToken="` + strings.Repeat("a", 1<<20) +
			`", appToken="d.e.f"`),
			auth.SubjectAndApp{}, auth.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			tokens, err := auth.ParseSubjectAndApp(c.header)
			if c.want != "" {
				wantReason(t, err, c.want)
			} else if err != nil {
				t.Fatal(err)
			}
			if tokens.Subject != c.tokens.Subject || tokens.App != c.tokens.App {
				t.Errorf("tokens = %q, %q", tokens.Subject, tokens.App)
			}
		})
	}
}

func TestHeaderErrorsHoldNoCredentials(t *testing.T) {
	for _, value := range []string{"Basic c2VjcmV0", "c2VjcmV0", "Bearer c2VjcmV0==",
		`SubjectAndAppToken1.0 subjectToken="c2VjcmV0"`} {
		_, err1 := auth.ParseBearer(authorization(value))
		_, err2 := auth.ParseSubjectAndApp(authorization(value))
		if strings.Contains(err1.Error()+err2.Error(), "c2VjcmV0") {
			t.Errorf("%q: %v, %v", value, err1, err2)
		}
	}
}
