package workload_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
	"github.com/fabgen/fabgen/runtime/workload"
)

func tokensFor(b *bench, options ...entratest.TokenOption) func() auth.SubjectAndApp {
	return func() auth.SubjectAndApp {
		return auth.SubjectAndApp{Subject: b.entra.SubjectToken(options...), App: b.entra.AppToken()}
	}
}

func TestDataPlane(t *testing.T) {
	b := newBench(t)
	workspace, item, barred := fabrictest.NewID(), fabrictest.NewID(), fabrictest.NewID()
	b.fabric.Grant(item, "read")
	b.fabric.Grant(barred, "Write")
	b.fabric.PutFile(workspace+"/"+item+"/Files/a.txt", []byte("a"))
	query := "?workspaceId=" + workspace
	tests := []struct {
		name, method, path, sent string
		options                  []entratest.TokenOption
		status                   int
		want                     string // code, or part of the body
	}{
		{"who am I", "GET", "/me", "", nil, 200, `"scopes":["Report.Read.All"]`},
		{"another scope that is as good", "GET", "/me", "", opts(entratest.Scopes("Report.ReadWrite.All")), 200, "Report"},
		{"no scope that is right", "GET", "/me", "", opts(entratest.Scopes("Else")), 403, "AuthError"},
		{"another audience", "GET", "/me", "", opts(entratest.Audience("api://else")), 401, "AuthError"},
		{"expired", "GET", "/me", "", opts(entratest.Expires(-time.Hour)), 401, "AuthError"},
		{"unsigned", "GET", "/me", "", opts(entratest.Unsigned()), 401, "AuthError"},
		{"permission in another case", "GET", "/items/" + item + "/files" + query, "", nil, 200, `"name":"a.txt"`},
		{"another permission", "GET", "/items/" + barred + "/files" + query, "", nil, 403, "AccessDenied"},
		{"no permission", "GET", "/items/" + fabrictest.NewID() + "/files" + query, "", nil, 403, "AccessDenied"},
		{"no workspace", "GET", "/items/" + item + "/files", "", nil, 400, "InvalidRequest"},
		{"two workspaces", "GET", "/items/" + item + "/files" + query + "&workspaceId=x", "", nil, 400, "InvalidRequest"},
		{"not a UUID", "GET", "/items/1/files" + query, "", nil, 400, "InvalidRequest"},
		{"a body", "POST", "/echo", `{"count":3,"else":1}`, nil, 200, `{"count":3}`},
		{"a body of another type", "POST", "/echo", `{"count":"3"}`, nil, 400, "InvalidRequest"},
		{"a body with more after it", "POST", "/echo", `{} {}`, nil, 400, "InvalidRequest"},
		{"a body that is not UTF-8", "POST", "/echo", "\"\xff\"", nil, 400, "InvalidRequest"},
		{"a body that is too large", "POST", "/echo", strings.Repeat(" ", 1<<20+1), nil, 413, "PayloadTooLarge"},
		{"panic", "GET", "/panic", "", nil, 500, "InternalError"},
		{"an answer that cannot be written", "GET", "/unencodable", "", nil, 500, "InternalError"},
		{"unknown path", "GET", "/else", "", nil, 404, "NotFound"},
		{"unclean path", "GET", "//me", "", nil, 404, "NotFound"},
		{"another method", "DELETE", "/me", "", nil, 405, "MethodNotAllowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := *b
			b.t = t
			r := b.want(tt.status, tt.want)(b.data(tt.method, tt.path, tt.sent, tt.options...))
			if tt.status < 400 && !strings.Contains(string(r.Body), tt.want) {
				t.Errorf("the answer is %s, want %s in it", r.Body, tt.want)
			}
			if tt.status == 405 && !strings.Contains(r.Header.Get("Allow"), "GET") {
				t.Errorf("Allow is %q", r.Header.Get("Allow"))
			}
			if tt.status == 500 && !strings.Contains(r.Error().Message, r.Header.Get("RequestId")) {
				t.Errorf("the message %q does not show the RequestId", r.Error().Message)
			}
		})
	}
}

func opts(options ...entratest.TokenOption) []entratest.TokenOption { return options }

func TestDataPlaneWhenOthersFail(t *testing.T) {
	workspace, item := fabrictest.NewID(), fabrictest.NewID()
	permitted := "/items/" + item + "/files?workspaceId=" + workspace
	plain := "/files?workspaceId=" + workspace + "&itemId=" + item
	tests := []struct {
		name, path string
		script     func(*bench)
		status     int
		code       string
		header     [2]string
	}{
		{"Fabric throttles", permitted, func(b *bench) { b.fabric.Throttle(1, 7*time.Second) }, 429, "TooManyRequests",
			[2]string{"Retry-After", "7"}},
		{"Fabric is away", permitted, func(b *bench) { b.fabric.SetOutage(true) }, 503, "ServiceUnavailable", [2]string{}},
		{"no consent to Fabric", permitted, func(b *bench) { b.entra.SetConsent(auth.FabricURI, false) }, 401, "AuthUIRequired",
			[2]string{"WWW-Authenticate", "Bearer"}},
		{"no consent to OneLake", plain, func(b *bench) { b.entra.SetConsent(storage, false) }, 401, "AuthUIRequired",
			[2]string{"WWW-Authenticate", "Bearer"}},
		{"claims", plain, func(b *bench) { b.entra.RequireClaims(storage, `{"a":1}`) }, 401, "AuthUIRequired",
			[2]string{"WWW-Authenticate", "insufficient_claims"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			b.fabric.Grant(item, "Read")
			tt.script(b)
			r := b.want(tt.status, tt.code)(b.data("GET", tt.path, ""))
			if tt.header[0] != "" && !strings.Contains(r.Header.Get(tt.header[0]), tt.header[1]) {
				t.Errorf("%s is %q, want %s in it", tt.header[0], r.Header.Get(tt.header[0]), tt.header[1])
			}
		})
	}
}

func TestCORS(t *testing.T) {
	b := newBench(t)
	tests := []struct {
		name, method, origin, preflight string
		status                          int
		allowed                         bool
	}{
		{"preflight", "OPTIONS", "https://front.example", "POST", 204, true},
		{"preflight of another origin", "OPTIONS", "https://else.example", "POST", 204, false},
		{"refused call", "GET", "https://front.example", "", 401, true},
		{"refused call of another origin", "GET", "https://front.example.else", "", 401, false},
		{"no origin", "GET", "", "", 401, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), tt.method, b.url+"/api/me", nil)
			must(t, err)
			if tt.origin != "" {
				req.Header.Set("Origin", tt.origin)
			}
			if tt.preflight != "" {
				req.Header.Set("Access-Control-Request-Method", tt.preflight)
			}
			r, err := fabrictest.Send(b.entra.Client(), req)
			must(t, err)
			if r.Status != tt.status || !strings.Contains(strings.Join(r.Header.Values("Vary"), ","), "Origin") {
				t.Errorf("status %d, headers %v", r.Status, r.Header)
			}
			if got := r.Header.Get("Access-Control-Allow-Origin"); (got == tt.origin && got != "") != tt.allowed {
				t.Errorf("Access-Control-Allow-Origin is %q", got)
			}
			if exposed := r.Header.Get("Access-Control-Expose-Headers"); strings.Contains(exposed, "WWW-Authenticate") != tt.allowed {
				t.Errorf("Access-Control-Expose-Headers is %q", exposed)
			}
		})
	}
}

func TestEndpointResolution(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	b.control.TenantID = ""
	b.control.Tokens = func() auth.SubjectAndApp { return auth.SubjectAndApp{App: b.entra.AppToken()} }
	for region, want := range map[string]string{"North": "https://north.example", "South": "https://default.example"} {
		var got struct {
			URL string `json:"url"`
			TTL int    `json:"ttlInMinutes"`
		}
		must(t, b.want(200, "")(b.control.Resolve(ctx, map[string]string{"WorkspaceRegion": region})).JSON(&got))
		if got.URL != want || got.TTL != 60 {
			t.Errorf("%s gives %+v, want %s for 60 minutes", region, got, want)
		}
	}
	const path = "/resolve-api-path-placeholder"
	for _, sent := range []string{`{}`, `{"context":1}`, `{"context":[{"value":"x"}]}`,
		`{"context":[{"name":"TenantId","value":"x"},{"name":"TenantId","value":"y"}]}`} {
		b.want(400, "InvalidRequest")(b.control.Do(ctx, "POST", path, []byte(sent)))
	}
	b.control.Tokens = func() auth.SubjectAndApp { return auth.SubjectAndApp{App: b.entra.SubjectToken()} }
	b.want(401, "AuthError")(b.control.Resolve(ctx, nil))
	none := newBench(t, func(c *workload.Config) { c.Endpoints = nil })
	none.want(404, "NotFound")(none.control.Resolve(ctx, nil))
}

func TestHealth(t *testing.T) {
	b := newBench(t)
	get := func(path string) (*fabrictest.Response, error) {
		req, err := http.NewRequestWithContext(context.Background(), "GET", b.url+path, nil)
		must(t, err)
		return fabrictest.Send(b.entra.Client(), req)
	}
	b.entra.SetOutage(true)
	b.want(200, "")(get("/healthz"))
	r := b.want(503, "ServiceUnavailable")(get("/readyz"))
	if !strings.Contains(r.Error().Message, "keys") {
		t.Errorf("the answer %q does not name the keys", r.Error().Message)
	}
	b.want(404, "NotFound")(get("/"))
	b.want(404, "NotFound")(get("/workload/else"))
	ready := newBench(t)
	b.url, b.entra = ready.url, ready.entra
	if r := b.want(200, "")(get("/readyz")); strings.Contains(string(r.Body), "degraded") {
		t.Errorf("degraded while all is well: %s", r.Body)
	}
}

// Keys that Entra gave before it went away serve on, and /readyz says so.
func TestReadyWithOlderKeys(t *testing.T) {
	entra := entratest.New(t)
	settings := entra.Settings()
	settings.Logger, settings.KeyRefreshInterval = slog.New(slog.DiscardHandler), time.Nanosecond
	a, err := auth.New(settings)
	must(t, err)
	site, err := workload.Site{BasePath: "/workload", Control: http.NotFoundHandler(), Data: http.NotFoundHandler(),
		Logger: settings.Logger, Ready: []workload.Check{workload.KeysCheck(a)}}.Handler()
	must(t, err)
	ready := func() string {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if w.Code != http.StatusOK {
			t.Errorf("/readyz = %d %s, want 200", w.Code, w.Body)
		}
		return w.Body.String()
	}
	if body := ready(); strings.Contains(body, "degraded") {
		t.Errorf("/readyz = %s while all is well", body)
	}
	entra.SetOutage(true)
	_, err = a.ValidateSubject(t.Context(), entra.SubjectToken(entratest.Header("kid", "unknown"))) // asks for new keys
	if err == nil {
		t.Error("a token of an unknown key was taken")
	}
	if body := ready(); !strings.Contains(body, `"degraded":{"keys":"Entra gives no keys; those of 20`) {
		t.Errorf("/readyz = %s while older keys serve", body)
	}
}
