package golden

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// The identities of the demo.
const (
	demoWorkload = "Org.ContosoForecast"
	demoTenant   = "853d9f4f-c71b-4420-b6ec-60e503458946"
	demoClient   = "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"
	demoScope    = "Forecast.Read.All"
	otherTenant  = "3d1c8f6e-9b7a-4c25-8e4f-1a2b3c4d5e6f"
)

// bench is the demo's own binary, running against a local Entra and a local Fabric.
type bench struct {
	*program
	*replica
	client *http.Client // holds every reply to the contract
}

func (b *bench) data(t *testing.T, authorization, method, path string) *fabrictest.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.url+"/api"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := fabrictest.Send(b.client, req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func (b *bench) subject(options ...entratest.TokenOption) string {
	return b.entra.SubjectToken(append([]entratest.TokenOption{
		entratest.Scopes(demoScope), entratest.App(entratest.FabricFrontendAppID),
	}, options...)...)
}

// create calls the demo as Fabric does, with these tokens.
func (b *bench) create(t *testing.T, subject, app string) *fabrictest.Response {
	t.Helper()
	client := b.fabric.Client(b.url + "/workload")
	client.HTTP = b.client
	client.Tokens = func() auth.SubjectAndApp { return auth.SubjectAndApp{Subject: subject, App: app} }
	item := fabrictest.Item{WorkspaceID: fabrictest.NewID(), Type: demoWorkload + ".Forecast", ID: fabrictest.NewID()}
	resp, err := client.Create(t.Context(), item, map[string]any{"displayName": "First forecast"})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func TestGeneratedServerLetsInWhomItShould(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the demo's server")
	}
	b := startDemo(t)
	other := entratest.New(t) // an authority that nobody trusts

	if got := b.data(t, "Bearer "+b.subject(), http.MethodGet, "/me"); got.Status != http.StatusOK {
		t.Errorf("a valid data-plane call: %d %s", got.Status, got.Body)
	}
	if got := b.create(t, b.entra.SubjectToken(), b.entra.AppToken()); got.Status != http.StatusOK {
		t.Errorf("a valid create: %d %s", got.Status, got.Body)
	}

	data := map[string]struct {
		token  string
		status int
	}{
		"wrong audience": {b.subject(entratest.Audience("api://somebody.else")), http.StatusUnauthorized},
		"wrong scope":    {b.subject(entratest.Scopes("Forecast.Other")), http.StatusForbidden},
		"expired":        {b.subject(entratest.Expires(-time.Hour)), http.StatusUnauthorized},
		"unsigned":       {b.subject(entratest.Unsigned()), http.StatusUnauthorized},
		"other keys":     {other.SubjectToken(entratest.Scopes(demoScope)), http.StatusUnauthorized},
		"app token":      {b.entra.AppToken(), http.StatusUnauthorized},
		"no token":       {"", http.StatusUnauthorized},
	}
	for name, tt := range data {
		t.Run("data plane/"+name, func(t *testing.T) {
			header := "Bearer " + tt.token
			if tt.token == "" {
				header = ""
			}
			got := b.data(t, header, http.MethodGet, "/models")
			refused(t, got, tt.status)
			if challenge := got.Header.Get("WWW-Authenticate"); !strings.HasPrefix(challenge, "Bearer") {
				t.Errorf("WWW-Authenticate is %q", challenge)
			}
		})
	}

	control := map[string]struct {
		subject, app string
		status       int
	}{
		"wrong audience":  {b.entra.SubjectToken(entratest.Audience("api://somebody.else")), b.entra.AppToken(), http.StatusUnauthorized},
		"wrong tenant":    {b.entra.SubjectToken(entratest.Tenant(otherTenant)), b.entra.AppToken(), http.StatusUnauthorized},
		"wrong publisher": {b.entra.SubjectToken(), b.entra.AppToken(entratest.Tenant(otherTenant)), http.StatusUnauthorized},
		"wrong scope":     {b.entra.SubjectToken(entratest.Scopes(demoScope)), b.entra.AppToken(), http.StatusForbidden},
		"expired":         {b.entra.SubjectToken(entratest.Expires(-time.Hour)), b.entra.AppToken(), http.StatusUnauthorized},
		"expired app":     {b.entra.SubjectToken(), b.entra.AppToken(entratest.Expires(-time.Hour)), http.StatusUnauthorized},
		"unsigned":        {b.entra.SubjectToken(entratest.Unsigned()), b.entra.AppToken(), http.StatusUnauthorized},
		"unsigned app":    {b.entra.SubjectToken(), b.entra.AppToken(entratest.Unsigned()), http.StatusUnauthorized},
		"swapped":         {b.entra.AppToken(), b.entra.SubjectToken(), http.StatusUnauthorized},
		"twice a subject": {b.entra.SubjectToken(), b.entra.SubjectToken(), http.StatusUnauthorized},
		"no subject":      {"", b.entra.AppToken(), http.StatusUnauthorized},
	}
	for name, tt := range control {
		t.Run("control plane/"+name, func(t *testing.T) {
			refused(t, b.create(t, tt.subject, tt.app), tt.status)
		})
	}

	for _, secret := range []string{"eyJ", b.entra.Options.ClientSecret} {
		if strings.Contains(b.logs.String(), secret) {
			t.Error("a token or the secret is in the server's log")
		}
	}
}

// refused holds an answer to 401 or 403, as told, and to the contract's body.
func refused(t *testing.T, got *fabrictest.Response, status int) {
	t.Helper()
	if got.Status != status {
		t.Errorf("status %d, want %d: %s", got.Status, status, got.Body)
	}
	var body apierror.Response
	if err := json.Unmarshal(got.Body, &body); err != nil || body.ErrorCode == "" || body.Message == "" || body.Source == "" {
		t.Errorf("not the contract's ErrorResponse: %s", got.Body)
	}
}

// startDemo starts the demo's server with the embedded database.
func startDemo(t *testing.T) *bench {
	t.Helper()
	p := build(t, "demo")
	checked := contracttest.New(t, contracttest.Contract(t)).Client(nil)
	return &bench{p, p.startAlone(t), checked}
}
