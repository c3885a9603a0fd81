package play

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/internal/portal"
)

const (
	consent = `{"errorCode":"AuthUIRequired","message":"AADSTS65001: m","moreDetails":[{"errorCode":"AADSTS65001","message":"m",
		"additionalParameters":[{"name":"additionalScopesToConsent","value":"a/x,b/y"}]}]}`
	pascal = `{"ErrorCode":"AuthUIRequired","Message":"m","MoreDetails":[{"AdditionalParameters":[
		{"Name":"claimsForCondtionalAccessPolicy","Value":"{}"}]}]}`
	claims = `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`
)

// An answer of the data plane is what the generated front-end makes of it.
func TestReadFailure(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(claims))
	for name, c := range map[string]struct {
		status          int
		challenge, body string
		kind            kind
		remedy          *remedy
	}{
		"consent":              {401, `Bearer error="insufficient_scope"`, consent, consentRequired, &remedy{true, demand{scopes: []string{"a/x", "b/y"}}}},
		"claims in the header": {401, `Bearer error="insufficient_claims", claims="` + encoded + `"`, `{}`, claimsRequired, &remedy{true, demand{claims: claims}}},
		"claims, misspelt":     {401, `Bearer`, pascal, claimsRequired, &remedy{true, demand{claims: "{}"}}},
		"by its code alone":    {401, `Bearer`, `{"errorCode":"AuthUIRequired","message":"m"}`, consentRequired, &remedy{true, demand{scopes: []string{".default"}}}},
		"an invalid token":     {401, `Bearer error="invalid_token"`, `{"errorCode":"AuthError","message":"m"}`, tokenRefused, &remedy{}},
		"no challenge":         {401, ``, `<html>`, tokenRefused, &remedy{}},
		"a scope":              {403, `Bearer error="insufficient_scope"`, `{"errorCode":"AuthError","message":"m"}`, denied, nil},
		"a scope, with 401":    {401, `Bearer error="insufficient_scope"`, `{"errorCode":"AuthError","message":"m"}`, denied, nil},
		"not enabled":          {403, ``, `{"errorCode":"AccessDenied","message":"AADSTS650052: m"}`, consentImpossible, nil},
		"denied":               {403, ``, `{"errorCode":"AccessDenied","message":"m"}`, denied, nil},
		"throttled":            {429, ``, `{}`, throttled, nil},
		"away":                 {503, ``, ``, unavailable, nil},
		"broken":               {500, ``, ``, broken, nil},
		"a conflict":           {409, ``, ``, rejected, nil},
		"not there":            {404, ``, ``, notFound, nil},
	} {
		resp := &http.Response{StatusCode: c.status, Header: http.Header{"Www-Authenticate": {c.challenge}}}
		same(t, name, readFailure(resp, []byte(c.body)), c.kind, c.remedy)
	}
}

// A rejection of an item or a job is what the generated front-end makes of it: it asks for everything.
func TestReadRejection(t *testing.T) {
	all := &remedy{true, demand{scopes: []string{".default"}}}
	for name, c := range map[string]struct {
		status int
		code   string
		inner  string
		kind   kind
		remedy *remedy
	}{
		"consent":       {401, "FabricExternalWorkloadError", consent, consentRequired, all},
		"claims":        {401, "FabricExternalWorkloadError", pascal, claimsRequired, &remedy{true, demand{claims: "{}"}}},
		"denied":        {403, "FabricExternalWorkloadError", `{"errorCode":"AccessDenied","message":"m"}`, denied, nil},
		"a bad payload": {400, "FabricExternalWorkloadError", `{"errorCode":"InvalidItemPayload","message":"m"}`, rejected, nil},
		"busy":          {503, "FabricExternalWorkloadError", `{"errorCode":"ServiceUnavailable","message":"m"}`, unavailable, nil},
		"Fabric's own":  {404, "ItemNotFound", ``, notFound, nil},
		"unreachable":   {502, "WorkloadUnreachable", ``, unreached, nil},
	} {
		reject := `{"error":{"statusCode":` + string('0'+rune(c.status/100)) + string('0'+rune(c.status/10%10)) + string('0'+rune(c.status%10)) +
			`,"message":{"code":"` + c.code + `","message":"m","pbi.error":{"parameters":{"ErrorResponse":` + quoted(c.inner) + `}}}}}`
		got := readRejection([]byte(reject))
		same(t, name, got, c.kind, c.remedy)
		if got.status != c.status {
			t.Errorf("%s: the status is %d", name, got.status)
		}
	}
}

func quoted(text string) string {
	return `"` + strings.NewReplacer(`"`, `\"`, "\n", "", "\t", "").Replace(text) + `"`
}

func same(t *testing.T, name string, got *problem, k kind, r *remedy) {
	t.Helper()
	if got.kind != k || (got.remedy == nil) != (r == nil) {
		t.Errorf("%s: it is %q with remedy %+v", name, words[got.kind], got.remedy)
		return
	}
	if r != nil && (got.remedy.ask != r.ask || got.remedy.demand.claims != r.demand.claims ||
		!slices.Equal(got.remedy.demand.scopes, r.demand.scopes)) {
		t.Errorf("%s: the remedy is %+v", name, got.remedy)
	}
}

// entra counts the tokens that it gives.
type entra struct{ tokens, failures int }

func (e *entra) Token(context.Context, string) (portal.Token, error) {
	e.tokens++
	if e.failures > 0 {
		return portal.Token{}, errors.New("none")
	}
	return portal.Token{Token: "t"}, nil
}

func (e *entra) Ask(context.Context, string, portal.Demand) (string, string, error) {
	return "", "", nil
}
func (e *entra) Outcome(context.Context, string) error { return nil }

// A call is made once more at most, and a person who was asked in vain is not asked again until they choose to.
func TestRetryOnce(t *testing.T) {
	asks := &problem{kind: consentRequired, status: 401, remedy: &remedy{true, demand{scopes: []string{"a/x"}}}}
	renews := &problem{kind: tokenRefused, status: 401, remedy: &remedy{}}
	denies := &problem{kind: denied, status: 403}
	window := func() *Person { // one whose windows are refused
		p := &Player{entra: &entra{}}
		person := p.Person("u")
		person.refused["a/x"] = &problem{kind: scopesRefused}
		return person
	}
	for name, c := range map[string]struct {
		answers     []*problem
		interactive bool
		want        string
		calls       int
	}{
		"well":             {[]*problem{nil}, true, OK, 1},
		"denied":           {[]*problem{denies}, true, Denied, 1},
		"renewed":          {[]*problem{renews, nil}, true, "token renewed, then ok", 2},
		"renewed in vain":  {[]*problem{renews, renews}, true, "token renewed, then token refused", 2},
		"renewed, denied":  {[]*problem{renews, denies}, true, "token renewed, then denied", 2},
		"polling":          {[]*problem{asks}, false, AskedConsent, 1},
		"declined already": {[]*problem{asks}, true, Declined, 1},
	} {
		var r Result
		calls := 0
		window().retryOnce(t.Context(), &r, c.interactive, func(context.Context) (reply, *problem) {
			calls++
			return reply{status: 200}, c.answers[calls-1]
		})
		if r.Outcome != c.want || calls != c.calls {
			t.Errorf("%s: %q after %d calls", name, r.Outcome, calls)
		}
	}
}

// The front-end keeps its token, and one that is held whatever its age.
func TestToken(t *testing.T) {
	e := &entra{}
	p := (&Player{entra: e}).Person("u")
	p.Hold("old")
	if got, _ := p.token(t.Context()); got != "old" || e.tokens != 0 {
		t.Errorf("it holds %q after %d tokens", got, e.tokens)
	}
	p.Forget()
	if got, _ := p.token(t.Context()); got != "t" || e.tokens != 1 {
		t.Errorf("it gets %q after %d tokens", got, e.tokens)
	}
	e.failures = 1
	p.Forget()
	if _, failed := p.token(t.Context()); failed == nil || failed.kind != misconfigured {
		t.Errorf("without one it fails with %+v", failed)
	}
}
