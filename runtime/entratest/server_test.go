package entratest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

const (
	storage = "https://storage.azure.com"
	jwtType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// post asks for a token, the way a client without MSAL would.
func post(t testing.TB, s *entratest.Server, tenant string, form url.Values) (int, map[string]any) {
	t.Helper()
	resp, err := s.Client().PostForm(s.URL+"/"+tenant+"/oauth2/v2.0/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

// form is a right request on behalf of a user, with changes: a name with an empty value is left out.
func form(s *entratest.Server, change ...string) url.Values {
	out := url.Values{
		"grant_type": {jwtType}, "requested_token_use": {"on_behalf_of"}, "client_id": {s.Options.ClientID},
		"client_secret": {s.Options.ClientSecret}, "scope": {storage + "/user_impersonation offline_access openid"},
		"assertion": {s.SubjectToken()},
	}
	for i := 0; i < len(change); i += 2 {
		if out.Del(change[i]); change[i+1] != "" {
			out.Set(change[i], change[i+1])
		}
	}
	return out
}

func TestTokenEndpoint(t *testing.T) {
	s := entratest.New(t)
	other := entratest.New(t)
	const tenant, publisher = entratest.DefaultUserTenantID, entratest.DefaultTenantID
	for name, c := range map[string]struct {
		tenant string
		form   url.Values
		status int
		error  string
	}{
		"on behalf of": {tenant, form(s), 200, ""},
		"v2 assertion": {tenant, form(s, "assertion", s.SubjectToken(entratest.V2())), 200, ""},
		"as the app": {publisher, form(s, "grant_type", "client_credentials", "scope", storage+"/.default"),
			200, ""},
		"wrong secret":        {tenant, form(s, "client_secret", "x"), 401, "7000215"},
		"no credential":       {tenant, form(s, "client_secret", ""), 401, "7000218"},
		"another client":      {tenant, form(s, "client_id", tenant), 400, "700016"},
		"assertion of nobody": {tenant, form(s, "assertion", "a.b.c"), 400, "50013"},
		"of another Entra":    {tenant, form(s, "assertion", other.SubjectToken()), 400, "50013"},
		"unsigned":            {tenant, form(s, "assertion", s.SubjectToken(entratest.Unsigned())), 400, "50013"},
		"expired": {tenant, form(s, "assertion", s.SubjectToken(entratest.Expires(-time.Minute))), 400,
			"500133"},
		"for somebody else":   {tenant, form(s, "assertion", s.SubjectToken(entratest.Audience("x"))), 400, "50013"},
		"an app token":        {tenant, form(s, "assertion", s.AppToken(entratest.Tenant(tenant))), 400, "50027"},
		"of another tenant":   {publisher, form(s), 400, "50013"},
		"not on behalf of":    {tenant, form(s, "requested_token_use", ""), 400, "900144"},
		"no scope":            {tenant, form(s, "scope", "openid"), 400, "70011"},
		"two resources":       {tenant, form(s, "scope", storage+"/a https://graph.microsoft.com/b"), 400, "70011"},
		"a bare scope":        {tenant, form(s, "scope", "a"), 400, "70011"},
		"app without default": {publisher, form(s, "grant_type", "client_credentials"), 400, "1002012"},
		"another grant":       {tenant, form(s, "grant_type", "password"), 400, "70003"},
		"refresh with junk":   {tenant, form(s, "grant_type", "refresh_token", "refresh_token", "x"), 400, "700082"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := post(t, s, c.tenant, c.form)
			description, _ := body["error_description"].(string)
			if status != c.status || c.error != "" && !strings.HasPrefix(description, "AADSTS"+c.error+":") {
				t.Fatalf("%d %v, want %d %s", status, body, c.status, c.error)
			}
			if status == 200 {
				if _, err := s.VerifyFor(body["access_token"].(string), storage, "user_impersonation"); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestRefresh(t *testing.T) {
	s := entratest.New(t)
	const tenant = entratest.DefaultUserTenantID
	_, body := post(t, s, tenant, form(s))
	refresh, _ := body["refresh_token"].(string)
	if refresh == "" {
		t.Fatalf("no refresh token in %v", body)
	}
	again := form(s, "grant_type", "refresh_token", "refresh_token", refresh, "assertion", "",
		"scope", "https://graph.microsoft.com/User.Read")
	if status, body := post(t, s, tenant, again); status != 200 || body["refresh_token"] != nil {
		t.Errorf("%d %v", status, body)
	}
	if status, _ := post(t, s, entratest.DefaultTenantID, again); status != 400 {
		t.Errorf("%d in another tenant", status)
	}
	s.RevokeRefreshTokens()
	if status, _ := post(t, s, tenant, again); status != 400 {
		t.Errorf("%d after revocation", status)
	}
}

// MSAL Go as others use it, with its own discovery, finds all that it needs.
func TestWithMSALAlone(t *testing.T) {
	s := entratest.New(t, func(o *entratest.Options) {
		o.StaticScopes = map[string][]string{auth.FabricURI: {"Item.Read.All", "Workspace.Read.All"}}
	})
	credential, err := confidential.NewCredFromSecret(s.Options.ClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	client, err := confidential.New(s.URL+"/common", s.Options.ClientID, credential,
		confidential.WithHTTPClient(s.Client()), confidential.WithInstanceDiscovery(false))
	if err != nil {
		t.Fatal(err)
	}
	result, err := client.AcquireTokenOnBehalfOf(context.Background(), s.SubjectToken(),
		[]string{auth.FabricURI + "/.default"}, confidential.WithTenantID(entratest.DefaultUserTenantID))
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.VerifyFor(result.AccessToken, auth.FabricURI, "Item.Read.All")
	if err != nil || len(token.Scopes) != 2 || token.Expiry.Before(time.Now()) {
		t.Errorf("token = %+v, err = %v", token, err)
	}
	_, err = client.AcquireTokenByCredential(context.Background(), []string{storage + "/.default"},
		confidential.WithTenantID(entratest.DefaultTenantID))
	if c := s.Counts(); err != nil || c.OnBehalfOf != 1 || c.ClientCredentials != 1 || c.Discovery != 2 ||
		c.Token != 2 {
		t.Errorf("counts = %+v, err = %v", c, err)
	}
}

func TestDocuments(t *testing.T) {
	s := entratest.New(t, func(o *entratest.Options) { o.KeyIssuer = "https://example.com/{tenantid}/" })
	for path, want := range map[string][]string{
		"/common/.well-known/openid-configuration": {s.V1Issuer() + "/{tenantid}/", s.URL +
			"/common/discovery/keys"},
		"/common/v2.0/.well-known/openid-configuration": {s.URL + "/{tenantid}/v2.0", s.URL +
			"/common/discovery/v2.0/keys"},
		"/t/.well-known/openid-configuration":      {s.V1Issuer() + "/t/"},
		"/t/v2.0/.well-known/openid-configuration": {s.URL + "/t/v2.0", s.URL + "/t/oauth2/v2.0/token"},
		"/common/discovery/keys": {s.KeyIDs()[0], `"kty":"RSA"`,
			"https://example.com/{tenantid}/"},
		"/common/discovery/v2.0/keys": {s.KeyIDs()[0]},
	} {
		resp, err := s.Client().Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		var body json.RawMessage
		err = json.NewDecoder(resp.Body).Decode(&body)
		resp.Body.Close()
		for _, part := range want {
			if err != nil || !strings.Contains(string(body), part) {
				t.Errorf("%s: %s lacks %s (%v)", path, body, part, err)
			}
		}
	}
	resp, err := s.Client().Get(s.URL + "/common/elsewhere")
	if err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("elsewhere: %v %v", resp, err)
	}
}

func TestVerify(t *testing.T) {
	s := entratest.New(t)
	token, err := s.Verify(s.SubjectToken(entratest.V2(), entratest.App(entratest.FabricFrontendAppID)))
	if err != nil || token.AppID != entratest.FabricFrontendAppID || token.Audience != entratest.DefaultClientID ||
		token.IsApp {
		t.Errorf("token = %+v, err = %v", token, err)
	}
	if expired, err := s.Verify(s.AppToken(entratest.Expires(-time.Minute))); err == nil || !expired.Expired ||
		!expired.IsApp {
		t.Errorf("token = %+v, err = %v", expired, err)
	}
	for name, bad := range map[string]string{
		"unsigned": s.SubjectToken(entratest.Unsigned()), "HS256": s.SubjectToken(entratest.HS256([]byte("x"))),
		"no exp": s.SubjectToken(entratest.NoClaim("exp")), "unknown kid": s.SubjectToken(entratest.Header("kid", "x")),
		"not a token": "x", "no kid": s.SubjectToken(entratest.NoHeader("kid")),
	} {
		if _, err := s.Verify(bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	good := s.SubjectToken(entratest.Scopes("a b"))
	if _, err := s.VerifyFor(good, "https://other"); err == nil {
		t.Error("a token for somebody else was taken")
	}
	if _, err := s.VerifyFor(good, s.Options.Audience, "c"); err == nil {
		t.Error("a token without the scope was taken")
	}
}

func TestRotation(t *testing.T) {
	s := entratest.New(t)
	old := s.SubjectToken()
	if err := s.RotateKeys(); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{old, s.SubjectToken(), s.SubjectToken(entratest.OldKey())} {
		if _, err := s.Verify(token); err != nil {
			t.Error(err)
		}
	}
	s.RetireKeys()
	if _, err := s.Verify(old); err == nil || len(s.KeyIDs()) != 1 {
		t.Error("a retired key still counts")
	}
}

func TestReplaceAndClose(t *testing.T) {
	s, err := entratest.Start(entratest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Replace("/x/y", http.HandlerFunc(func(w http.ResponseWriter,
		_ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
	}))
	if resp, err := s.Client().Get(s.URL + "/x/y"); err != nil || resp.StatusCode != http.StatusTeapot {
		t.Errorf("%v %v", resp, err)
	}
	s.Replace("/x/y", nil)
	if resp, err := s.Client().Get(s.URL + "/x/y"); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("%v %v", resp, err)
	}
	s.Close()
	s.Close()
	if _, err := s.Client().Get(s.URL + "/common/discovery/keys"); err == nil {
		t.Error("a closed server answers")
	}
	if _, err := entratest.Start(entratest.Options{Addr: "256.0.0.1:0"}); err == nil {
		t.Error("an address that cannot be was taken")
	}
}

func TestStrangersDoNotTrustIt(t *testing.T) {
	s := entratest.New(t)
	if _, err := http.Get(s.URL); err == nil {
		t.Error("a client without the authority's certificate was let through")
	}
	if !strings.Contains(string(s.CAPEM()), "BEGIN CERTIFICATE") || strings.Contains(string(s.CAPEM()), "PRIVATE") {
		t.Errorf("%s", s.CAPEM())
	}
}

// What encoding/json cannot write is a mistake in a test, and says so at once.
func TestClaimThatIsNoJSON(t *testing.T) {
	s := entratest.New(t)
	defer func() {
		if recover() == nil {
			t.Error("a channel was written as JSON")
		}
	}()
	s.SubjectToken(entratest.Claim("x", make(chan int)))
}

func TestNewNeedsOnlyAFewMethods(t *testing.T) {
	tb := &fakeTB{}
	if s := entratest.New(tb); s == nil || len(tb.cleanups) != 1 {
		t.Fatal("no server")
	}
	tb.cleanups[0]()
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, errFatal) {
			t.Errorf("recovered %v", err)
		}
	}()
	entratest.New(tb, func(o *entratest.Options) { o.Addr = "256.0.0.1:0" })
}

var errFatal = errors.New("fatal")

type fakeTB struct{ cleanups []func() }

func (*fakeTB) Helper()               {}
func (*fakeTB) Fatalf(string, ...any) { panic(errFatal) }
func (f *fakeTB) Cleanup(c func())    { f.cleanups = append(f.cleanups, c) }
