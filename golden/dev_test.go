package golden

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/nodemodules"
	"github.com/fabgen/fabgen/internal/testenv"
)

// The demo runs by fabgen dev alone, from the first sign-in to the end of every process.
func TestDevRunsTheDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("runs fabgen dev")
	}
	chromium := testenv.Chromium(t)
	testenv.Tool(t, "npm")
	w := newDevWorkload(t)
	busy := occupy(t, "127.0.0.1:60100")
	d := w.start(t)
	d.says(t, "portal: port 60100 is busy; it uses ")
	if d.Portal == "http://localhost:60100" {
		t.Error("the portal is said to be at a port that is taken")
	}
	w.playStories(t, chromium, d)
	d.startsAgain(t)
	d.ends(t)
	if err := busy.Close(); err != nil {
		t.Error(err)
	}
	began := time.Now()
	second := w.start(t)
	took := time.Since(began)
	t.Logf("the second start took %s", took.Round(10*time.Millisecond))
	if took > 15*time.Second {
		t.Errorf("the second start took %s", took)
	}
	second.ends(t)
}

// devWorkload is the demo, and how fabgen is run in it.
type devWorkload struct {
	dir, binary string
	env         []string
}

func newDevWorkload(t *testing.T) *devWorkload {
	t.Helper()
	w := &devWorkload{dir: filepath.Join(t.TempDir(), "demo"), binary: filepath.Join(t.TempDir(), "fabgen")}
	run(t, "..", "go", "build", "-o", w.binary, "./cmd/fabgen")
	run(t, t.TempDir(), w.binary, "init", "--demo", w.dir, "-q")
	nodemodules.Link(t, filepath.Join(w.dir, "frontend"))
	w.env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir(),
		"GOCACHE="+strings.TrimSpace(run(t, w.dir, "go", "env", "GOCACHE")),
		"npm_config_cache="+strings.TrimSpace(run(t, w.dir, "npm", "config", "get", "cache")))
	return w
}

// dev is a fabgen dev that runs.
type dev struct {
	Portal, Inspector, Frontend, Backend, Entra, CAFile string

	workload *devWorkload
	cmd      *exec.Cmd
	logs     *syncBuffer
	done     chan error // gets what Wait gave
}

// start starts it, and waits until it says where everything is.
func (w *devWorkload) start(t *testing.T) *dev {
	t.Helper()
	out := &syncBuffer{}
	d := &dev{workload: w, cmd: exec.Command(w.binary, "dev", "--dir", w.dir, "--json"), logs: &syncBuffer{}, done: make(chan error, 1)}
	d.cmd.Env, d.cmd.Stdout, d.cmd.Stderr = w.env, out, d.logs
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { d.done <- d.cmd.Wait() }()
	t.Cleanup(func() { _ = d.cmd.Process.Signal(syscall.SIGTERM); <-d.ended() })
	waitUntil(t, 3*time.Minute, "it says where everything is", d.logs, func() bool {
		return json.Unmarshal([]byte(out.String()), d) == nil
	})
	return d
}

// ended gives a channel that closes when the process has ended, whoever else has heard of it.
func (d *dev) ended() <-chan struct{} {
	closed := make(chan struct{})
	go func() {
		err := <-d.done
		d.done <- err
		close(closed)
	}()
	return closed
}

// waitUntil fails the test where something does not come true in time.
func waitUntil(t *testing.T, limit time.Duration, what string, logs *syncBuffer, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("%s after which %s did not hold:\n%s", limit, what, logs)
}

func (d *dev) says(t *testing.T, text string) {
	t.Helper()
	d.saysTimes(t, text, 1)
}

func (d *dev) saysTimes(t *testing.T, text string, times int) {
	t.Helper()
	waitUntil(t, time.Minute, "it says "+text, d.logs, func() bool { return strings.Count(d.logs.String(), text) >= times })
}

func occupy(t *testing.T, addr string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) { // somebody else has it, which is as good
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// playStories has a person use it all, in Chromium.
func (w *devWorkload) playStories(t *testing.T, chromium string, d *dev) {
	t.Helper()
	browser := filepath.Join(t.TempDir(), "browser")
	copyTree(t, "testdata/browser", browser)
	nodemodules.Link(t, browser)
	t.Setenv("CHROMIUM", chromium)
	t.Setenv("PORTAL", d.Portal)
	t.Setenv("INSPECTOR", d.Inspector)
	t.Setenv("PICTURES", pictures(t))
	t.Log(run(t, browser, "node", "--test", "--test-timeout=300000", "dev.test.mjs"))
}

// startsAgain changes a Go file, and then fabgen.yaml.
func (d *dev) startsAgain(t *testing.T) {
	t.Helper()
	const ready = "back-end: ready"
	before := strings.Count(d.logs.String(), ready)
	appendTo(t, filepath.Join(d.workload.dir, "backend/internal/routes/getmodels.go"), "\n// Changed.\n")
	answers := make(chan int, 1)
	d.says(t, "back-end: restarting")
	go func() { answers <- statusOf(t.Context(), d.Backend+"/api/models") }()
	d.saysTimes(t, ready, before+1)
	if status := <-answers; status != http.StatusUnauthorized { // nobody is signed in
		t.Errorf("a call during the restart got %d, want the back-end's own 401", status)
	}
	path := filepath.Join(d.workload.dir, "fabgen.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const scopes = "scopes:\n  - name: Forecast.Read.All"
	changed := strings.Replace(string(text), scopes, "scopes:\n  - name: Forecast.Share.All\n    description: Share forecasts\n"+
		strings.TrimPrefix(scopes, "scopes:\n"), 1)
	if changed == string(text) {
		t.Fatal("the demo's fabgen.yaml has other scopes now")
	}
	before = strings.Count(d.logs.String(), ready)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	d.says(t, "fabgen.yaml has changed: everything starts again")
	d.saysTimes(t, ready, before+1)
	waitReady(t, d.Portal+"/", d.logs)
	run(t, d.workload.dir, "grep", "-rq", "Forecast.Share.All", "entra", "backend/internal")
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(before, text...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// statusOf is what a call gets, however long it waits; 0 where it gets nothing.
func statusOf(ctx context.Context, url string) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// secretValue is a client secret of the local Entra where it stands for itself; key IDs begin as it does.
var secretValue = regexp.MustCompile(`(?i)secret\S*[=:]\s*"?fabgen-local-`)

// ends ends it as Ctrl-C does, and holds that nothing of it is left and that it has said nothing that it must not.
func (d *dev) ends(t *testing.T) {
	t.Helper()
	children := childrenOf(t, d.cmd.Process.Pid)
	if len(children) < 2 {
		t.Errorf("it has the processes %d, of which a back-end and a front-end were to be", children)
	}
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-d.ended():
	case <-time.After(10 * time.Second):
		t.Fatalf("10 s after the interrupt it still runs:\n%s", d.logs)
	}
	if !d.cmd.ProcessState.Exited() {
		t.Errorf("it ended by %s", d.cmd.ProcessState)
	}
	for _, child := range children {
		if p, err := os.FindProcess(child); err == nil && p.Signal(syscall.Signal(0)) == nil {
			t.Errorf("the process %d is left", child)
		}
	}
	for _, address := range []string{d.Portal, d.Inspector, d.Frontend, d.Backend, d.Entra} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", u.Port()))
		if err != nil {
			t.Errorf("%s is still taken: %v", address, err)
			continue
		}
		_ = l.Close()
	}
	log := d.logs.String()
	for _, bad := range []string{"eyJ", "contoso.example", "fabrikam.example"} {
		if strings.Contains(log, bad) {
			t.Errorf("it said %s:\n%s", bad, log)
		}
	}
	if found := secretValue.FindString(log); found != "" {
		t.Error("it said its client secret")
	}
}

// childrenOf are the processes that a process started, and that those did.
func childrenOf(t *testing.T, pid int) []int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), testenv.Tool(t, "ps"), "-e", "-o", "pid=,ppid=").Output()
	if err != nil {
		t.Fatal(err)
	}
	parents := map[int]int{}
	for line := range bytes.Lines(out) {
		var child, parent int
		if _, err := fmt.Sscan(string(line), &child, &parent); err == nil {
			parents[child] = parent
		}
	}
	var all []int
	for child := range parents {
		for at := parents[child]; at > 0; at = parents[at] {
			if at == pid {
				all = append(all, child)
				break
			}
		}
	}
	return all
}
