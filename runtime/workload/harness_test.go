package workload_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
	"github.com/fabgen/fabgen/runtime/workload"
)

const (
	itemType  = "Org.Example.Report"
	otherType = "Org.Example.Other"
	jobType   = itemType + ".Run"
	slowJob   = itemType + ".Slow"
	panicJob  = itemType + ".Panic"
	oneLake   = itemType + ".OneLake"
	scope     = "Report.Read.All"
	storage   = "https://storage.azure.com"
)

// handler keeps payloads, counts its calls and fails where a payload asks for it.
type handler struct {
	mu      sync.Mutex
	creates int
	deletes int
	callers []bool // whether each deletion had a subject
}

func (h *handler) Create(_ context.Context, item *workload.Item, payload json.RawMessage) error {
	h.mu.Lock()
	h.creates++
	h.mu.Unlock()
	var wanted struct {
		Fail  bool `json:"fail"`
		Panic bool `json:"panic"`
	}
	if err := workload.DecodePayload(payload, &wanted); err != nil {
		return err
	}
	if wanted.Fail {
		return http.ErrBodyNotAllowed
	}
	if wanted.Panic {
		panic("a handler's own mistake")
	}
	item.TenantID, item.Payload = "somebody else's", payload
	return nil
}

func (h *handler) Update(_ context.Context, item *workload.Item, payload json.RawMessage) error {
	if payload != nil {
		item.Payload = payload
	}
	return nil
}

func (h *handler) Delete(ctx context.Context, _ *workload.Item) error {
	caller, _ := auth.CallerFrom(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deletes++
	h.callers = append(h.callers, caller.HasSubject())
	return nil
}

func (h *handler) Payload(_ context.Context, item *workload.Item) (any, error) {
	return map[string]any{"name": item.DisplayName, "description": item.Description, "kept": item.Payload}, nil
}

// bench is a back-end between a local Entra and a local Fabric.
type bench struct {
	t       *testing.T
	url     string
	entra   *entratest.Server
	fabric  *fabrictest.Server
	control *fabrictest.Client
	service *workload.Service
	handler *handler
	log     *logBuffer
	started chan struct{} // a value for each slow job that runs
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newBench(t *testing.T, change ...func(*workload.Config)) *bench {
	t.Helper()
	entra := entratest.New(t)
	b := &bench{t: t, entra: entra, fabric: fabrictest.New(t, entra), handler: &handler{}, log: &logBuffer{},
		started: make(chan struct{}, 100)}
	logger := slog.New(slog.NewJSONHandler(b.log, nil))
	settings := entra.Settings()
	settings.Logger = logger
	a, err := auth.New(settings)
	must(t, err)
	cfg := workload.Config{Auth: a, Logger: logger, Items: []workload.ItemType{b.itemType(a), {Name: otherType, Handler: b.handler}},
		Endpoints: &workload.RegionEndpoints{Default: "https://default.example", Regions: map[string]string{"north": "https://north.example"}}}
	for _, c := range change {
		c(&cfg)
	}
	b.service, err = workload.New(cfg)
	must(t, err)
	control, err := workload.NewControl(a, b.fabric.URL, entra.Client())
	must(t, err)
	lake, err := workload.NewOneLake(a, lakeResource, b.fabric.OneLakeURL)
	must(t, err)
	data, err := workload.NewDataPlane(workload.DataPlaneConfig{Auth: a, Control: control,
		Origins: []string{"https://front.example"}, Routes: dataRoutes(lake)})
	must(t, err)
	site, err := workload.Site{BasePath: "/workload", Control: b.service, Data: data, Logger: logger,
		Ready: []workload.Check{workload.KeysCheck(a)}}.Handler()
	must(t, err)
	b.url, err = b.fabric.Serve(site)
	must(t, err)
	b.control = b.fabric.Client(b.url + "/workload")
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = b.service.Shutdown(ctx)
	})
	return b
}

var lakeResource = auth.Resource{Name: "onelake", URI: storage, Scopes: []string{"user_impersonation"}}

func (b *bench) itemType(a *auth.Authenticator) workload.ItemType {
	return workload.ItemType{Name: itemType, Handler: b.handler, Jobs: map[string]workload.JobFunc{
		jobType: func(context.Context, *workload.Job) error { return nil },
		slowJob: func(ctx context.Context, _ *workload.Job) error {
			b.started <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		},
		panicJob: func(context.Context, *workload.Job) error { panic("a job's own mistake") },
		oneLake: func(ctx context.Context, job *workload.Job) error {
			lake, err := workload.NewOneLake(a, lakeResource, b.fabric.OneLakeURL)
			if err != nil {
				return err
			}
			if ctx, err = lake.LongRunning(ctx); err != nil {
				return err
			}
			item := workload.OneLakeItem{Workspace: job.WorkspaceID, Item: job.ItemID}
			return lake.WriteFile(ctx, item, "out.json", job.Arguments)
		},
	}}
}

func dataRoutes(lake *workload.OneLake) []workload.Route {
	list := func(w http.ResponseWriter, r *http.Request) error {
		workspace, item, err := workload.ItemIDs(r)
		if err != nil {
			return err
		}
		files, err := lake.ListFiles(r.Context(), workload.OneLakeItem{Workspace: workspace, Item: item}, ".")
		if err != nil {
			return err
		}
		return workload.WriteJSON(w, http.StatusOK, files)
	}
	scopes := []string{scope, "Report.ReadWrite.All"}
	return []workload.Route{
		{Pattern: "GET /me", Scopes: scopes, Handler: workload.Me},
		{Pattern: "GET /items/{itemId}/files", Scopes: scopes, Permissions: []string{"Read"}, Handler: list},
		{Pattern: "GET /files", Scopes: scopes, Handler: list},
		{Pattern: "POST /echo", Scopes: scopes, Handler: func(w http.ResponseWriter, r *http.Request) error {
			var body struct {
				Count int `json:"count"`
			}
			if err := workload.ReadJSON(w, r, &body); err != nil {
				return err
			}
			return workload.WriteJSON(w, http.StatusOK, body)
		}},
		{Pattern: "GET /panic", Scopes: scopes, Handler: func(http.ResponseWriter, *http.Request) error { panic("x") }},
		{Pattern: "GET /unencodable", Scopes: scopes, Handler: func(w http.ResponseWriter, _ *http.Request) error {
			return workload.WriteJSON(w, http.StatusOK, func() {})
		}},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newItem names an item of a workspace that nobody has used.
func newItem() fabrictest.Item {
	return fabrictest.Item{WorkspaceID: fabrictest.NewID(), Type: itemType, ID: fabrictest.NewID()}
}

type body = map[string]any

// want makes a call and wants a status, and, from 400 on, a code of the contract.
func (b *bench) want(status int, code string) func(*fabrictest.Response, error) *fabrictest.Response {
	return func(r *fabrictest.Response, err error) *fabrictest.Response {
		b.t.Helper()
		must(b.t, err)
		if r.Status != status {
			b.t.Fatalf("status %d, want %d: %s", r.Status, status, r.Body)
		}
		if status >= 400 {
			b.wantError(r, code)
		}
		if r.Header.Get("RequestId") == "" || r.Header.Get("ActivityId") == "" {
			b.t.Errorf("the answer names no RequestId or ActivityId: %v", r.Header)
		}
		return r
	}
}

func (b *bench) wantError(r *fabrictest.Response, code string) {
	b.t.Helper()
	e := r.Error()
	if e.ErrorCode != code || e.Message == "" || e.Source == "" {
		b.t.Fatalf("found the error %+v, want %s with a message and a source", e, code)
	}
	for _, secret := range []string{"mistake", "eyJ"} {
		if strings.Contains(string(r.Body), secret) {
			b.t.Errorf("the answer shows %q: %s", secret, r.Body)
		}
	}
}

// create makes an item that a test goes on with.
func (b *bench) create() fabrictest.Item {
	b.t.Helper()
	item := newItem()
	b.want(200, "")(b.control.Create(b.t.Context(), item, body{"displayName": "A", "creationPayload": body{"x": 1}}))
	return item
}

// data calls the data plane with a user's token.
func (b *bench) data(method, path string, sent string, options ...entratest.TokenOption) (*fabrictest.Response, error) {
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+"/api"+path, strings.NewReader(sent))
	must(b.t, err)
	options = append([]entratest.TokenOption{entratest.Scopes(scope), entratest.App(entratest.FabricFrontendAppID)}, options...)
	req.Header.Set("Authorization", "Bearer "+b.entra.SubjectToken(options...))
	return fabrictest.Send(b.entra.Client(), req)
}

// ended polls a job until it has ended.
func (b *bench) ended(job fabrictest.Job) state {
	b.t.Helper()
	for range 500 {
		s := b.state(job)
		if s.Status != "NotStarted" && s.Status != "InProgress" {
			return s
		}
		time.Sleep(5 * time.Millisecond)
	}
	b.t.Fatal("the job did not end")
	return state{}
}

// state is the contract's, read apart from the package's own type.
type state struct {
	Status       string             `json:"status"`
	StartTimeUtc string             `json:"startTimeUtc"`
	EndTimeUtc   string             `json:"endTimeUtc"`
	ErrorDetails *apierror.Response `json:"errorDetails"`
}

func (b *bench) state(job fabrictest.Job) state {
	b.t.Helper()
	var s state
	must(b.t, b.want(200, "")(b.control.JobStatus(b.t.Context(), job)).JSON(&s))
	return s
}

func newJob(item fabrictest.Item, kind string) fabrictest.Job {
	return fabrictest.Job{Item: item, Type: kind, ID: fabrictest.NewID()}
}
