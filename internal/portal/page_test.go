package portal_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/nodemodules"
	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/internal/testenv"
)

// browserFolder holds the driver that the stories of generated front-ends have too.
const browserFolder = "../../golden/testdata/browser"

// The page works in Chromium, with a front-end that speaks the protocol's least. The pictures that it takes are kept where
// BROWSER_PICTURES says.
func TestPageInChromium(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	t.Setenv("CHROMIUM", testenv.Chromium(t))
	folder := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc", "support.mjs"} {
		copyFile(t, filepath.Join(browserFolder, name), filepath.Join(folder, name))
	}
	copyFile(t, "testdata/page.test.mjs", filepath.Join(folder, "page.test.mjs"))
	nodemodules.Link(t, folder)
	s := startStage(t)
	t.Setenv("PORTAL", s.portal)
	t.Setenv("CONTROL", s.serve(s.control))
	t.Setenv("PICTURES", os.Getenv("BROWSER_PICTURES"))
	if os.Getenv("BROWSER_PICTURES") == "" {
		t.Setenv("PICTURES", t.TempDir())
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, testenv.Tool(t, "node"), "--test", "--test-timeout=60000", "page.test.mjs")
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// stage is a portal on ports of this machine, over a back-end in memory.
type stage struct {
	t       *testing.T
	backend *backend
	fabric  *portal.Fabric
	portal  string // its origin
	stopped atomic.Bool
}

func startStage(t *testing.T) *stage {
	t.Helper()
	b := &bench{t: t, backend: &backend{payloads: map[string]json.RawMessage{}, jobs: map[string]string{}}}
	s := &stage{t: t, backend: b.backend}
	frontend := s.serve(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "testdata/frontend.html") })
	var handler http.Handler
	s.portal = s.serve(func(w http.ResponseWriter, r *http.Request) {
		if s.stopped.Load() {
			panic(http.ErrAbortHandler)
		}
		handler.ServeHTTP(w, r)
	})
	s.fabric = &portal.Fabric{WorkspaceID: workspace, Client: b.client, PollEvery: 200 * time.Millisecond}
	var err error
	handler, err = portal.New(portal.Config{
		Origin: s.portal, Frontend: frontend, Entra: &entra{}, Fabric: s.fabric, InspectorURL: "http://localhost:60300/",
		Workload: portal.Workload{
			Name: "Org.Example", DisplayName: "Contoso Notes", Locales: []string{"en-US", "es"},
			Items: []portal.ItemType{{Type: itemType, DisplayName: "Note", EditorPath: "/items/note", CreateAction: "create",
				Jobs: []portal.JobType{{Type: jobType, DisplayName: "Sum"}}}},
			Users: []portal.User{
				{ID: "hanna", Name: "Hanna Holm", Tenant: "Contoso", About: "of the publisher's tenant, an administrator"},
				{ID: "farid", Name: "Farid Osei", Tenant: "Fabrikam", About: "of a foreign tenant"},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.fabric.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return s
}

// serve serves on a port of its own, and gives the origin.
func (s *stage) serve(handler http.HandlerFunc) string {
	server := httptest.NewServer(handler)
	s.t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

// control is how the script has things go wrong.
func (s *stage) control(_ http.ResponseWriter, r *http.Request) {
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	end := func(status string) {
		for path, now := range s.backend.jobs {
			if now == "InProgress" {
				s.backend.jobs[path] = status
			}
		}
	}
	switch strings.TrimPrefix(r.URL.Path, "/") {
	case "reset":
		s.backend.fail = nil
		s.stopped.Store(false)
	case "complete":
		end("Completed")
	case "break":
		end("Failed")
	case "refuse":
		s.backend.fail = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"errorCode":"AccessDenied","message":"The workload does not let you.","source":"User"}`)
		}
	case "stop":
		s.stopped.Store(true)
	}
}
