package fabrictest_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// bench is a local Fabric beside a local Entra.
type bench struct {
	*fabrictest.Server
	entra *entratest.Server
}

func newBench(t *testing.T) *bench {
	t.Helper()
	entra := entratest.New(t)
	return &bench{Server: fabrictest.New(t, entra), entra: entra}
}

// user is a user's token for a resource, as the workload gets it on behalf of the user.
func (b *bench) user(uri string, options ...entratest.TokenOption) string {
	return b.entra.SubjectToken(append([]entratest.TokenOption{entratest.Audience(uri),
		entratest.App(b.entra.Options.ClientID), entratest.Scopes("user_impersonation")}, options...)...)
}

// app is the workload's own token for a resource.
func (b *bench) app(uri string, options ...entratest.TokenOption) string {
	return b.entra.AppToken(append([]entratest.TokenOption{entratest.Audience(uri),
		entratest.App(b.entra.Options.ClientID)}, options...)...)
}

// do makes a call with an Authorization header, "" for none.
func (b *bench) do(t *testing.T, method, url, authorization, body string) *fabrictest.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	must(t, err)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	answer, err := fabrictest.Send(b.entra.Client(), req)
	must(t, err)
	return answer
}

// want is do with a user's token and a status to get.
func (b *bench) want(t *testing.T, status int, method, url, uri, body string) *fabrictest.Response {
	t.Helper()
	answer := b.do(t, method, url, "Bearer "+b.user(uri), body)
	if answer.Status != status {
		t.Fatalf("%s %s: %d %s, want %d", method, url, answer.Status, answer.Body, status)
	}
	return answer
}

// authenticator is the workload's own.
func (b *bench) authenticator(t *testing.T) *auth.Authenticator {
	t.Helper()
	settings := b.entra.Settings()
	settings.Logger = slog.New(slog.DiscardHandler)
	a, err := auth.New(settings)
	must(t, err)
	return a
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Every endpoint for Bearer tokens lets a user and the workload in with a token for its own resource, and nobody else.
func TestBearerTokens(t *testing.T) {
	b := newBench(t)
	workspace, item := fabrictest.NewID(), fabrictest.NewID()
	b.AddItem(fabrictest.FabricItem{ID: item, WorkspaceID: workspace})
	resource, err := b.NewResource(pricing)
	must(t, err)
	for url, uri := range map[string]string{
		b.URL + "/v1/workspaces":                                    auth.FabricURI,
		b.URL + "/v1/workspaces/" + workspace + "/items/" + item:    auth.FabricURI,
		b.OneLakeURL + "/workspace?resource=filesystem&directory=i": fabrictest.OneLakeURI,
		resource.URL + "/prices":                                    pricing,
	} {
		for name, c := range map[string]struct {
			authorization string
			status        int
		}{
			"a user":           {"Bearer " + b.user(uri), 200},
			"the app":          {"Bearer " + b.app(uri), 200},
			"another audience": {"Bearer " + b.user("https://vault.azure.net"), 401},
			"the workload's":   {"Bearer " + b.entra.SubjectToken(), 401},
			"expired":          {"Bearer " + b.user(uri, entratest.Expires(-time.Minute)), 401},
			"unsigned":         {"Bearer " + b.user(uri, entratest.Unsigned()), 401},
			"both tokens":      {auth.SubjectAndApp{Subject: b.user(uri), App: b.app(uri)}.HeaderValue(), 401},
			"another scheme":   {"Basic dXNlcjpwYXNz", 401},
			"none":             {"", 401},
		} {
			t.Run(strings.TrimPrefix(url, "https://")+"/"+name, func(t *testing.T) {
				if answer := b.do(t, http.MethodGet, url, c.authorization, ""); answer.Status != c.status {
					t.Errorf("%d %s, want %d", answer.Status, answer.Body, c.status)
				}
			})
		}
	}
}
