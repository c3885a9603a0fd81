package portal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

const (
	origin    = "http://localhost:60100"
	workspace = "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"
	itemType  = "Org.Example.Note"
)

// backend is a workload's, as far as the portal sees one; fail answers instead of it.
type backend struct {
	mu       sync.Mutex
	payloads map[string]json.RawMessage
	jobs     map[string]string
	fail     http.HandlerFunc
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		b.fail(w, r)
		return
	}
	var body map[string]json.RawMessage
	_ = json.NewDecoder(r.Body).Decode(&body)
	path := strings.TrimSuffix(strings.TrimSuffix(r.URL.Path, "/payload"), "/cancel")
	switch isJob := strings.Contains(path, "/jobTypes/"); {
	case isJob && strings.HasSuffix(r.URL.Path, "/cancel"):
		b.jobs[path] = "Cancelled"
		fmt.Fprintf(w, `{"status":"Cancelled","endTimeUtc":"2026-01-01T00:00:00Z"}`)
	case isJob && r.Method == http.MethodPost:
		b.jobs[path] = "InProgress"
		w.WriteHeader(http.StatusAccepted)
	case isJob:
		fmt.Fprintf(w, `{"status":%q,"startTimeUtc":"2026-01-01T00:00:00Z"}`, b.jobs[path])
	case r.Method == http.MethodPost:
		b.payloads[path] = body["creationPayload"]
	case r.Method == http.MethodPatch && body["updatePayload"] != nil:
		b.payloads[path] = body["updatePayload"]
	case r.Method == http.MethodDelete:
		delete(b.payloads, path)
	case r.Method == http.MethodGet:
		fmt.Fprintf(w, `{"itemPayload":%s}`, b.payloads[path])
	}
}

// entra answers as the test says.
type entra struct{ outcome error }

func (e *entra) Token(context.Context, string) (portal.Token, error) {
	return portal.Token{Token: "the-token", Scopes: []string{"A.Read"}}, nil
}

func (e *entra) Ask(_ context.Context, _ string, d portal.Demand) (address, state string, err error) {
	return "http://localhost:60200/?scopes=" + strings.Join(d.Scopes, ","), "the-state", nil
}

func (e *entra) Outcome(context.Context, string) error { return e.outcome }

type bench struct {
	t       *testing.T
	handler http.Handler
	backend *backend
	entra   *entra
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, backend: &backend{payloads: map[string]json.RawMessage{}, jobs: map[string]string{}}, entra: &entra{}}
	server := httptest.NewServer(b.backend)
	t.Cleanup(server.Close)
	client := &fabrictest.Client{BaseURL: server.URL, Tokens: func() auth.SubjectAndApp { return auth.SubjectAndApp{App: "app"} }}
	var err error
	b.handler, err = portal.New(portal.Config{
		Origin: origin, Frontend: "http://localhost:60006", Entra: b.entra,
		Fabric:   &portal.Fabric{WorkspaceID: workspace, Client: func(string) *fabrictest.Client { return client }},
		Workload: portal.Workload{Name: "Org.Example", Users: []portal.User{{ID: "u", Name: "User"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) serve(method, target, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(b.t.Context(), method, origin+target, strings.NewReader(body))
	r.Header.Set("Origin", origin)
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

// call makes a call of the front-end and gives "resolve", "reject" or "window" with its fields.
func (b *bench) call(name, fields string) (string, map[string]any) {
	b.t.Helper()
	w := b.serve("POST", "/call", fmt.Sprintf(`{"name":%q,"user":"u","fields":%s}`, name, fields))
	var got map[string]map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got) > 1 {
		b.t.Fatalf("%s: %d %s", name, w.Code, w.Body)
	}
	for kind, fields := range got {
		return kind, fields
	}
	return "", nil
}

func (b *bench) resolved(name, fields string) map[string]any {
	b.t.Helper()
	kind, got := b.call(name, fields)
	if kind != "resolve" {
		b.t.Fatalf("%s %s: %s %v", name, fields, kind, got)
	}
	return got
}

func (b *bench) create(name string) string {
	b.t.Helper()
	got := b.resolved("createArtifact", fmt.Sprintf(`{"workspaceObjectId":%q,"payload":{"artifactType":%q,"displayName":%q,
		"workloadPayload":"{\"notes\":\"one\"}"}}`, workspace, itemType, name))
	return got["objectId"].(string)
}

func TestItemsLive(t *testing.T) {
	b := newBench(t)
	id := b.create("First")
	got := b.resolved("getArtifact", fmt.Sprintf(`{"objectId":%q}`, strings.ToUpper(id)))
	if got["displayName"] != "First" || got["workloadPayload"] != `{"notes":"one"}` || got["folderObjectId"] != workspace {
		t.Errorf("it is %v", got)
	}
	saved := b.resolved("updateArtifact", fmt.Sprintf(`{"objectId":%q,"etag":%q,"payload":{"description":"D","workloadPayload":"{}"}}`,
		id, got["etag"]))
	if saved["etag"] == got["etag"] || saved["displayName"] != "First" || saved["description"] != "D" {
		t.Errorf("saved, it is %v", saved)
	}
	if kind, got := b.call("updateArtifact", fmt.Sprintf(`{"objectId":%q,"etag":%q,"payload":{}}`, id, got["etag"])); kind != "reject" {
		t.Errorf("an older version is saved: %v", got)
	}
	b.resolved("deleteArtifact", fmt.Sprintf(`{"objectId":%q}`, id))
	if kind, _ := b.call("getArtifact", fmt.Sprintf(`{"objectId":%q}`, id)); kind != "reject" {
		t.Error("a deleted item is there")
	}
	if list := b.resolved("listArtifacts", `{}`); len(list["artifacts"].([]any)) != 0 {
		t.Errorf("there are %v", list)
	}
}

func TestJobsRun(t *testing.T) {
	b := newBench(t)
	id := b.create("First")
	run := b.resolved("runArtifactJob", fmt.Sprintf(`{"artifactObjectId":%q,"artifactJobType":"Org.Example.Note.Sum","payload":{}}`, id))
	history := func() map[string]any {
		all := b.resolved("getArtifactJobHistory", fmt.Sprintf(`{"objectId":%q}`, id))["history"].([]any)
		return all[0].(map[string]any)
	}
	if got := history(); got["statusString"] != "InProgress" || got["status"] != 1.0 || got["jobStartTimeUtc"] != "2026-01-01T00:00:00" {
		t.Errorf("it is %v", got)
	}
	b.resolved("cancelArtifactJob", fmt.Sprintf(`{"artifactObjectId":%q,"jobInstanceId":%q}`, id, run["artifactJobInstanceId"]))
	if got := history(); got["statusString"] != "Cancelled" {
		t.Errorf("cancelled, it is %v", got)
	}
}

// What the workload says of its failure is a string in Fabric's, since the wire renames the keys of objects.
func TestFailuresOfTheWorkload(t *testing.T) {
	b := newBench(t)
	const details = `{"errorCode":"AuthUIRequired","message":"AADSTS65001","source":"System"}`
	b.backend.fail = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("RequestId", "the-id")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, details)
	}
	kind, got := b.call("createArtifact", fmt.Sprintf(`{"workspaceObjectId":%q,"payload":{"artifactType":%q}}`, workspace, itemType))
	text, err := json.Marshal(got)
	if err != nil || kind != "reject" {
		t.Fatal(kind, got, err)
	}
	quoted, _ := json.Marshal(details)
	for _, want := range []string{`"statusCode":401`, `"code":"FabricExternalWorkloadError"`, `"ErrorResponse":` + string(quoted), `"requestId":"the-id"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}

func TestTokens(t *testing.T) {
	const demand = `{"additionalScopesToConsent":["https://storage.azure.com/user_impersonation"]}`
	for _, c := range []struct {
		name, call, fields string
		outcome            error
		kind, member       string
		want               any
	}{
		{"no window is needed", "acquireAADToken", `{}`, nil, "resolve", "token", "the-token"},
		{"consent", "acquireAADToken", demand, nil, "window", "state", "the-state"},
		{"claims", "acquireAADToken", `{"claimsForConditionalAccessPolicy":"{}"}`, nil, "window", "state", "the-state"},
		{"everything anew", "acquireAADToken", `{"promptFullConsent":true}`, nil, "window", "state", "the-state"},
		{"given", "windowOutcome", `{"state":"the-state"}`, nil, "resolve", "token", "the-token"},
		{"given, and shut", "windowOutcome", `{"state":"the-state","shut":true}`, nil, "resolve", "token", "the-token"},
		{"not answered yet", "windowOutcome", `{"state":"the-state"}`, portal.ErrPending, "", "", nil},
		{"shut", "windowOutcome", `{"state":"the-state","shut":true}`, portal.ErrPending, "reject", "error", 1.0},
		{"declined", "windowOutcome", `{"state":"the-state"}`, portal.ErrDeclined, "reject", "error", 4.0},
		{"lost", "windowOutcome", `{"state":"other"}`, io.ErrUnexpectedEOF, "reject", "error", 1.0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.entra.outcome = c.outcome
			if kind, got := b.call(c.call, c.fields); kind != c.kind || got[c.member] != c.want {
				t.Errorf("%q %v, want %q with %s %v", kind, got, c.kind, c.member, c.want)
			}
		})
	}
}

// Nobody but the portal's own page, under its own name, has anything done.
func TestOnlyThePageCalls(t *testing.T) {
	b := newBench(t)
	const body = `{"name":"listArtifacts","user":"u","fields":{}}`
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"the page":           {func(*http.Request) {}, 200},
		"another origin":     {func(r *http.Request) { r.Header.Set("Origin", "http://localhost:60006") }, 403},
		"no origin":          {func(r *http.Request) { r.Header.Del("Origin") }, 403},
		"another name":       {func(r *http.Request) { r.Host = "evil.test:60100" }, 421},
		"the address for it": {func(r *http.Request) { r.Host = "127.0.0.1:60100" }, 421},
	} {
		if w := b.serve("POST", "/call", body, c.change); w.Code != c.status {
			t.Errorf("%s: %d, want %d", name, w.Code, c.status)
		}
	}
	if w := b.serve("POST", "/call", strings.Repeat(" ", 3<<20)+body); w.Code != 400 {
		t.Errorf("too much is answered with %d", w.Code)
	}
}

func TestUnknownCallsAreRefused(t *testing.T) {
	b := newBench(t)
	for _, body := range []string{`{"name":"OpenPanel","user":"u"}`, `{"name":"listArtifacts","user":"stranger","fields":{}}`} {
		if w := b.serve("POST", "/call", body); !strings.Contains(w.Body.String(), "NotSupported") {
			t.Errorf("%s: %s", body, w.Body)
		}
	}
	if kind, _ := b.call("getArtifact", `"no object"`); kind != "reject" {
		t.Errorf("fields that are none: %s", kind)
	}
}

func TestPage(t *testing.T) {
	b := newBench(t)
	for path, want := range map[string]string{"/": "portal.js", "/portal.js": "postMessage", "/portal.css": "--accent",
		"/workload.json": `"Org.Example"`} {
		w := b.serve("GET", path, "")
		policy := w.Header().Get("Content-Security-Policy")
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) || !strings.Contains(policy, "frame-src http://localhost:60006;") {
			t.Errorf("%s: %d, policy %s, without %s", path, w.Code, policy, want)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, c := range []portal.Config{{}, {Origin: origin, Frontend: "localhost:60006"}, {Origin: origin + "/", Frontend: origin},
		{Origin: origin, Frontend: origin}} {
		if _, err := portal.New(c); err == nil {
			t.Errorf("%+v makes a portal", c)
		}
	}
}
