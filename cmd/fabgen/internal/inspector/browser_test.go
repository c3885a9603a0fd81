package inspector_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/inspector"
	"github.com/fabgen/fabgen/internal/nodemodules"
	"github.com/fabgen/fabgen/internal/testenv"
)

// browserDir is what drivers of browsers share.
const browserDir = "../../../../golden/testdata/browser"

// faults are some, of which the test sees what is triggered.
type faults struct {
	mu   sync.Mutex
	list []inspector.Fault
}

func newFaults() *faults {
	return &faults{list: []inspector.Fault{
		{ID: "consent", Label: "Consent missing", Help: "The next exchange fails with AADSTS65001.", Group: "Next exchange"},
		{ID: "claims", Label: "Claims challenge", Help: "The next exchange fails with AADSTS50076 and claims.", Group: "Next exchange"},
		{ID: "throttled", Label: "Throttled", Help: "The next exchange is answered with 429.", Group: "Next exchange"},
		{ID: "outage", Label: "Outage", Help: "The next exchange is answered with 503.", Group: "Next exchange"},
		{ID: "keys", Label: "Rotate keys", Help: "Entra signs with a new key from now on.", Group: "Entra"},
		{ID: "expire", Label: "Expire tokens", Help: "Tokens that are issued from now on have expired.", Group: "Entra", Toggle: true},
		{ID: "fabric", Label: "Drop Fabric", Help: "Fabric and OneLake answer 503.", Group: "Fabric", Toggle: true},
		{ID: "broken", Label: "Broken", Help: "Triggering it fails.", Group: "Fabric"},
	}}
}

func (f *faults) List() []inspector.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.list)
}

func (f *faults) Trigger(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.list, func(f inspector.Fault) bool { return f.ID == id })
	if i < 0 {
		return inspector.ErrNoFault
	}
	if id == "broken" {
		return os.ErrPermission
	}
	if f.list[i].Toggle {
		f.list[i].On = !f.list[i].On
	} else {
		f.list[i].Waiting++
	}
	return nil
}

func (f *faults) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.list {
		f.list[i].Waiting = 0
	}
}

// live is an inspector that listens, and may go away and come back at the same address.
type live struct {
	t        *testing.T
	listener net.Listener
	config   inspector.Config
	server   *http.Server
}

func (l *live) start() {
	l.t.Helper()
	handler, err := inspector.New(l.config)
	if err != nil {
		l.t.Fatal(err)
	}
	l.server = &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	listener, err := net.Listen("tcp", l.listener.Addr().String())
	if err != nil {
		l.t.Error(err)
		return
	}
	go func(s *http.Server) { _ = s.Serve(listener) }(l.server)
}

func newLive(t *testing.T) *live {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	l := &live{t: t, listener: listener, config: inspector.Config{
		Origin: "http://" + listener.Addr().String(), Recorder: hops.NewRecorder(1000), Faults: newFaults(), Workload: "Contoso Forecast",
		Version: "v1.2.3", Names: map[string]string{clientID: "this workload", audience: "this workload", tenantID: "Contoso", hanna: "Hanna", "api://pricing.contoso.com": "pricing"},
	}}
	l.start()
	t.Cleanup(func() { _ = l.server.Close() })
	return l
}

// control does what the driver of the browser asks for.
func (l *live) control(_ http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/story":
		for _, h := range story(time.Now().Add(-20 * time.Second)) {
			l.config.Recorder.Record(h)
		}
	case "/pending":
		l.config.Recorder.Record(hops.Hop{Time: time.Now(), From: hops.Frontend, To: hops.Backend, Kind: hops.KindData, Method: "PUT",
			Path: "/api/slow", Decision: hops.Pending})
	case "/answered":
		all := l.config.Recorder.All()
		h := all[len(all)-1]
		h.Status, h.Decision, h.Duration = 200, hops.Accepted, 90*time.Millisecond
		l.config.Recorder.Record(h)
	case "/met": // an exchange has met the first fault
		l.config.Faults.Forget()
		l.config.Recorder.Record(hops.Hop{Time: time.Now(), From: hops.Backend, To: hops.Entra, Decision: hops.Refused, Injected: true})
	case "/clear":
		l.config.Recorder.Clear()
	case "/down":
		_ = l.server.Close()
	case "/up": // another run of the program, which knows nothing of the one before
		l.config.Recorder = hops.NewRecorder(1000)
		l.config.Recorder.Record(story(time.Now())[0])
		l.start()
	case "/many":
		begin := time.Now()
		for i := range 900 {
			h := story(begin)[9]
			h.Time = begin.Add(time.Duration(i) * 20 * time.Millisecond)
			l.config.Recorder.Record(h)
		}
	}
}

// The page shows what happens, in Chromium. Pictures are kept where BROWSER_PICTURES says.
func TestInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("installs packages of npm")
	}
	chromium, node := testenv.Chromium(t), testenv.Tool(t, "node")
	dir := filepath.Join(t.TempDir(), "browser")
	for _, from := range []string{browserDir, "testdata"} {
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	nodemodules.Link(t, dir)
	l := newLive(t)
	control := httptest.NewServer(http.HandlerFunc(l.control))
	t.Cleanup(control.Close)
	pictures := os.Getenv("BROWSER_PICTURES")
	if pictures == "" {
		pictures = t.TempDir()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "--test", "--test-timeout=120000", "inspector.test.mjs")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CHROMIUM="+chromium, "PORTAL="+l.config.Origin, "CONTROL="+control.URL, "PICTURES="+pictures)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
