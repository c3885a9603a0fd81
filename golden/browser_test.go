package golden

import (
	"context"
	"crypto/rand"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/nodemodules"
	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/internal/testenv"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

const (
	fabricURI  = "https://analysis.windows.net/powerbi/api"
	oneLakeURI = "https://storage.azure.com"
)

// worksInBrowser builds a scenario's front-end for this test's addresses and drives it in Chromium, inside the local portal
// and over the scenario's own back-end. The pictures that it takes are kept where BROWSER_PICTURES says.
func worksInBrowser(t *testing.T, name, frontend string) {
	chromium := testenv.Chromium(t)
	p := build(t, name)
	origin, portalAddr := "http://"+freeAddr(t), freeAddr(t)
	backend := p.start(t, "DATABASE_URL=memory:", "ALLOWED_ORIGINS="+origin)
	previewFrontend(t, frontend, origin, backend.url+"/api")
	entra := &windows{program: p, closePage: origin + "/close", asked: map[string]*asked{}}
	entra.pages = httptest.NewServer(http.HandlerFunc(entra.serve))
	t.Cleanup(entra.pages.Close)
	servePortal(t, portalAddr, portal.Config{
		Origin: "http://" + portalAddr, Frontend: origin, Entra: entra, Fabric: p.localFabric(backend.url),
		Workload: p.shown(),
	})
	control := httptest.NewServer(http.HandlerFunc(entra.control))
	t.Cleanup(control.Close)

	browser := filepath.Join(t.TempDir(), "browser")
	copyTree(t, "testdata/browser", browser)
	nodemodules.Link(t, browser)
	t.Setenv("CHROMIUM", chromium)
	t.Setenv("PORTAL", "http://"+portalAddr)
	t.Setenv("CONTROL", control.URL)
	t.Setenv("PICTURES", pictures(t))
	t.Log(run(t, browser, "node", "--test", "--test-timeout=300000", name+".test.mjs"))
	if log := backend.logs.String(); strings.Contains(log, "eyJ") {
		t.Error("a token is in the back-end's log")
	}
}

func pictures(t *testing.T) string {
	t.Helper()
	if folder := os.Getenv("BROWSER_PICTURES"); folder != "" {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	return t.TempDir()
}

// previewFrontend builds a front-end for its own and its back-end's address, and serves it as in production.
func previewFrontend(t *testing.T, folder, origin, api string) {
	t.Helper()
	t.Setenv("VITE_FRONTEND_URL", origin)
	t.Setenv("VITE_API_URL", api)
	t.Setenv("VITE_REDIRECT_URI", origin+"/close")
	run(t, folder, "npx", "vite", "build", "--outDir", "browser", "--logLevel", "error")
	port := origin[strings.LastIndexByte(origin, ':')+1:]
	cmd := exec.Command("node", "node_modules/vite/bin/vite.js", "preview", "--outDir", "browser", "--port", port, "--strictPort")
	cmd.Dir = folder
	waitReady(t, origin+"/", start(t, cmd))
}

func servePortal(t *testing.T, addr string, config portal.Config) {
	t.Helper()
	handler, err := portal.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Addr: addr, Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.ListenAndServe() }()
	t.Cleanup(func() { _ = server.Close() })
	waitReady(t, "http://"+addr+"/", &syncBuffer{})
}

// shown is what the portal says of the workload.
func (p *program) shown() portal.Workload {
	w := portal.Workload{Name: p.model.Workload.Name, DisplayName: p.model.Workload.DisplayName,
		Locales: []string{"en-US", "es"}, Users: []portal.User{{ID: entratest.DefaultUserID, Name: "Example User"}}}
	for _, i := range p.model.Items {
		w.Items = append(w.Items, portal.ItemType{Type: i.TypeName, DisplayName: i.DisplayName,
			EditorPath: i.EditorPath(), CreateAction: i.Action("create")})
	}
	return w
}

func (p *program) localFabric(backend string) *portal.Fabric {
	workspace := fabrictest.NewID()
	p.fabric.AddWorkspace(fabrictest.Workspace{ID: workspace, DisplayName: "Workspace"})
	return &portal.Fabric{
		WorkspaceID: workspace,
		Client:      func(string) *fabrictest.Client { return p.fabric.Client(backend + "/workload") },
		OnItem: func(i fabrictest.Item, name string, gone bool) {
			if !gone {
				p.fabric.AddItem(fabrictest.FabricItem{ID: i.ID, WorkspaceID: i.WorkspaceID, Type: i.Type, DisplayName: name})
			}
		},
	}
}

// windows stands in for Entra's pages: one that a person may accept or decline.
type windows struct {
	*program
	closePage string
	pages     *httptest.Server

	mu        sync.Mutex
	asked     map[string]*asked
	satisfied bool // the person has done what conditional access asks for
	forGood   bool // consent changes nothing
}

type asked struct {
	demand  portal.Demand
	outcome error
}

func (w *windows) Token(context.Context, string) (portal.Token, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var scopes []string
	for _, s := range w.model.Scopes {
		scopes = append(scopes, s.Name)
	}
	options := []entratest.TokenOption{entratest.Scopes(scopes...), entratest.App(entratest.FabricFrontendAppID),
		entratest.Claim("jti", rand.Text())}
	if w.satisfied {
		options = append(options, entratest.ClaimsSatisfied())
	}
	return portal.Token{Token: w.entra.SubjectToken(options...), Scopes: scopes, TenantID: w.entra.Options.UserTenantID}, nil
}

func (w *windows) Ask(_ context.Context, _ string, demand portal.Demand) (address, state string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	state = rand.Text()
	w.asked[state] = &asked{demand: demand, outcome: portal.ErrPending}
	return w.pages.URL + "/?state=" + state, state, nil
}

func (w *windows) Outcome(_ context.Context, state string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a, ok := w.asked[state]; ok {
		return a.outcome
	}
	return fmt.Errorf("nobody was asked as %q", state)
}

var windowPage = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Sign in</title>
<h1>The workload asks for</h1><p>{{.What}}</p>
<p><a href="/?state={{.State}}&amp;answer=accept" autofocus>Accept</a> <a href="/?state={{.State}}&amp;answer=decline">Decline</a></p></html>`))

// serve is the page, and where its answers lead: back to the front-end's close page.
func (w *windows) serve(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	state := r.URL.Query().Get("state")
	a, ok := w.asked[state]
	if !ok {
		http.NotFound(rw, r)
		return
	}
	switch r.URL.Query().Get("answer") {
	case "accept":
		a.outcome = nil
		w.accept(a.demand)
		http.Redirect(rw, r, w.closePage+"#code=none&state="+state, http.StatusFound)
	case "decline":
		a.outcome = portal.ErrDeclined
		http.Redirect(rw, r, w.closePage+"#error=access_denied&error_description=AADSTS65004", http.StatusFound)
	default:
		what := strings.Join(a.demand.Scopes, " ")
		if a.demand.Claims != "" {
			what = "one more step"
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = windowPage.Execute(rw, map[string]string{"What": what, "State": state})
	}
}

func (w *windows) accept(d portal.Demand) {
	if d.Claims != "" {
		w.satisfied = true
	}
	if !w.forGood {
		w.entra.SetConsent(fabricURI, true)
		w.entra.SetConsent(oneLakeURI, true)
	}
}

// control is how the script has things go wrong.
func (w *windows) control(_ http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch strings.TrimPrefix(r.URL.Path, "/") {
	case "reset":
		w.satisfied, w.forGood = false, false
		w.entra.RequireClaims(fabricURI, "")
		w.entra.SetConsent(fabricURI, true)
		w.entra.SetDeclined(fabricURI, false)
		w.entra.SetLatency(0)
	case "withdraw-consent":
		w.entra.SetConsent(fabricURI, false)
	case "withdraw-consent-for-good":
		w.forGood = true
		w.entra.SetConsent(fabricURI, false)
	case "require-claims":
		w.entra.RequireClaims(fabricURI, stepUp)
	case "refuse-tenant":
		w.entra.SetDeclined(fabricURI, true)
	case "slow":
		w.entra.SetLatency(6 * time.Second) // longer than a click lets a page open windows
	case "throttle":
		w.fabric.Throttle(1, 7*time.Second)
	}
}
