package workload_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
	"github.com/fabgen/fabgen/runtime/workload"
)

func contractDataPlane(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	for _, method := range dataMethods {
		b.want(200, "")(b.front(method, "/act", `{"x":[1]}`))
		b.want(400, "InvalidRequest")(b.front(method, "/act", `{"x":`))
		b.want(413, "PayloadTooLarge")(b.front(method, "/act", strings.Repeat(" ", 1<<20+1)))
		b.want(401, "AuthError")(b.send(method, "/api/act", "", "{}"))
		b.want(401, "AuthError")(b.send(method, "/api/act", b.entra.Authorization(), "{}"))
		b.want(401, "AuthError")(b.front(method, "/act", "{}", entratest.Expires(-time.Hour)))
		r := b.want(403, "AuthError")(b.front(method, "/act", "{}", entratest.Scopes("Else")))
		if got := r.Header.Get("WWW-Authenticate"); !strings.Contains(got, `scope="`+scope+`"`) {
			t.Errorf("WWW-Authenticate is %q, want the scope in it", got)
		}
		b.want(404, "NotFound")(b.front(method, "/else/where", "{}"))
		b.want(405, "MethodNotAllowed")(b.front(method, "/head", "{}"))
	}
	b.want(200, "")(b.front("GET", "/me", ""))
	b.want(401, "AuthError")(b.front("GET", "/me", "", entratest.Unsigned()))
	b.want(403, "AuthError")(b.front("GET", "/me", "", entratest.Scopes("Else")))
	b.permissions(t)
}

// permissions has Fabric asked for the user's permissions, with every answer that it gives.
func (b *contractBench) permissions(t *testing.T) {
	item := fabrictest.NewID()
	path := strings.NewReplacer("{workspaceId}", fabrictest.NewID(), "{itemId}", item).Replace(readable)
	b.want(403, "AccessDenied")(b.front("GET", path, ""))
	b.fabric.Grant(item, "read")
	b.want(200, "")(b.front("GET", path, ""))
	b.want(400, "InvalidRequest")(b.front("GET", path+"x", ""))
	b.fabric.Throttle(1, 7*time.Second)
	if r := b.want(429, "TooManyRequests")(b.front("GET", path, "")); r.Header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After is %q, want Fabric's 7", r.Header.Get("Retry-After"))
	}
	b.fabric.SetOutage(true)
	b.want(503, "ServiceUnavailable")(b.front("GET", path, ""))
	b.fabric.SetOutage(false)
	b.entra.SetConsent(auth.FabricURI, false)
	b.want(401, "AuthUIRequired")(b.front("GET", path, ""))
}

// A job is told about in every status, a start also where there is no room and where the server stops.
func contractJobs(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker, func(c *workload.Config) { c.Workers, c.WaitingJobs = 1, 1 })
	item := b.create()
	failing, running, waiting := newJob(item, panicJob), newJob(item, slowJob), newJob(item, slowJob)
	start := func(job fabrictest.Job) { b.want(202, "")(b.control.StartJob(t.Context(), job, manual)) }
	start(failing)
	if s := b.ended(failing); s.Status != "Failed" {
		t.Errorf("a job that panics is %+v", s)
	}
	start(running)
	<-b.started
	start(waiting)
	b.want(429, "TooManyRequests")(b.control.StartJob(t.Context(), newJob(item, slowJob), manual))
	for _, job := range []fabrictest.Job{waiting, running} {
		if s, waits := b.state(job).Status, job == waiting; s != "NotStarted" && waits || s != "InProgress" && !waits {
			t.Errorf("a job is %s; it waits: %t", s, waits)
		}
		b.want(200, "")(b.control.CancelJob(t.Context(), job))
		if s := b.state(job); s.Status != "Cancelled" {
			t.Errorf("a job that was cancelled is %s", s.Status)
		}
	}
	must(t, b.service.Shutdown(t.Context()))
	b.want(503, "ServiceUnavailable")(b.control.StartJob(t.Context(), newJob(item, jobType), manual))
	start(running) // is known
}

type resolver func(context.Context, map[string]string) (workload.Endpoint, error)

func (r resolver) ResolveEndpoint(ctx context.Context, properties map[string]string) (workload.Endpoint, error) {
	return r(ctx, properties)
}

// What names a call is named in its reply, as long as it is plain; readiness may have something to add.
func contractOperation(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	site, err := workload.Site{BasePath: "/workload", Control: b.service, Data: http.NotFoundHandler(),
		Ready: []workload.Check{{Name: "keys", Ready: func(context.Context) error { return nil },
			Degraded: func() string { return "They are old." }}}}.Handler()
	must(t, err)
	b.url, err = b.fabric.Serve(site)
	must(t, err)
	b.want(200, "")(b.send("GET", "/readyz", "", ""))
	for id, kept := range map[string]bool{"a.b_c-1": true, strings.Repeat("x", 64): true, strings.Repeat("x", 65): false,
		"a b": false, `"`: false} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", b.url+"/healthz", nil)
		must(t, err)
		req.Header.Set("ActivityId", id)
		req.Header.Set("RequestId", id)
		r := b.want(200, "")(fabrictest.Send(b.client, req))
		if r.Header.Get("RequestId") == id != kept || r.Header.Get("ActivityId") == id != kept {
			t.Errorf("%q was answered by %q", id, r.Header)
		}
	}
}

// Fabric asks on nobody's behalf and about no tenant.
func contractEndpoints(t *testing.T, checker *contracttest.Checker) {
	for _, tt := range []struct {
		name     string
		resolver workload.EndpointResolver
		status   int
		code     string
	}{
		{"an address", &workload.RegionEndpoints{Default: "https://a.example/workload", TTL: time.Second}, 200, ""},
		{"none", nil, 404, "NotFound"},
		{"an error", resolver(func(context.Context, map[string]string) (workload.Endpoint, error) {
			return workload.Endpoint{}, errMistake
		}), 500, "InternalError"},
		{"a panic", resolver(func(context.Context, map[string]string) (workload.Endpoint, error) {
			panic("a resolver's own mistake")
		}), 500, "InternalError"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newContractBench(t, checker, func(c *workload.Config) { c.Endpoints = tt.resolver })
			b.control.TenantID = ""
			b.control.Tokens = func() auth.SubjectAndApp { return auth.SubjectAndApp{App: b.entra.AppToken()} }
			b.want(tt.status, tt.code)(b.control.Resolve(t.Context(), map[string]string{"WorkspaceRegion": "North"}))
		})
	}
}

// While Entra is away from the start, nobody can be let in.
func contractNoKeys(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	b.entra.SetOutage(true)
	for _, o := range operations {
		b.want(503, "ServiceUnavailable")(o.call(t.Context(), b.control, newJob(newItem(), jobType)))
	}
	b.want(503, "ServiceUnavailable")(b.front("GET", "/me", ""))
	b.want(503, "ServiceUnavailable")(b.send("GET", "/readyz", "", ""))
	b.want(200, "")(b.send("GET", "/healthz", "", ""))
}

// brokenStore fails in what every operation begins with.
type brokenStore struct {
	workload.Store
	broken atomic.Bool
}

func (s *brokenStore) Item(ctx context.Context, key workload.ItemKey) (workload.Item, error) {
	if s.broken.Load() {
		return workload.Item{}, errMistake
	}
	return s.Store.Item(ctx, key)
}

func (s *brokenStore) Job(ctx context.Context, key workload.JobKey) (workload.JobRecord, error) {
	if s.broken.Load() {
		return workload.JobRecord{}, errMistake
	}
	return s.Store.Job(ctx, key)
}

func contractNoStore(t *testing.T, checker *contracttest.Checker) {
	store := &brokenStore{Store: workload.NewMemoryStore()}
	b := newContractBench(t, checker, func(c *workload.Config) { c.Store = store })
	j := newJob(b.create(), jobType)
	store.broken.Store(true)
	for _, o := range operations {
		if o.name == "resolve" {
			continue
		}
		r := b.want(500, "InternalError")(o.call(t.Context(), b.control, j))
		if !strings.HasSuffix(r.Error().Message, r.Header.Get("RequestId")) {
			t.Errorf("%s: the message %q does not show the RequestId", o.name, r.Error().Message)
		}
	}
	store.broken.Store(false)
}
