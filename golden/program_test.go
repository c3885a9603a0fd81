package golden

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/internal/testenv"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// program is the server of a scenario and what it runs against.
type program struct {
	model  *model.Model
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

// build builds a scenario's server from a copy of its tree, and starts a local Entra, a local Fabric and a server in
// place of each resource of its own.
func build(t testing.TB, name string) *program {
	t.Helper()
	doc, _ := scenario{yaml: filepath.Join(name, "fabgen.yaml")}.document(t)
	m, err := model.New(doc)
	if err != nil {
		t.Fatal(err)
	}
	entra := entratest.New(t, func(o *entratest.Options) {
		o.TenantID, o.ClientID, o.Audience = m.Env.TenantID, m.Env.ClientID, m.Env.Audience
	})
	p := &program{model: m, entra: entra, fabric: fabrictest.New(t, entra), dir: t.TempDir(), binary: binary(t, name)}
	ca := filepath.Join(p.dir, "ca.pem")
	if err := os.WriteFile(ca, entra.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	p.env = append(os.Environ(),
		"ENTRA_AUTHORITY="+entra.URL, "ENTRA_V1_ISSUER="+entra.V1Issuer(), "EXTRA_CA_FILE="+ca,
		"FABRIC_CLIENT_SECRET="+entra.Options.ClientSecret,
		"FABRIC_API_URL="+p.fabric.URL, "ONELAKE_URL="+p.fabric.OneLakeURL)
	for _, r := range m.OwnResources() {
		p.standIn(t, r)
	}
	return p
}

// standIn starts a server in place of a resource.
func (p *program) standIn(t testing.TB, r *model.Resource) {
	t.Helper()
	var scopes []string
	for _, permission := range r.Permissions {
		scopes = append(scopes, permission.Name)
	}
	local, err := p.fabric.NewResource(r.URI, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	p.env = append(p.env, r.EnvName+"="+local.URL)
}

// binaries are the servers that were built, in the folder that main_test.go removes. Tests here build one after another.
var binaries = map[string]string{}

// binary builds a scenario's server, once for all tests.
func binary(t testing.TB, name string) string {
	t.Helper()
	if binaries[name] == "" {
		backend := filepath.Join(isolated(t, scenario{want: name + "/want"}), "backend")
		path := filepath.Join(shared, name)
		run(t, backend, "go", "build", "-o", path, "./cmd/server")
		binaries[name] = path
	}
	return binaries[name]
}

// startAlone starts it as the only replica, with the embedded database.
func (p *program) startAlone(t testing.TB) *replica {
	t.Helper()
	return p.start(t, "DATABASE_URL=sqlite:"+filepath.Join(p.dir, "workload.db"))
}

// start starts a process of it as a person would, by its settings, and collects its log.
func (p *program) start(t testing.TB, env ...string) *replica {
	t.Helper()
	logs := &syncBuffer{}
	r := p.startTo(t, logs, env...)
	r.logs = logs
	waitReady(t, r.url+"/readyz", r.logs)
	return r
}

// startTo starts a process that logs to w, and may not be ready yet.
func (p *program) startTo(t testing.TB, w io.Writer, env ...string) *replica {
	t.Helper()
	addr := freeAddr(t)
	cmd := exec.Command(p.binary, "--listen-addr", addr)
	cmd.Dir, cmd.Env = p.dir, slices.Concat(p.env, env)
	startTo(t, cmd, w)
	return &replica{url: "http://" + addr, cmd: cmd}
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
func start(t testing.TB, cmd *exec.Cmd) *syncBuffer {
	t.Helper()
	logs := &syncBuffer{}
	startTo(t, cmd, logs)
	return logs
}

// startTo starts a command that says to w what it says, and ends it with the test.
func startTo(t testing.TB, cmd *exec.Cmd, w io.Writer) {
	t.Helper()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

func waitReady(t testing.TB, url string, logs *syncBuffer) {
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
func freeAddr(t testing.TB) string {
	t.Helper()
	port, err := testenv.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", port)
}
