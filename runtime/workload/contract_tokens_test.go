package workload_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// refusal is a call that proves too little: its two tokens, and the tenant that its header names.
type refusal struct {
	name         string
	subject, app func(*entratest.Server) string // nil: one that is right
	tenant       string                         // "" names the right one, "-" leaves out the header
	status       int
	code         string
}

func aSubject(options ...entratest.TokenOption) func(*entratest.Server) string {
	return func(e *entratest.Server) string { return e.SubjectToken(options...) }
}

func anApp(options ...entratest.TokenOption) func(*entratest.Server) string {
	return func(e *entratest.Server) string { return e.AppToken(options...) }
}

func noToken(*entratest.Server) string { return "" }

var refusals = []refusal{
	{"no subject", noToken, nil, "", 401, "AuthError"},
	{"no app token", nil, noToken, "", 401, "AuthError"},
	{"the two swapped", anApp(), aSubject(), "", 401, "AuthError"},
	{"an expired subject", aSubject(entratest.Expires(-time.Hour)), nil, "", 401, "AuthError"},
	{"an unsigned app token", nil, anApp(entratest.Unsigned()), "", 401, "AuthError"},
	{"another audience", aSubject(entratest.Audience("api://x")), nil, "", 401, "AuthError"},
	{"a scope of the data plane", aSubject(entratest.Scopes(scope)), nil, "", 403, "AuthError"},
	{"another application", nil, anApp(entratest.App(entratest.FabricFrontendAppID)), "", 403, "AccessDenied"},
	{"a token too long", aSubject(entratest.Claim("x", strings.Repeat("x", 20<<10))), nil, "", 401, "AuthError"},
	{"no tenant", nil, nil, "-", 401, "AuthError"},
	{"a tenant that is none", nil, nil, "x", 401, "AuthError"},
	{"another tenant", nil, nil, fabrictest.NewID(), 401, "AuthError"},
}

// of is the client whose calls are to be refused.
func (r refusal) of(b *contractBench) *fabrictest.Client {
	c := *b.control
	switch r.tenant {
	case "":
	case "-":
		c.TenantID = ""
	default:
		c.TenantID = r.tenant
	}
	right := c.Tokens
	c.Tokens = func() auth.SubjectAndApp {
		tokens := right()
		if r.subject != nil {
			tokens.Subject = r.subject(b.entra)
		}
		if r.app != nil {
			tokens.App = r.app(b.entra)
		}
		return tokens
	}
	return &c
}

func contractTokens(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	j := newJob(b.create(), jobType)
	for _, o := range operations {
		for _, r := range refusals {
			if o.anyone && r.name == "no subject" || o.anyTenant && r.tenant == "-" {
				continue
			}
			t.Run(o.name+" with "+r.name, func(t *testing.T) {
				b.in(t).want(r.status, r.code)(o.call(t.Context(), r.of(b), j))
			})
		}
	}
	for _, authorization := range []string{"", "Basic eA==", "Bearer " + b.entra.SubjectToken()} {
		b.want(401, "AuthError")(b.send("POST", "/workload/resolve-api-path-placeholder", authorization, "{}"))
	}
}
