package entratest_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"

	"github.com/fabgen/fabgen/runtime/entratest"
)

const tenant = entratest.DefaultUserTenantID

func TestScript(t *testing.T) {
	const claims = `{"access_token":{"acrs":{"value":"c1"}}}`
	for name, c := range map[string]struct {
		on, off func(*entratest.Server)
		status  int
		want    map[string]any
	}{
		"consent": {
			func(s *entratest.Server) {
				s.SetConsent(storage,
					false)
			}, func(s *entratest.Server) { s.SetConsent(storage, true) },
			400, map[string]any{"error": "invalid_grant", "suberror": "consent_required"}},
		"declined": {
			func(s *entratest.Server) {
				s.SetDeclined(storage,
					true)
			}, func(s *entratest.Server) { s.SetDeclined(storage, false) },
			400, map[string]any{"error": "invalid_client"}},
		"claims": {
			func(s *entratest.Server) {
				s.RequireClaims(storage,
					claims)
			}, func(s *entratest.Server) { s.RequireClaims(storage, "") },
			400, map[string]any{"error": "interaction_required", "claims": claims}},
		"secret": {
			func(s *entratest.Server) { s.ExpireSecret(true) }, func(s *entratest.Server) { s.ExpireSecret(false) },
			401, map[string]any{"error": "invalid_client"}},
		"throttle": {
			func(s *entratest.Server) { s.Throttle(1, time.Second) }, func(*entratest.Server) {},
			429, map[string]any{"error": "temporarily_unavailable"}},
		"any answer": {
			func(s *entratest.Server) { s.FailToken(418, `{"error":"teapot"}`) }, func(*entratest.Server) {},
			418, map[string]any{"error": "teapot"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := entratest.New(t)
			c.on(s)
			status, body := post(t, s, tenant, form(s))
			if status != c.status {
				t.Errorf("%d %v, want %d", status, body, c.status)
			}
			for key, want := range c.want {
				if body[key] != want {
					t.Errorf("%s = %v, want %v", key, body[key], want)
				}
			}
			c.off(s)
			if status, body := post(t, s, tenant, form(s)); status != 200 {
				t.Errorf("%d %v afterwards", status, body)
			}
		})
	}
}

func TestClaimsAreSatisfiedByTheToken(t *testing.T) {
	s := entratest.New(t)
	s.RequireClaims(storage, `{"access_token":{}}`)
	if status, body := post(t, s, tenant, form(s, "assertion",
		s.SubjectToken(entratest.ClaimsSatisfied()))); status != 200 {
		t.Errorf("%d %v", status, body)
	}
	if status, _ := post(t, s, tenant, form(s, "scope", "https://graph.microsoft.com/User.Read")); status != 200 {
		t.Errorf("%d for another resource", status)
	}
}

func TestOutageAndLatency(t *testing.T) {
	s := entratest.New(t)
	s.SetOutage(true)
	resp, err := s.Client().Get(s.URL + "/common/discovery/keys")
	if err != nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%v %v", resp, err)
	}
	s.SetOutage(false)
	s.SetLatency(50 * time.Millisecond)
	start := time.Now()
	if status, _ := post(t, s, tenant, form(s)); status != 200 || time.Since(start) < 50*time.Millisecond {
		t.Errorf("%d after %s", status, time.Since(start))
	}
	if c := s.Counts(); c.Keys != 1 || c.Token != 1 {
		t.Errorf("counts = %+v", c)
	}
}

func assertion(text string) []string {
	return []string{"client_secret", "", "client_assertion", text,
		"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
}

func TestFederatedClient(t *testing.T) {
	s := entratest.New(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text   string
		status int
	}{
		"right":             {s.FederatedToken(), 200},
		"another subject":   {s.FederatedToken(entratest.Claim("sub", "x")), 401},
		"another audience":  {s.FederatedToken(entratest.Audience("x")), 401},
		"expired":           {s.FederatedToken(entratest.Expires(-time.Minute)), 401},
		"of a stranger":     {s.FederatedToken(entratest.SignedBy(stranger)), 401},
		"a user's token":    {s.SubjectToken(), 401},
		"of unknown kid":    {s.FederatedToken(entratest.Header("kid", "x")), 401},
		"changed afterward": {s.FederatedToken(entratest.Serialized(strings.ToLower)), 401},
	} {
		if status, body := post(t, s, tenant, form(s, assertion(c.text)...)); status != c.status {
			t.Errorf("%s: %d %v, want %d", name, status, body, c.status)
		}
	}
}

func TestCertificateClient(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "w"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	credential, err := confidential.NewCredFromCert([]*x509.Certificate{parsed}, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, known := range [][]byte{der, nil} {
		s := entratest.New(t, func(o *entratest.Options) { o.Certificate = known })
		client, err := confidential.New(s.URL+"/"+entratest.DefaultTenantID, s.Options.ClientID, credential,
			confidential.WithHTTPClient(s.Client()), confidential.WithInstanceDiscovery(false))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = client.AcquireTokenByCredential(t.Context(), []string{storage +
			"/.default"}); (err == nil) != (known != nil) {
			t.Errorf("known %t: %v", known != nil, err)
		}
	}
}

func TestTokenOptions(t *testing.T) {
	s := entratest.New(t)
	const other = "0d5b8f9e-1111-4222-8333-444455556666"
	for name, c := range map[string]struct {
		option entratest.TokenOption
		claim  string
		want   any
	}{
		"tenant":   {entratest.Tenant(other), "iss", s.V1Issuer() + "/" + other + "/"},
		"user":     {entratest.User(other), "oid", other},
		"app":      {entratest.App(other), "appid", other},
		"audience": {entratest.Audience("x"), "aud", "x"},
		"scopes":   {entratest.Scopes("a", "b"), "scp", "a b"},
		"no claim": {entratest.NoClaim("oid"), "oid", nil},
		"payload":  {entratest.PayloadText(func(text string) string { return `{"x":"y",` + text[1:] }), "x", "y"},
		"header":   {entratest.HeaderText(func(text string) string { return " " + text }), "ver", "1.0"},
		"v2":       {entratest.V2(), "iss", s.URL + "/" + tenant + "/v2.0"},
	} {
		token, err := s.Verify(s.SubjectToken(c.option))
		if err != nil || token.Claims[c.claim] != c.want {
			t.Errorf("%s: %v (%v), want %v", name, token, err, c.want)
		}
	}
	if h := s.Authorization(); !strings.HasPrefix(h, `SubjectAndAppToken1.0 subjectToken="eyJ`) {
		t.Errorf("%.60s", h)
	}
	if settings := s.Settings(); settings.Authority != s.URL || settings.Credential.IsZero() {
		t.Errorf("settings = %v", settings.Authority)
	}
}
