package local_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/registration"
	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

const (
	hanna = "7b1d0f52-3c64-4e0a-8f29-1a5b6c7d8e9f"
	farid = "3e9a4c18-6d20-4b7f-9c51-0f8e2d7a6b34"
	mina  = "91c7e5d0-2f4b-4a86-b3d9-5e6f7a8b9c01"
	dario = "c4f2b8a6-7e15-4d39-8a0c-9b1d3e5f7a28"

	oneLake = "https://storage.azure.com/user_impersonation"
)

var storage = auth.Resource{Name: "onelake", URI: "https://storage.azure.com", Scopes: []string{"user_impersonation"}}

// workload is the demo's cloud and, in place of its back-end, what the back-end does with tokens.
type workload struct {
	*local.Cloud
	auth *auth.Authenticator
	url  string
}

func start(t *testing.T, change ...func(*local.Options)) *workload {
	t.Helper()
	doc, err := config.Parse("fabgen.yaml", config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(doc)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../../../golden/demo/want/entra/application.json")
	if err != nil {
		t.Fatal(err)
	}
	app, err := registration.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	w := &workload{}
	server := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(server.Close)
	o := local.Options{Model: m, Env: m.Env, Registration: app, RootDir: t.TempDir(), StateDir: filepath.Join(t.TempDir(), "state"),
		Backend: server.URL, Frontend: m.Env.FrontendURL, Portal: "http://localhost:60100", Unattended: true}
	for _, c := range change {
		c(&o)
	}
	if w.Cloud, err = local.Start(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.url = server.URL
	if w.auth, err = auth.New(w.Entra.Settings(m.Env.Audience)); err != nil {
		t.Fatal(err)
	}
	return w
}

// serve takes control calls below /workload and data calls elsewhere, and asks for a token for OneLake in the latter.
func (w *workload) serve(rw http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/workload/") {
		if _, err := w.auth.AuthenticateControl(r, auth.ControlPlaneRules{SubjectOptional: r.Method == http.MethodDelete}); err != nil {
			http.Error(rw, err.Error(), http.StatusUnauthorized)
		}
		return
	}
	caller, err := w.auth.AuthenticateData(r, "Forecast.Read.All")
	if err == nil {
		_, err = w.auth.Token(auth.WithCaller(r.Context(), caller), storage)
	}
	if err != nil {
		http.Error(rw, err.Error(), http.StatusUnauthorized)
	}
}

// call calls the data plane with a user's token.
func (w *workload) call(t *testing.T, user string) int {
	t.Helper()
	token, err := w.FrontendToken(user)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/api/forecasts", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// ask has the user do what a window asks for, and stops before the close page.
func (w *workload) ask(t *testing.T, user string, demand portal.Demand) error {
	t.Helper()
	address, state := w.Ask(user, demand)
	if err := w.Outcome(state); !errors.Is(err, portal.ErrPending) {
		t.Errorf("before the window is open: %v", err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if to := resp.Header.Get("Location"); !strings.HasPrefix(to, w.RedirectURI()+"#") {
		t.Errorf("the window ends at %q", to)
	}
	return w.Outcome(state)
}

// A user's first call lacks consent, which the window gets; the one after it works.
func TestConsent(t *testing.T) {
	w := start(t)
	for _, user := range []string{hanna, farid} {
		if got := w.call(t, user); got != http.StatusUnauthorized {
			t.Errorf("before consent: %d", got)
		}
		if err := w.ask(t, user, portal.Demand{Scopes: []string{oneLake}}); err != nil {
			t.Errorf("asking: %v", err)
		}
		if got := w.call(t, user); got != http.StatusOK {
			t.Errorf("after consent: %d", got)
		}
	}
	if err := w.ask(t, dario, portal.Demand{FullConsent: true}); !errors.Is(err, portal.ErrDeclined) {
		t.Errorf("declined: %v", err)
	}
}

func TestProof(t *testing.T) {
	w := start(t)
	if got := w.call(t, mina); got != http.StatusUnauthorized {
		t.Errorf("before the proof: %d", got)
	}
	if err := w.ask(t, mina, portal.Demand{Claims: `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`}); err != nil {
		t.Errorf("asking: %v", err)
	}
	if got := w.call(t, mina); got != http.StatusOK {
		t.Errorf("after the proof: %d", got)
	}
}

// Fabric calls with both tokens, and where nobody asked it to, with one.
func TestControl(t *testing.T) {
	w := start(t)
	item := fabrictest.Item{WorkspaceID: local.WorkspaceID, Type: "Org.ContosoForecast.Forecast", ID: fabrictest.NewID()}
	for _, user := range []string{hanna, farid} {
		if resp, err := w.Control(user).Create(t.Context(), item, nil); err != nil || resp.Status != http.StatusOK {
			t.Errorf("create: %v %+v", err, resp)
		}
	}
	if resp, err := w.Control("").Create(t.Context(), item, nil); err != nil || resp.Status != http.StatusUnauthorized {
		t.Errorf("create without a subject: %v %+v", err, resp)
	}
	if resp, err := w.Control("").Delete(t.Context(), item); err != nil || resp.Status != http.StatusOK {
		t.Errorf("delete without a subject: %v %+v", err, resp)
	}
}

// Where the front-end's port was busy, its close page moves with it.
func TestMovedFrontend(t *testing.T) {
	w := start(t, func(o *local.Options) { o.Frontend = "http://localhost:60007" })
	if got := w.RedirectURI(); got != "http://localhost:60007/close" {
		t.Errorf("the close page is %s", got)
	}
	if err := w.ask(t, hanna, portal.Demand{FullConsent: true}); err != nil {
		t.Errorf("asking: %v", err)
	}
}

func TestEnvironment(t *testing.T) {
	w := start(t)
	env, err := w.Environment()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ENTRA_AUTHORITY", "FABRIC_API_URL", "ONELAKE_URL", "PRICING_URL"} {
		if !strings.HasPrefix(env[name], "https://127.0.0.1:") {
			t.Errorf("%s is %s", name, env[name])
		}
	}
	if env["WORKLOAD_BASE_PATH"] != "/workload" || env["ALLOWED_ORIGINS"] != "http://localhost:60006" {
		t.Errorf("%s %s", env["WORKLOAD_BASE_PATH"], env["ALLOWED_ORIGINS"])
	}
}
