package tokencheck_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/tokencheck"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

const scope = "Forecast.Read.All"

// world is a local Entra, and a back-end that trusts it over TLS.
type world struct {
	entra *entratest.Server
	door  *auth.Authenticator
	keys  []byte

	checked, blind *tokencheck.Explainer // with keys, and without
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{entra: entratest.New(t)}
	var err error
	if w.door, err = auth.New(w.entra.Settings()); err != nil {
		t.Fatal(err)
	}
	resp, err := w.entra.Client().Get(w.entra.URL + "/common/discovery/keys")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if w.keys, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	var errBlind error
	w.checked, err = tokencheck.New(w.workload(w.keys))
	w.blind, errBlind = tokencheck.New(w.workload(nil))
	if err := errors.Join(err, errBlind); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) workload(keys []byte) tokencheck.Workload {
	s := w.entra.Settings()
	return tokencheck.Workload{Keys: keys, Routes: []tokencheck.Route{
		{Name: "getForecast", Scopes: []string{scope, "Forecast.ReadWrite.All"}},
		{Name: "saveForecast", Scopes: []string{"Forecast.ReadWrite.All"}},
	}, Settings: auth.Settings{TenantID: s.TenantID, ClientID: s.ClientID, Audience: s.Audience, Authority: s.Authority,
		V1Issuer: s.V1Issuer}}
}

func explain(t *testing.T, x *tokencheck.Explainer, input string) *tokencheck.Report {
	t.Helper()
	r, err := x.Explain(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// backend is what the back-end itself says of what was pasted.
func (w *world) backend(t *testing.T, kind tokencheck.Kind, input string) auth.Reason {
	t.Helper()
	var err error
	switch kind {
	case tokencheck.DataSubject:
		r := &http.Request{Header: http.Header{"Authorization": {"Bearer " + input}}}
		_, err = w.door.AuthenticateData(r, scope, "Forecast.ReadWrite.All")
	case tokencheck.App:
		_, err = w.door.ValidateApp(t.Context(), input)
	case tokencheck.ControlSubject:
		input = auth.SubjectAndApp{Subject: input, App: w.entra.AppToken()}.HeaderValue()
		err = w.control(input)
	case tokencheck.Composite:
		err = w.control(input)
	}
	var refusal *auth.ValidationError
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return ""
}

func (w *world) control(header string) error {
	r := &http.Request{Header: http.Header{"Authorization": {header}}}
	r.Header.Set(auth.HeaderClientTenantID, entratest.DefaultUserTenantID)
	_, err := w.door.AuthenticateControl(r, auth.ControlPlaneRules{SubjectOptional: true})
	return err
}

type sample struct {
	name  string
	kind  tokencheck.Kind
	input string
	claim string // one that has to be among the refused; "" where all is right
}

func samples(t *testing.T, w *world) []sample {
	t.Helper()
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	const data, control, app, both = tokencheck.DataSubject, tokencheck.ControlSubject, tokencheck.App, tokencheck.Composite
	d := func(o ...entratest.TokenOption) string {
		return w.entra.SubjectToken(append([]entratest.TokenOption{entratest.Scopes(scope),
			entratest.App(entratest.FabricFrontendAppID)}, o...)...)
	}
	c, a := w.entra.SubjectToken, w.entra.AppToken
	composite := func(subject, app string) string {
		return auth.SubjectAndApp{Subject: subject, App: app}.HeaderValue()
	}
	hour := time.Now().Add(time.Hour).Unix()
	claim := entratest.Claim
	prepend := func(s string) entratest.TokenOption {
		return entratest.PayloadText(func(json string) string { return "{" + s + "," + json[1:] })
	}
	return []sample{
		{"right", data, d(), ""},
		{"right, v2", data, d(entratest.V2()), ""},
		{"right, both scopes", data, d(entratest.Scopes(scope, "Forecast.ReadWrite.All")), ""},
		{"expired within the skew", data, d(entratest.Expires(-30 * time.Second)), ""},
		{"expired", data, d(entratest.Expires(-2 * time.Minute)), "exp"},
		{"not valid yet", data, d(claim("nbf", hour)), "nbf"},
		{"issued in the future", data, d(claim("iat", hour)), "iat"},
		{"exp a text", data, d(claim("exp", "soon")), "exp"},
		{"no exp", data, d(entratest.NoClaim("exp")), "exp"},
		{"another audience", data, d(entratest.Audience("https://graph.microsoft.com")), "aud"},
		{"slash at the audience's end", data, d(entratest.Audience(w.entra.Options.Audience + "/")), "aud"},
		{"v2 with the audience of v1", data, d(entratest.V2(), entratest.Audience(w.entra.Options.Audience)), "aud"},
		{"v1 with the client ID", data, d(entratest.Audience(w.entra.Options.ClientID)), "aud"},
		{"a list of audiences", data, d(claim("aud", []string{"a"})), "aud"},
		{"ver 3.0", data, d(claim("ver", "3.0")), "ver"},
		{"no ver", data, d(entratest.NoClaim("ver")), "ver"},
		{"tid no GUID", data, d(claim("tid", "contoso.com")), "tid"},
		{"no tid", data, d(entratest.NoClaim("tid")), "tid"},
		{"issuer of another tenant", data, d(claim("tid", entratest.DefaultTenantID)), "iss"},
		{"no iss", data, d(entratest.NoClaim("iss")), "iss"},
		{"v1 with azp", data, d(claim("azp", "x"), entratest.NoClaim("appid")), "appid"},
		{"v2 without azp", data, d(entratest.V2(), entratest.NoClaim("azp")), "azp"},
		{"caller no GUID", data, d(entratest.App("somebody")), "appid"},
		{"no oid", data, d(entratest.NoClaim("oid")), "oid"},
		{"oid no GUID", data, d(entratest.User("somebody")), "oid"},
		{"idtyp beside scp", data, d(claim("idtyp", "user")), "idtyp"},
		{"scope that no route has", data, d(entratest.Scopes("Other.Read")), "scp"},
		{"scope in another case", data, d(entratest.Scopes(strings.ToLower(scope))), "scp"},
		{"no scp", data, d(entratest.NoClaim("scp")), "scp"},
		{"alg none", data, d(entratest.Header("alg", "none")), "alg"},
		{"HS256", data, d(entratest.HS256([]byte("secret"))), "alg"},
		{"unsigned", data, d(entratest.Unsigned()), "signature"},
		{"jku", data, d(entratest.Header("jku", "https://evil.example")), "header"},
		{"typ of another kind", data, d(entratest.Header("typ", "dpop+jwt")), "typ"},
		{"no kid", data, d(entratest.NoHeader("kid")), "kid"},
		{"aud twice", data, d(prepend(`"aud":"somebody else"`)), "payload"},
		{"two segments", data, "eyJhbGciOiJSUzI1NiJ9.e30", "token"},
		{"another language's text", data, "pàsted.by.mistake", "token"},
		{"far too long", data, strings.Repeat("a", 20<<10), "Authorization"},
		{"several at once", data, d(entratest.Expires(-time.Hour), entratest.Audience("x"), entratest.NoClaim("oid")), "oid"},
		{"control, right", control, c(), ""},
		{"control, v2", control, c(entratest.V2()), ""},
		{"control, of another application", control, c(entratest.App(entratest.FabricFrontendAppID)), "appid"},
		{"control, expired", control, c(entratest.Expires(-time.Hour)), "exp"},
		{"app, right", app, a(), ""},
		{"app, right, v2", app, a(entratest.V2()), ""},
		{"app, of another tenant", app, a(entratest.Tenant(entratest.DefaultUserTenantID)), "tid"},
		{"app, of another application", app, a(entratest.App(entratest.DefaultClientID)), "appid"},
		{"app, no oid", app, a(entratest.NoClaim("oid")), "oid"},
		{"both, right", both, composite(c(), a()), ""},
		{"both, no user", both, composite("", a()), ""},
		{"both, no idtyp", both, composite(c(), a(entratest.NoClaim("idtyp"))), "idtyp"},
		{"both, swapped", both, composite(a(), c()), "idtyp"},
		{"both, the user's of the data plane", both, composite(c(entratest.Scopes(scope)), a()), "scp"},
		{"both, of two applications", both, composite(c(entratest.App(auth.FabricServiceAppID)), a()), "appid"},
		{"both, the user's cut short", both, composite("eyJhbGciOiJSUzI1NiJ9.e30", a()), "token"},
		{"both, app expired, user's cut short", both, composite("a.b", a(entratest.Expires(-time.Hour))), "exp"},
		{"both, other spacing", both, strings.Replace(composite(c(), a()), ", ", ",", 1), "Authorization"},
		{"signed by somebody else", data, d(entratest.SignedBy(stranger)), "signature"},
		{"signed by somebody else, expired", data, d(entratest.SignedBy(stranger), entratest.Expires(-time.Hour)), "exp"},
		{"unknown key", data, d(entratest.Header("kid", "unknown")), "kid"},
		{"app signed by somebody else", both, composite(c(), a(entratest.SignedBy(stranger))), "signature"},
	}
}

// The verdict is the back-end's, whatever the token; without keys, but for what takes them.
func TestVerdictIsTheBackends(t *testing.T) {
	w := newWorld(t)
	for _, s := range samples(t, w) {
		t.Run(s.name, func(t *testing.T) {
			want := w.backend(t, s.kind, s.input)
			checked := explain(t, w.checked, s.input)
			if checked.Kind != s.kind || checked.Reason != want || checked.Accepted != (want == "") ||
				!checked.SignatureKnown {
				t.Errorf("with keys: %s, %q, accepted %t; the back-end says %q", checked.Kind, checked.Reason, checked.Accepted,
					want)
			}
			if (want == "") != (s.claim == "") || s.claim != "" && !refused(checked, s.claim) {
				t.Errorf("%q is not among %+v", s.claim, checked.Claims)
			}
			blind := explain(t, w.blind, s.input)
			if want != auth.BadSignature && want != auth.UnknownKey && (blind.Reason != want || blind.SignatureKnown) {
				t.Errorf("without keys: %q, the back-end says %q", blind.Reason, want)
			}
			for _, r := range []*tokencheck.Report{checked, blind} {
				holdsNoSecret(t, r, s.input)
			}
		})
	}
}

func refused(r *tokencheck.Report, claim string) bool {
	for _, c := range r.Claims {
		if c.Name == claim && c.Status == tokencheck.Refused && (c.Want != "" || c.Found != "") {
			return true
		}
	}
	return false
}

// holdsNoSecret holds that a report has no part of a token, and no claim that names a person.
func holdsNoSecret(t *testing.T, r *tokencheck.Report, input string) {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range append(strings.FieldsFunc(input, func(r rune) bool { return strings.ContainsRune(`." ,`, r) }),
		"user@example.com", "Example User", entratest.DefaultUserID) {
		if len(secret) > 24 && strings.Contains(string(data), secret) || strings.Contains(string(data), "example.com") {
			t.Errorf("the report tells %d bytes of the token", len(secret))
		}
	}
}

// Without keys what takes them is said to be unknown, and all the rest is told.
func TestWithoutKeysTheSignatureIsUnknown(t *testing.T) {
	w := newWorld(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	r := explain(t, w.blind, w.entra.SubjectToken(entratest.Scopes(scope), entratest.SignedBy(stranger)))
	if !r.Accepted || r.SignatureKnown {
		t.Errorf("%+v", r)
	}
	for _, c := range r.Claims {
		if want := c.Name == "signature"; (c.Status == tokencheck.Unknown) != want || c.Status == tokencheck.Refused {
			t.Errorf("%+v", c)
		}
	}
}

// All that is wrong is told at once, though the back-end stops at the first.
func TestEveryWrongClaimIsTold(t *testing.T) {
	w := newWorld(t)
	token := w.entra.SubjectToken(entratest.Claim("ver", "9"), entratest.Claim("tid", "x"), entratest.Claim("iss", "x"),
		entratest.Audience("x"), entratest.App("x"), entratest.NoClaim("oid"), entratest.Claim("idtyp", "user"),
		entratest.Scopes("Other"), entratest.Expires(-time.Hour), entratest.Header("alg", "PS256"))
	r := explain(t, w.blind, token)
	for _, claim := range []string{"alg", "ver", "tid", "iss", "aud", "appid", "oid", "idtyp", "scp", "exp"} {
		if !refused(r, claim) {
			t.Errorf("%s is not refused: %+v", claim, r.Claims)
		}
	}
	if r.HTTPStatus != 401 || r.ErrorCode != "AuthError" || r.ResponseMessage == "" {
		t.Errorf("%+v", r)
	}
}

func TestRoutesThatAreOpen(t *testing.T) {
	w := newWorld(t)
	for scopes, want := range map[string]string{
		scope: "true false", "Forecast.ReadWrite.All": "true true", "x " + scope: "true false", "Other": "false false",
	} {
		r := explain(t, w.blind, "Authorization: bearer "+w.entra.SubjectToken(entratest.Scopes(scopes))+"\n")
		var got []string
		for _, route := range r.Routes {
			got = append(got, map[bool]string{true: "true", false: "false"}[route.Open])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", scopes, got, want)
		}
	}
}

func TestInputThatIsNoToken(t *testing.T) {
	w := newWorld(t)
	for _, input := range []string{"", " \n", "Bearer ", "two words", strings.Repeat("a", tokencheck.MaxInput+1)} {
		_, err := w.blind.Explain(t.Context(), input)
		if !errors.Is(err, tokencheck.ErrInput) || strings.Contains(err.Error(), "two words") {
			t.Errorf("%d bytes: %v", len(input), err)
		}
	}
	if _, err := tokencheck.New(w.workload([]byte("{}"))); err == nil ||
		!strings.Contains(err.Error(), "JWK set") {
		t.Errorf("err = %v", err)
	}
}
