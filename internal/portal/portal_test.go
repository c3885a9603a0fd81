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
	calls    []string // method, the last part of the path, subject token, tenant, invokeType
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var body map[string]json.RawMessage
	_ = json.NewDecoder(r.Body).Decode(&body)
	tokens, _ := auth.ParseSubjectAndApp(r.Header)
	b.calls = append(b.calls, fmt.Sprintf("%s %s subject=%s tenant=%s invoke=%s", r.Method, r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:],
		tokens.Subject, r.Header.Get("x-ms-client-tenant-id"), body["invokeType"]))
	if b.fail != nil {
		b.fail(w, r)
		return
	}
	path := strings.TrimSuffix(strings.TrimSuffix(r.URL.Path, "/payload"), "/cancel")
	switch isJob := strings.Contains(path, "/jobTypes/"); {
	case isJob && strings.HasSuffix(r.URL.Path, "/cancel"):
		b.jobs[path] = "Cancelled"
		fmt.Fprintf(w, `{"status":"Cancelled","endTimeUtc":"2026-01-01T00:00:00Z"}`)
	case isJob && r.Method == http.MethodPost:
		b.jobs[path] = "InProgress"
		w.WriteHeader(http.StatusAccepted)
	case isJob:
		details := ""
		if b.jobs[path] == "Failed" {
			details = `,"errorDetails":{"errorCode":"OutOfPaper","message":"no paper"}`
		}
		fmt.Fprintf(w, `{"status":%q,"startTimeUtc":"2026-01-01T00:00:00Z"%s}`, b.jobs[path], details)
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

func (b *backend) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	b.ServeHTTP(w, r)
	return w.Result(), nil
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
	fabric  *portal.Fabric
	events  []portal.CallEvent
}

func newBench(t *testing.T, change ...func(*portal.Fabric)) *bench {
	t.Helper()
	b := &bench{t: t, backend: &backend{payloads: map[string]json.RawMessage{}, jobs: map[string]string{}}, entra: &entra{}}
	b.fabric = &portal.Fabric{WorkspaceID: workspace, Client: b.client}
	for _, c := range change {
		c(b.fabric)
	}
	var err error
	b.handler, err = portal.New(portal.Config{
		Origin: origin, Frontend: "http://localhost:60006", Entra: b.entra, Fabric: b.fabric, InspectorURL: "http://localhost:60300/",
		OnCall: func(e portal.CallEvent) { b.events = append(b.events, e) },
		Workload: portal.Workload{Name: "Org.Example", Users: []portal.User{
			{ID: "u", Name: "User", Tenant: "Contoso", About: "an administrator"}, {ID: "v", Name: "Other"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// client calls the back-end in memory, so that time may be the test's own.
func (b *bench) client(user string) *fabrictest.Client {
	return &fabrictest.Client{BaseURL: "http://backend", HTTP: &http.Client{Transport: b.backend}, TenantID: "tenant-of-" + user,
		Tokens: func() auth.SubjectAndApp { return auth.SubjectAndApp{Subject: user, App: "app"} }}
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

// call makes a call of the front-end and gives "resolve", "reject" or "window" with its fields; one of the page's own where
// its name begins with a slash.
func (b *bench) call(name, fields string) (string, map[string]any) {
	b.t.Helper()
	name, own := strings.CutPrefix(name, "/")
	target := "/call"
	if own {
		target = "/page"
	}
	w := b.serve("POST", target, fmt.Sprintf(`{"name":%q,"user":"u","fields":%s}`, name, fields))
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
	if list := b.resolved("/state", `{}`); len(list["artifacts"].([]any)) != 0 {
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
		{"given", "/windowOutcome", `{"state":"the-state"}`, nil, "resolve", "token", "the-token"},
		{"given, and shut", "/windowOutcome", `{"state":"the-state","shut":true}`, nil, "resolve", "token", "the-token"},
		{"not answered yet", "/windowOutcome", `{"state":"the-state"}`, portal.ErrPending, "", "", nil},
		{"shut", "/windowOutcome", `{"state":"the-state","shut":true}`, portal.ErrPending, "reject", "error", 1.0},
		{"declined", "/windowOutcome", `{"state":"the-state"}`, portal.ErrDeclined, "reject", "error", 4.0},
		{"lost", "/windowOutcome", `{"state":"other"}`, io.ErrUnexpectedEOF, "reject", "error", 1.0},
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
	const body = `{"name":"state","user":"u","fields":{}}`
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
		for _, target := range []string{"/call", "/page"} {
			if w := b.serve("POST", target, body, c.change); w.Code != c.status {
				t.Errorf("%s %s: %d, want %d", name, target, w.Code, c.status)
			}
		}
	}
	if w := b.serve("POST", "/call", strings.Repeat(" ", 3<<20)+body); w.Code != 400 {
		t.Errorf("too much is answered with %d", w.Code)
	}
}

func TestUnknownCallsAreRefused(t *testing.T) {
	b := newBench(t)
	for body, want := range map[string]string{
		`{"name":"OpenPanel","user":"u"}`:                      "OpenPanel is not supported by the local portal",
		`{"name":"deleteAsFabric","user":"u","fields":{}}`:     "not supported", // the page's own
		`{"name":"getArtifact","user":"stranger","fields":{}}`: "UserUnknown",
	} {
		if w := b.serve("POST", "/call", body); !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %s, without %s", body, w.Body, want)
		}
	}
	if kind, _ := b.call("getArtifact", `"no object"`); kind != "reject" {
		t.Errorf("fields that are none: %s", kind)
	}
}

// Who looks on sees the front-end's calls and how they ended, and not what the page asks for itself.
func TestCallsAreTold(t *testing.T) {
	b := newBench(t)
	b.create("First")
	b.resolved("/state", `{}`)
	b.call("getArtifact", `{"objectId":"x"}`)
	b.call("OpenPanel", `{}`)
	b.call("acquireAADToken", `{"promptFullConsent":true}`)
	b.entra.outcome = portal.ErrPending
	b.call("/windowOutcome", `{"state":"the-state"}`)
	b.entra.outcome = portal.ErrDeclined
	b.call("/windowOutcome", `{"state":"the-state"}`)
	b.backend.fail = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"errorCode":"AccessDenied"}`)
	}
	b.call("createArtifact", fmt.Sprintf(`{"workspaceObjectId":%q,"payload":{}}`, workspace))
	got := ""
	for _, e := range b.events {
		if e.User != "u" || e.Time.IsZero() || e.Duration < 0 {
			t.Errorf("event %+v", e)
		}
		got += fmt.Sprintf("%s %q %t; ", e.Name, e.Rejected, e.Window)
	}
	const want = `createArtifact "" false; getArtifact "ItemNotFound" false; OpenPanel "NotSupported" false; ` +
		`acquireAADToken "" true; acquireAADToken "error 4" false; createArtifact "AccessDenied" false; `
	if got != want {
		t.Errorf("told:\n%s\nwant\n%s", got, want)
	}
}

func TestPage(t *testing.T) {
	b := newBench(t)
	for path, want := range map[string]string{"/": "portal.js", "/portal.js": "openPage", "/frames.js": "postMessage", "/icon.svg": "<svg", "/portal.css": "--accent",
		"/workload.json": `"about":"an administrator"`} {
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
