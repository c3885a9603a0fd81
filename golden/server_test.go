package golden

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
	*demo
	*replica
	client *http.Client // holds every reply to the contract
}

// demo is the demo's binary and what it runs against.
type demo struct {
	entra  *entratest.Server
	fabric *fabrictest.Server
	dir    string
	binary string
	env    []string
}

// replica is one process of it.
type replica struct {
	url  string
	logs *syncBuffer
	cmd  *exec.Cmd
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

// startDemo builds the demo's server and starts it, with the embedded database.
func startDemo(t *testing.T) *bench {
	t.Helper()
	d := buildDemo(t)
	checked := contracttest.New(t, contracttest.Contract(t)).Client(nil)
	return &bench{d, d.start(t, "DATABASE_URL=sqlite:"+filepath.Join(d.dir, "workload.db")), checked}
}

// buildDemo builds the demo's server from a copy of its tree.
func buildDemo(t *testing.T) *demo {
	t.Helper()
	entra := entratest.New(t, func(o *entratest.Options) {
		o.TenantID, o.ClientID = demoTenant, demoClient
		o.Audience = "api://localdevinstance/" + demoTenant + "/" + demoWorkload
	})
	fabric := fabrictest.New(t, entra)
	dir := t.TempDir()
	d := &demo{entra: entra, fabric: fabric, dir: dir, binary: demoBinary(t)}
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, entra.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	d.env = append(os.Environ(),
		"ENTRA_AUTHORITY="+entra.URL, "ENTRA_V1_ISSUER="+entra.V1Issuer(), "EXTRA_CA_FILE="+ca,
		"FABRIC_CLIENT_SECRET="+entra.Options.ClientSecret,
		"FABRIC_API_URL="+fabric.URL, "ONELAKE_URL="+fabric.OneLakeURL)
	return d
}

var (
	demoOnce sync.Once
	demoPath string // of the binary, in a folder that main_test.go removes
)

// demoBinary builds the demo's server from a copy of its tree, once for all tests.
func demoBinary(t *testing.T) string {
	t.Helper()
	demoOnce.Do(func() {
		backend := filepath.Join(isolated(t, scenario{want: "demo/want"}), "backend")
		binary := filepath.Join(shared, "server")
		run(t, backend, "go", "build", "-o", binary, "./cmd/server")
		demoPath = binary
	})
	if demoPath == "" {
		t.Fatal("the demo's server does not build")
	}
	return demoPath
}

// start starts a process of it as a person would, by its settings.
func (d *demo) start(t *testing.T, env ...string) *replica {
	t.Helper()
	addr := freeAddr(t)
	cmd := exec.Command(d.binary, "--listen-addr", addr)
	cmd.Dir, cmd.Env = d.dir, slices.Concat(d.env, env)
	r := &replica{url: "http://" + addr, logs: start(t, cmd), cmd: cmd}
	waitReady(t, r.url+"/readyz", r.logs)
	return r
}

// syncBuffer is what a process says, to be read while it goes on.
type syncBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start starts a command, collects what it says and ends it with the test.
func start(t *testing.T, cmd *exec.Cmd) *syncBuffer {
	t.Helper()
	logs := &syncBuffer{}
	cmd.Stdout, cmd.Stderr = logs, logs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return logs
}

func waitReady(t *testing.T, url string, logs *syncBuffer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the server did not get ready:\n%s", logs)
}

// freeAddr is an address that nobody listens at.
func freeAddr(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
