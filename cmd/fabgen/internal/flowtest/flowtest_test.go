package flowtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench/benchtest"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/flowtest"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
)

const root = "../../../.."

// The demo's own back-end passes the whole matrix, and each fault of a back-end that stands in front of it is found.
func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a server")
	}
	b := start(t, "demo")
	t.Run("passes", func(t *testing.T) { passes(t, b) })
	t.Run("stops", func(t *testing.T) { stopsWithItsContext(t, b) })
	for _, c := range broken {
		t.Run(c.name, func(t *testing.T) { c.isFound(t, b) })
	}
}

// A workload of every shape passes what does not wait.
func TestEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a server")
	}
	b := start(t, "everything")
	report, err := flowtest.Run(t.Context(), b, flowtest.Options{
		Match: regexp.MustCompile(`/(plain|missing scope|consent missing|MFA asked for|not enabled|permissions missing|secret invalid|Fabric throttled)$`)})
	if err != nil {
		t.Fatal(err)
	}
	allWell(t, report)
}

func start(t *testing.T, name string, edits ...benchtest.Edit) *flowtest.Bench {
	t.Helper()
	trace := &flowtest.Trace{}
	o := benchtest.Build(t, root, name, edits...)
	o.Seed, o.OnEvent, o.OnCall = flowtest.Seed(), trace.OnEvent, trace.OnCall
	b := benchtest.Start(t, o)
	return &flowtest.Bench{Model: o.Model, Env: o.Env, Cloud: b.Cloud, Trace: trace, URL: b.URL, Logs: b.Logs, Restart: b.Restart}
}

func passes(t *testing.T, b *flowtest.Bench) {
	report, err := flowtest.Run(t.Context(), b, flowtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	allWell(t, report)
	if report.Duration > time.Minute {
		t.Errorf("it took %s", report.Duration)
	}
	exercised := map[string]bool{}
	for _, c := range report.Cells {
		exercised[c.Case] = exercised[c.Case] || c.Verdict == flowtest.Passed
	}
	for name, ok := range exercised {
		if !ok {
			t.Errorf("no flow goes through the case %q", name)
		}
	}
	t.Log(report.Summary())
}

func allWell(t *testing.T, report *flowtest.Report) {
	t.Helper()
	for _, c := range report.Cells {
		if c.Verdict == flowtest.Failed {
			t.Errorf("%s/%s: %s: want %s, found %s\n%s", c.Flow, c.Case, c.Reason, c.Expected, c.Found, strings.Join(c.Log, "\n"))
		}
		if c.Verdict == flowtest.Passed && c.Reason != "" {
			t.Errorf("%s/%s: %s", c.Flow, c.Case, c.Reason)
		}
	}
}

// brokenBackend is a back-end with a fault, and the cell that must find it.
type brokenBackend struct {
	name    string
	answer  func(*http.Response) error // changes what the data plane answers
	hangs   bool
	keyless bool // Entra does not know its secret
	logs    string
	cell    string // flow/case
	verdict flowtest.Verdict
	reason  string
}

const (
	consented = `{"errorCode":"AuthUIRequired","message":"AADSTS65001","source":"System","moreDetails":[{"errorCode":"AADSTS65001",
		"message":"m","additionalParameters":[{"name":"additionalScopesToConsent","value":"https://storage.azure.com/user_impersonation"}]}]}`
	nothing = `{"errorCode":"InternalError","message":"The workload could not complete the call.","source":"System"}`
)

var broken = []brokenBackend{
	{name: "lets everybody in", answer: answers(200, `{}`), cell: "getModels/no token", verdict: flowtest.Failed, reason: "another status"},
	{name: "says not why", answer: without("WWW-Authenticate"), cell: "getModels/no token", verdict: flowtest.Failed, reason: "WWW-Authenticate"},
	{name: "is hidden from browsers", answer: without("Access-Control-Allow-Origin"), cell: "getModels/plain", verdict: flowtest.Failed, reason: "another outcome"},
	{name: "does not ask for consent", answer: answers(500, nothing), cell: "listSources/consent missing", verdict: flowtest.Failed, reason: "another outcome"},
	{name: "tells a token", answer: answers(500, `{"errorCode":"InternalError","message":"eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln"}`),
		cell: "listSources/consent missing", verdict: flowtest.Failed, reason: "another outcome"},
	{name: "asks without end", answer: answers(401, consented), cell: "listSources/plain", verdict: flowtest.Failed, reason: "another outcome"},
	{name: "hangs", hangs: true, cell: "getModels/plain", verdict: flowtest.Failed, reason: "time limit"},
	{name: "logs a token", logs: `{"token":"eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln"}`, cell: "log/nothing secret in it", verdict: flowtest.Failed,
		reason: "must not"},
	{name: "logs an address", logs: `{"url":"/x?upn=wanda.willingham%40contoso.example"}`, cell: "log/nothing secret in it",
		verdict: flowtest.Failed, reason: "must not"},
	{name: "says not when", answer: without("Retry-After"), cell: "listSources/Entra throttled for long", verdict: flowtest.Failed,
		reason: "no Retry-After"},
	{name: "swallows a fault", answer: answers(200, `{}`), cell: "listSources/Fabric throttled", verdict: flowtest.Failed, reason: "another outcome"},
	{name: "has a wrong secret", keyless: true, cell: "listSources/plain", verdict: flowtest.Failed,
		reason: "gives the back-end no token: invalid_client AADSTS7000222"},
	{name: "has a wrong secret in jobs", keyless: true, cell: "Forecast.Train run/plain", verdict: flowtest.Failed,
		reason: "gives the back-end no token: invalid_client AADSTS7000222"},
	{name: "has a handler that finds nothing", answer: answers(404, nothing), cell: "getModels/plain", verdict: flowtest.Passed, reason: "own answer: 404"},
}

func answers(status int, body string) func(*http.Response) error {
	return func(resp *http.Response) error {
		resp.StatusCode, resp.Status = status, fmt.Sprint(status)
		resp.Body = io.NopCloser(strings.NewReader(body))
		resp.ContentLength = int64(len(body))
		resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return nil
	}
}

func without(header string) func(*http.Response) error {
	return func(resp *http.Response) error {
		resp.Header.Del(header)
		return nil
	}
}

func (c brokenBackend) isFound(t *testing.T, sound *flowtest.Bench) {
	target, err := url.Parse(sound.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{ModifyResponse: c.answer, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.hangs {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	defer server.Close()
	b := *sound
	b.URL = server.URL
	forget := func(flowtest.Cell) { b.Cloud.Entra.ExpireSecret(c.keyless) } // each cell ends with a good one
	forget(flowtest.Cell{})
	defer b.Cloud.Entra.ExpireSecret(false)
	said := 0
	b.Logs = func() string { said++; return sound.Logs() + strings.Repeat(c.logs, said-1) }
	report, err := flowtest.Run(t.Context(), &b, flowtest.Options{Limit: time.Second, Progress: forget,
		Match: regexp.MustCompile("^(getModels/plain|" + c.cell + ")$")})
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range report.Cells {
		if said := fmt.Sprint(cell); strings.Contains(said, "c2ln") {
			t.Errorf("the report has a token: %s", said)
		}
		if cell.Flow+"/"+cell.Case != c.cell {
			continue
		}
		if cell.Verdict != c.verdict || !strings.Contains(cell.Reason, c.reason) {
			t.Errorf("it is %s: %s (%s)", cell.Verdict, cell.Reason, cell.Found)
		}
		return
	}
	t.Errorf("there is no cell %s", c.cell)
}

func TestPlan(t *testing.T) {
	m := workload(t, config.Demo())
	got := map[string]string{}
	for _, c := range flowtest.Plan(m, nil) {
		got[c.Flow+"/"+c.Case] = c.Expected + string(c.Verdict)
	}
	for cell, want := range map[string]string{
		"getForecast/plain":                     "ok",
		"getForecast/consent missing":           "asked to consent, then ok",
		"getForecast/consent declined":          "asked to consent, declined",
		"getForecast/MFA failed":                "asked for MFA, declined",
		"getForecast/not enabled in the tenant": "an administrator must act (403 AccessDenied AADSTS650052)",
		"getForecast/Fabric throttled":          "retry later (429 TooManyRequests), Retry-After 7",
		"getModels/secret invalid":              "not applicable",
		"Forecast.Train run/plain":              "job Completed",
		"Forecast.Train run/consent missing":    "job Failed (AuthUIRequired AADSTS65001)",
		"Forecast delete/no subject token":      "ok",
		"Forecast update/no subject token":      "(401 AuthError)",
		"endpoint resolution/no tenant header":  "ok",
	} {
		if got[cell] != want {
			t.Errorf("%s: %q, want %q", cell, got[cell], want)
		}
	}
	if len(flowtest.Plan(m, regexp.MustCompile("nothing of the kind"))) > 0 {
		t.Error("a pattern of nothing gives cells")
	}
	data, err := os.ReadFile(root + "/golden/smallest/fabgen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range flowtest.Plan(workload(t, data), regexp.MustCompile("missing scope")) {
		if c.Verdict != flowtest.NotApplicable {
			t.Errorf("without scopes: %+v", c)
		}
	}
}

func workload(t testing.TB, yaml []byte) *model.Model {
	t.Helper()
	doc, err := config.Parse("fabgen.yaml", yaml)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(doc)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func stopsWithItsContext(t *testing.T, b *flowtest.Bench) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := flowtest.Run(ctx, b, flowtest.Options{Progress: func(flowtest.Cell) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	_, err = flowtest.Run(t.Context(), b, flowtest.Options{Match: regexp.MustCompile("^$")})
	if !errors.Is(err, flowtest.ErrNothing) {
		t.Errorf("nothing to run ends with %v", err)
	}
}
