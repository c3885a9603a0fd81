package dev

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/inspector"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/registration"
	"github.com/fabgen/fabgen/generator/render"
)

const hanna = "7b1d0f52-3c64-4e0a-8f29-1a5b6c7d8e9f"

func demoCloud(t *testing.T) *local.Cloud {
	t.Helper()
	doc, err := config.Parse("fabgen.yaml", config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(doc)
	if err != nil {
		t.Fatal(err)
	}
	body, err := render.One(m, "entra/application.json", m.Env)
	if err != nil {
		t.Fatal(err)
	}
	app, err := registration.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	c, err := local.Start(local.Options{Model: m, Env: m.Env, Registration: app, RootDir: t.TempDir(), StateDir: t.TempDir(),
		Backend: "http://127.0.0.1:5000", Frontend: m.Env.FrontendURL, Portal: "http://localhost:60100", Roles: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Each button does something, a toggle can be taken back, and what is no button is refused.
func TestFaults(t *testing.T) {
	f := newFaults(demoCloud(t))
	for _, fault := range f.List() {
		if fault.Label == "" || !strings.HasSuffix(fault.Help, ".") {
			t.Errorf("%s says %q and %q", fault.ID, fault.Label, fault.Help)
		}
		for _, on := range []bool{fault.Toggle, false} {
			if err := f.Trigger(t.Context(), fault.ID); err != nil {
				t.Errorf("%s: %v", fault.ID, err)
			}
			i := slices.IndexFunc(f.List(), func(other inspector.Fault) bool { return other.ID == fault.ID })
			if got := f.List()[i].On; got != on {
				t.Errorf("%s is on: %t, want %t", fault.ID, got, on)
			}
		}
	}
	if err := f.Trigger(t.Context(), "none"); !errors.Is(err, inspector.ErrNoFault) {
		t.Errorf("one that is not there: %v", err)
	}
}

// Everybody's role is one: a button that is on says what holds.
func TestFaultsOfRoles(t *testing.T) {
	f := newFaults(demoCloud(t))
	for _, c := range []struct{ trigger, on string }{
		{"viewer", "viewer"}, {"nobody", "nobody"}, {"nobody", ""}, {"nobody", "nobody"}, {"viewer", "viewer"}, {"viewer", ""},
	} {
		if err := f.Trigger(t.Context(), c.trigger); err != nil {
			t.Fatal(err)
		}
		var on []string
		for _, fault := range f.List() {
			if fault.On {
				on = append(on, fault.ID)
			}
		}
		if got := strings.Join(on, " "); got != c.on {
			t.Errorf("after %s %q is on, want %q", c.trigger, got, c.on)
		}
	}
}

// What is still to happen is counted by its button, and can be taken back.
func TestFaultsThatWait(t *testing.T) {
	c := demoCloud(t)
	f := newFaults(c)
	waiting := func() map[string]int {
		out := map[string]int{}
		for _, fault := range f.List() {
			if fault.Waiting > 0 {
				out[fault.ID] = fault.Waiting
			}
		}
		return out
	}
	for _, id := range []string{"consent", "consent", "claims", "fabricThrottles", "oneLakeThrottles", "oneLakeThrottles", "keys"} {
		if err := f.Trigger(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]int{"consent": 2, "claims": 1, "fabricThrottles": 1, "oneLakeThrottles": 2}
	if got := waiting(); !maps.Equal(got, want) {
		t.Errorf("%v wait, want %v", got, want)
	}
	if status, after := callOneLake(t, c); status != http.StatusTooManyRequests || after != "5" {
		t.Errorf("OneLake: %d, Retry-After %s", status, after)
	}
	if got := waiting()["oneLakeThrottles"]; got != 1 {
		t.Errorf("%d of OneLake wait, want 1", got)
	}
	f.Forget()
	if got := waiting(); len(got) > 0 {
		t.Errorf("%v wait after all was taken back", got)
	}
	for _, want := range []int{http.StatusServiceUnavailable, http.StatusUnauthorized} { // without a token
		if err := f.Trigger(t.Context(), "oneLake"); err != nil {
			t.Fatal(err)
		}
		if status, _ := callOneLake(t, c); status != want {
			t.Errorf("OneLake: %d, want %d", status, want)
		}
	}
}

func callOneLake(t *testing.T, c *local.Cloud) (status int, retryAfter string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.Fabric.OneLakeURL+"/w/i/Files/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Entra.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("Retry-After")
}

// Tokens that have expired are issued while their button is on, and good ones after.
func TestExpiredTokens(t *testing.T) {
	c := demoCloud(t)
	f := newFaults(c)
	for _, good := range []bool{false, true} {
		if err := f.Trigger(t.Context(), "expired"); err != nil {
			t.Fatal(err)
		}
		token, err := c.FrontendToken(hanna)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Entra.VerifyFor(token, "api://localdevinstance/853d9f4f-c71b-4420-b6ec-60e503458946/Org.ContosoForecast")
		if (err == nil) != good {
			t.Errorf("good %t: %v", good, err)
		}
	}
}

func TestLocales(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "frontend", "src", "locales")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"de.json", "en-US.json", "es.json"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := locales(dir); !slices.Equal(got, []string{"en-US", "de", "es"}) {
		t.Errorf("%q", got)
	}
}

func TestPortOf(t *testing.T) {
	for address, want := range map[string]int{
		"http://127.0.0.1:5000/workload": 5000, "http://localhost:60006": 60006, "https://forecast.contoso.com": 7,
		"http://192.0.2.1:80": 7, "http://localhost": 7, "": 7,
	} {
		if got := portOf(address, 7); got != want {
			t.Errorf("%s: %d, want %d", address, got, want)
		}
	}
}

func TestPrint(t *testing.T) {
	var out strings.Builder
	Addresses{Portal: "http://localhost:1", Inspector: "http://localhost:2", Backend: "http://127.0.0.1:3"}.Print(&out)
	if got := out.String(); !strings.Contains(got, "Portal     http://localhost:1") || strings.Contains(got, "Front-end") {
		t.Error(got)
	}
}

// A story that did not come to its end, and one that failed while somebody stopped it, have not ended well.
func TestOutcome(t *testing.T) {
	failed := errors.New("failed")
	story := func(context.Context, Running) error { return nil }
	for name, c := range map[string]struct {
		play             func(context.Context, Running) error
		cause, processes error
		want             error
	}{
		"stopped":                 {nil, context.Canceled, nil, nil},
		"a process failed":        {nil, context.Canceled, failed, failed},
		"a story that ended":      {story, &over{nil}, nil, nil},
		"a story that failed":     {story, &over{failed}, nil, failed},
		"a story that is stopped": {story, context.Canceled, nil, context.Canceled},
		"a story whose back-end":  {story, context.Canceled, failed, failed},
	} {
		r := &run{Options: Options{Play: c.play}}
		if err := r.outcome(c.cause, c.processes); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// Who wants to hear of failures alone hears why.
func TestQuiet(t *testing.T) {
	var out strings.Builder
	log := supervisor.NewLog(&out, supervisor.LogOptions{})
	r := &run{Options: Options{Quiet: true}, told: log, own: log.Writer(fabgen)}
	r.hear(supervisor.Event{Process: backend, State: supervisor.Preparing, Step: "go build"})
	r.hear(supervisor.Event{Process: backend, State: supervisor.Unprepared, Step: "go build", Err: errors.New("exit status 1"),
		Tail: []string{"# example.com/x", "main.go:3: syntax error"}, Ends: true})
	const want = "back-end │ # example.com/x\nback-end │ main.go:3: syntax error\nfabgen   │ back-end: go build failed: exit status 1\n"
	if got := out.String(); got != want {
		t.Errorf("it says\n%swant\n%s", got, want)
	}
}

// What a front-end is installed from has it installed and started again, as a Go file does the back-end.
func TestBeside(t *testing.T) {
	dir := t.TempDir()
	began := make(chan string, 10)
	process := func(name string) supervisor.Process {
		return supervisor.Process{Name: name, Command: supervisor.Command{Args: []string{"no-such-program"}}}
	}
	log := supervisor.NewLog(io.Discard, supervisor.LogOptions{})
	group, err := supervisor.NewGroup(supervisor.Options{Log: log, OnEvent: func(e supervisor.Event) { began <- e.Process }},
		process(backend), process(frontend))
	if err != nil {
		t.Fatal(err)
	}
	r := &run{Options: Options{Dir: dir, Play: func(context.Context, Running) error { return nil }}, group: group}
	defer r.beside(t.Context())()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- group.Run(ctx) }()
	<-began
	<-began // both could not be started
	for _, c := range []struct{ file, want string }{
		{"frontend/package-lock.json", frontend}, {"backend/internal/data/store.go", backend}, {"frontend/vite.config.ts", frontend},
	} {
		path := filepath.Join(dir, filepath.FromSlash(c.file))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := <-began; got != c.want {
			t.Errorf("%s starts the %s, want the %s", c.file, got, c.want)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// What changes of fabgen.yaml between two runs is told in the second.
func TestSettingsBetweenRuns(t *testing.T) {
	dir := t.TempDir()
	settings := WatchSettings(dir)
	if err := os.WriteFile(filepath.Join(dir, "fabgen.yaml"), []byte("workload:"), 0o600); err != nil {
		t.Fatal(err)
	}
	told := make(chan bool)
	r := &run{log: supervisor.NewLog(io.Discard, supervisor.LogOptions{}), Options: Options{Dir: dir, Settings: settings,
		Play:        func(context.Context, Running) error { return nil },
		Reconfigure: func(context.Context) (bool, error) { told <- true; return false, nil }}}
	defer r.beside(t.Context())()
	select {
	case <-told:
	case <-time.After(10 * time.Second):
		t.Error("nothing is told")
	}
}
