package localentra_test

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/runtime/auth"
)

func TestOptionsThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*localentra.Options)
		want   string
	}{
		"no folder":       {func(o *localentra.Options) { o.Dir = "" }, "Dir"},
		"no registration": {func(o *localentra.Options) { o.Registration = nil }, "Registration"},
		"no tenant":       {func(o *localentra.Options) { o.TenantID = "x" }, "GUID"},
		"no client":       {func(o *localentra.Options) { o.ClientID = "" }, "GUID"},
		"all addresses":   {func(o *localentra.Options) { o.TLSAddr = "0.0.0.0:0" }, "this machine alone"},
		"every interface": {func(o *localentra.Options) { o.PagesAddr = ":0" }, "this machine alone"},
		"by name":         {func(o *localentra.Options) { o.PagesAddr = "localhost:0" }, "this machine alone"},
		"no address":      {func(o *localentra.Options) { o.PagesAddr = "x" }, "missing port"},
		"no such port":    {func(o *localentra.Options) { o.PagesAddr = "127.0.0.1:99999" }, "99999"},
		"nor this":        {func(o *localentra.Options) { o.TLSAddr = "127.0.0.1:99999" }, "99999"},
		"seed":            {func(o *localentra.Options) { o.Seed = &localentra.Seed{} }, "users"},
		"publisher":       {func(o *localentra.Options) { o.TenantID = foreignID }, "the ID of the publisher's"},
		"open folder":     {func(o *localentra.Options) { _ = os.Chmod(o.Dir, 0o777) }, "others may write"},
		"a file":          {func(o *localentra.Options) { o.Dir = file }, "file"},
	} {
		options := optionsIn(t, t.TempDir())
		c.change(&options)
		s, err := localentra.Start(options)
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// The root outlives the server, and is for nobody else's eyes.
func TestRootIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	in := func(o *localentra.Options) { o.Dir = dir }
	first := start(t, in)
	pemOf := func(w *world) string {
		data, err := os.ReadFile(w.CAFile)
		if err != nil || strings.Contains(string(data), "PRIVATE") {
			t.Fatalf("%s %v", data, err)
		}
		return string(data)
	}
	root := pemOf(first)
	if second := start(t, in); pemOf(second) != root {
		t.Error("a second server has another root")
	} else {
		resp, err := second.Client().Get(first.URL + "/common/discovery/keys")
		if got := status(t, resp, err); got != 200 {
			t.Errorf("%d", got)
		}
	}
	later := start(t, in, func(o *localentra.Options) {
		o.Now = func() time.Time { return time.Now().Add(720 * 24 * time.Hour) }
	})
	if pemOf(later) == root {
		t.Error("a root that is about to expire was kept")
	}
	if _, err := http.Get(first.URL); err == nil {
		t.Error("the system trusts the root")
	}
	if runtime.GOOS == "windows" {
		return
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "root.pem"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", path, info.Mode(), err, want)
		}
	}
}

func TestRootThatCannotBeUsed(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"others read it":    func(path string) error { return os.Chmod(path, 0o644) },
		"no certificate":    func(path string) error { return os.WriteFile(path, []byte("x"), 0o600) },
		"a link to another": func(path string) error { return os.Symlink(path+"x", path) },
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "root.pem")
		if !strings.Contains(name, "link") {
			start(t, func(o *localentra.Options) { o.Dir = dir }).Close()
		}
		if err := spoil(path); err != nil {
			t.Skip(err)
		}
		s, err := localentra.Start(optionsIn(t, dir))
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "delete the file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Several first runs at once agree on one root.
func TestFirstRunsAtOnce(t *testing.T) {
	dir := t.TempDir()
	roots := make([]string, 6)
	var group sync.WaitGroup
	for i := range roots {
		group.Go(func() {
			s, err := localentra.Start(optionsIn(t, dir))
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			data, _ := os.ReadFile(s.CAFile)
			roots[i] = string(data)
		})
	}
	group.Wait()
	for _, root := range roots {
		if root != roots[0] {
			t.Error("two roots")
		}
	}
}

// The root vouches for this machine alone, whoever trusts it.
func TestRootIsForThisMachine(t *testing.T) {
	w := start(t)
	data, err := os.ReadFile(w.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil || !strings.HasPrefix(root.Subject.CommonName, localentra.Mark) {
		t.Fatalf("%v %v", root.Subject, err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	for host, good := range map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true, "login.microsoftonline.com": false,
		"192.0.2.1": false} {
		config, err := w.Certify(host)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: host}); (err == nil) != good {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// A name that points to this machine is not this machine's name.
func TestHostOfAnother(t *testing.T) {
	w := start(t)
	for host, status := range map[string]int{"localhost": 200, "localhost:1": 200, "[::1]:1": 200, "127.0.0.1": 200,
		"evil.example": http.StatusMisdirectedRequest, "127.0.0.1.evil.example": http.StatusMisdirectedRequest} {
		r, _ := http.NewRequest(http.MethodGet, w.PagesURL+"/common/discovery/keys", nil)
		r.Host = host
		resp, err := w.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("%s: %d, want %d", host, resp.StatusCode, status)
		}
	}
}

// What is issued is marked, and no back-end of another Entra takes it.
func TestMarks(t *testing.T) {
	w := start(t)
	if !strings.HasPrefix(w.ClientSecret, localentra.Mark) {
		t.Error("the secret is not marked")
	}
	for _, p := range w.People() {
		if !strings.HasSuffix(p.SignInName, ".example") {
			t.Errorf("%s could be somebody's name", p.SignInName)
		}
	}
	settings := w.Settings(audience)
	authenticator, err := auth.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	handler := authenticator.DataPlane("Forecast.Read.All")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for name, c := range map[string]struct {
		token string
		want  int
	}{"own": {w.subject(t, farid), 200}, "another's": {start(t).subject(t, farid), 401}} {
		r, _ := http.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "Bearer "+c.token)
		got := newRecorder()
		handler.ServeHTTP(got, r)
		if got.Code != c.want {
			t.Errorf("%s: %d %s, want %d", name, got.Code, got.Body, c.want)
		}
	}
}

func TestSeeds(t *testing.T) {
	const u = "{name: U, userName: u, tenant: a.example, id: 7b1d0f52-3c64-4e0a-8f29-1a5b6c7d8e9f}"
	const good = "tenants: [{name: A, domain: a.example, home: true}]\nusers: [" + u + "]"
	if seed, err := localentra.ParseSeed([]byte(good)); err != nil || seed.Users[0].Name != "U" {
		t.Errorf("%v", err)
	}
	if _, err := localentra.ParseSeed([]byte(`{"tenants":[{"name":"A","domain":"a.test","home":true}],
		"users":[{"name":"U","userName":"u","tenant":"a.test","id":"7b1d0f52-3c64-4e0a-8f29-1a5b6c7d8e9f"}]}`)); err != nil {
		t.Errorf("JSON: %v", err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown key":   {"name: U", "nom: U", "nom"},
		"real domain":   {"a.example", "a.com", "does not end in"},
		"no home":       {"home: true", "home: false", "0 tenants have home"},
		"no id":         {"home: true", "home: false", `the id "" is no GUID`},
		"id":            {"7b1d0f52", "x", "is no GUID"},
		"user name":     {"userName: u", "userName: u@x", "has an @"},
		"tenant":        {"tenant: a", "tenant: b", "no tenant has the domain"},
		"nobody":        {"users: [", "users: []\nx: [", ""},
		"no users":      {"users: [" + u + "]", "users: []", "at least one"},
		"the same user": {"users: [", "users: [" + u + ", ", "is there twice"},
		"too long":      {"name: A", "name: " + strings.Repeat("A", localentra.MaxSeed), "bytes"},
	} {
		_, err := localentra.ParseSeed([]byte(strings.ReplaceAll(good, c.from, c.to)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
