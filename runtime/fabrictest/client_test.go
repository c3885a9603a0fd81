package fabrictest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

var (
	item = fabrictest.Item{WorkspaceID: "w/1", Type: "Org.Example.Report", ID: "i 1"}
	job  = fabrictest.Job{Item: item, Type: "Org.Example.Report.Run", ID: "j"}
)

const itemPath = "/workload/workspaces/w%2F1/items/Org.Example.Report/i%201"

// workload hands on each call that it gets.
type workload struct {
	url   string
	calls chan seen
}

type seen struct {
	*http.Request
	body string
}

func (b *bench) workload(t *testing.T) *workload {
	t.Helper()
	w := &workload{calls: make(chan seen, 1)}
	var err error
	w.url, err = b.Serve(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.calls <- seen{r.Clone(context.WithoutCancel(r.Context())), string(body)}
		rw.Header().Set("X-Seen", "yes")
		rw.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(rw, `{"errorCode":"Teapot","message":"short","source":"User"}`)
	}))
	must(t, err)
	return w
}

func TestClientCallsTheContract(t *testing.T) {
	b := newBench(t)
	w := b.workload(t)
	c := b.Client(w.url + "/workload/")
	body := map[string]string{"displayName": "A"}
	for name, s := range map[string]struct {
		call func(context.Context) (*fabrictest.Response, error)
		want string
	}{
		"create": {func(ctx context.Context) (*fabrictest.Response, error) { return c.Create(ctx, item, body) },
			"POST " + itemPath + ` {"displayName":"A"}`},
		"update": {func(ctx context.Context) (*fabrictest.Response, error) { return c.Update(ctx, item, []byte("{x")) },
			"PATCH " + itemPath + " {x"},
		"delete": {func(ctx context.Context) (*fabrictest.Response, error) { return c.Delete(ctx, item) },
			"DELETE " + itemPath + " "},
		"payload": {func(ctx context.Context) (*fabrictest.Response, error) { return c.Payload(ctx, item) },
			"GET " + itemPath + "/payload "},
		"start": {func(ctx context.Context) (*fabrictest.Response, error) { return c.StartJob(ctx, job, body) },
			"POST " + itemPath + `/jobTypes/Org.Example.Report.Run/instances/j {"displayName":"A"}`},
		"status": {func(ctx context.Context) (*fabrictest.Response, error) { return c.JobStatus(ctx, job) },
			"GET " + itemPath + "/jobTypes/Org.Example.Report.Run/instances/j "},
		"cancel": {func(ctx context.Context) (*fabrictest.Response, error) { return c.CancelJob(ctx, job) },
			"POST " + itemPath + "/jobTypes/Org.Example.Report.Run/instances/j/cancel "},
		"resolve": {func(ctx context.Context) (*fabrictest.Response, error) {
			return c.Resolve(ctx, map[string]string{"EndpointName": "data"})
		}, `POST /workload/resolve-api-path-placeholder {"context":[{"name":"EndpointName","value":"data"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := s.call(t.Context())
			must(t, err)
			last := <-w.calls
			if got := last.Method + " " + last.URL.EscapedPath() + " " + last.body; got != s.want {
				t.Errorf("called %s, want %s", got, s.want)
			}
			if kind := last.Header.Get("Content-Type"); (kind == "application/json") != (last.body != "") {
				t.Errorf("Content-Type is %q with the body %q", kind, last.body)
			}
			if e := answer.Error(); answer.Status != 418 || e.ErrorCode != "Teapot" ||
				answer.Header.Get("X-Seen") != "yes" {
				t.Errorf("answer %+v", answer)
			}
		})
	}
}

// What the client sends is what a workload's door takes, and each call has IDs of its own.
func TestClientIsLetIn(t *testing.T) {
	b := newBench(t)
	w := b.workload(t)
	a := b.authenticator(t)
	c := b.Client(w.url)
	known := map[string]bool{}
	for range 3 {
		_, err := c.Delete(t.Context(), item)
		must(t, err)
		last := (<-w.calls).Request
		caller, err := a.AuthenticateControl(last, auth.ControlPlaneRules{})
		must(t, err)
		if caller.TenantID != entratest.DefaultUserTenantID || caller.ObjectID != entratest.DefaultUserID {
			t.Errorf("caller = %v", caller)
		}
		for _, id := range []string{last.Header.Get("ActivityId"), last.Header.Get("RequestId")} {
			if known[id] || !guid.MatchString(id) {
				t.Errorf("the ID %q", id)
			}
			known[id] = true
		}
	}
	c.TenantID = ""
	c.Tokens = func() auth.SubjectAndApp { return auth.SubjectAndApp{App: b.entra.AppToken()} }
	_, err := c.Delete(t.Context(), item)
	must(t, err)
	rules := auth.ControlPlaneRules{SubjectOptional: true, TenantHeaderOptional: true}
	caller, err := a.AuthenticateControl((<-w.calls).Request, rules)
	if err != nil || caller.HasSubject() || caller.TenantID != "" {
		t.Errorf("on nobody's behalf: %v, %v", caller, err)
	}
}

var guid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestClientTellsWhatIsWrong(t *testing.T) {
	b := newBench(t)
	url := b.workload(t).url
	tokens := func() auth.SubjectAndApp { return auth.SubjectAndApp{} }
	for name, c := range map[string]struct {
		client fabrictest.Client
		body   any
		want   string
	}{
		"no tokens":       {fabrictest.Client{BaseURL: url}, nil, "Client.Tokens is nil"},
		"no address":      {fabrictest.Client{BaseURL: "https://\x00", Tokens: tokens}, nil, "calling the workload"},
		"no JSON":         {fabrictest.Client{BaseURL: url, Tokens: tokens}, func() {}, "encoding the body"},
		"nobody there":    {fabrictest.Client{BaseURL: "https://127.0.0.1:1", Tokens: tokens}, nil, "calling the"},
		"a foreign trust": {fabrictest.Client{BaseURL: url, Tokens: tokens}, nil, "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.client.Create(t.Context(), item, c.body)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestAnswersThatAreNoJSON(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/short" {
			w.Header().Set("Content-Length", "9")
		}
		_, _ = io.WriteString(w, "<html>")
	}))
	t.Cleanup(server.Close)
	get := func(path string) (*fabrictest.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		must(t, err)
		return fabrictest.Send(nil, req)
	}
	answer, err := get("/")
	must(t, err)
	var into any
	if err := answer.JSON(&into); err == nil || !strings.Contains(err.Error(), "status 200") {
		t.Errorf("JSON: %v", err)
	}
	if e := answer.Error(); !strings.Contains(e.Message, "no error of the contract") {
		t.Errorf("Error: %+v", e)
	}
	if _, err := get("/short"); err == nil {
		t.Error("an answer that ends early was taken")
	}
}
