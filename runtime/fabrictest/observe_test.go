package fabrictest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

func TestCallsAreObserved(t *testing.T) {
	entra := entratest.New(t)
	calls := make(chan fabrictest.Call, 1)
	s, err := fabrictest.Start(fabrictest.Options{Entra: entra, TenantID: entra.Options.TenantID,
		ClientID: entra.Options.ClientID, Observe: func(c fabrictest.Call) { calls <- c }})
	must(t, err)
	t.Cleanup(s.Close)
	b := &bench{Server: s, entra: entra}
	resource, err := b.NewResource(pricing, "Prices.Read")
	must(t, err)
	item := fabrictest.NewID()
	b.Grant(item, "Read")
	const uri = auth.FabricURI
	both := func(subject, app string) string { return auth.SubjectAndApp{Subject: subject, App: app}.HeaderValue() }
	throttled := func() { b.Throttle(1, 0) }
	lakeAway := func() { b.SetOneLakeOutage(true) }
	nothing := func() {}
	for name, c := range map[string]struct {
		before                     func()
		method, url, authorization string
		want                       string // service, method, path?query, status, code, injected
		tokens                     string // role:aud, with ! where there is a problem
	}{
		"a user":     {nothing, "GET", b.URL + "/v1/workspaces", "Bearer " + b.user(uri), "fabric GET /v1/workspaces? 200  false", "bearer:" + uri},
		"both":       {nothing, "GET", b.permissionsURL(item), both(b.user(uri), b.app(uri)), "fabric GET /v1/workload-control/workspaces/W/items/I/resolvepermissions? 200  false", "subject:" + uri + " app:" + uri},
		"a bad app":  {nothing, "GET", b.permissionsURL(item), both(b.user(uri), b.app(pricing)), "fabric GET /v1/workload-control/workspaces/W/items/I/resolvepermissions? 401 TokenNotValid false", "subject:" + uri + " app:" + pricing + "!"},
		"no subject": {nothing, "GET", b.permissionsURL(item), both("", b.app(uri)), "fabric GET /v1/workload-control/workspaces/W/items/I/resolvepermissions? 401 TokenNotValid false", "subject:<nil>! app:" + uri},
		"throttled":  {throttled, "GET", b.URL + "/v1/workspaces", "Bearer " + b.user(uri), "fabric GET /v1/workspaces? 429 RequestBlocked true", "bearer:" + uri},
		"no token":   {nothing, "GET", b.URL + "/v1/workspaces", "", "fabric GET /v1/workspaces? 401 TokenMissing false", ""},
		"no path":    {nothing, "GET", b.URL + "/v2", "Bearer " + b.user(uri), "fabric GET /v2? 404  false", "bearer:" + uri},
		"no JWT":     {nothing, "GET", b.URL + "/v1/workspaces", "Bearer secret", "fabric GET /v1/workspaces? 401 TokenNotValid false", "bearer:<nil>!"},
		"a file":     {nothing, "PUT", b.OneLakeURL + "/w/i/Files/a%20b?resource=file&sig=secret", "Bearer " + b.user(fabrictest.OneLakeURI), "onelake PUT /w/i/Files/a b?resource=file 201  false", "bearer:" + fabrictest.OneLakeURI},
		"no file":    {nothing, "GET", b.OneLakeURL + "/w/i/Files/x", "Bearer " + b.user(fabrictest.OneLakeURI), "onelake GET /w/i/Files/x? 404 PathNotFound false", "bearer:" + fabrictest.OneLakeURI},
		"lake away":  {lakeAway, "GET", b.OneLakeURL + "/w/i/Files/x", "Bearer " + b.user(fabrictest.OneLakeURI), "onelake GET /w/i/Files/x? 503 ServerBusy true", "bearer:" + fabrictest.OneLakeURI},
		"a resource": {nothing, "POST", resource.URL + "/prices", "Bearer " + b.user(uri), pricing + " POST /prices? 401 TokenNotValid false", "bearer:" + uri + "!"},
	} {
		t.Run(name, func(t *testing.T) {
			c.before()
			t.Cleanup(func() { b.SetOneLakeOutage(false) })
			req, err := http.NewRequestWithContext(t.Context(), c.method, c.url, strings.NewReader("body"))
			must(t, err)
			req.Header.Set("ActivityId", "the-activity")
			if c.authorization != "" {
				req.Header.Set("Authorization", c.authorization)
			}
			start := time.Now()
			_, err = fabrictest.Send(entra.Client(), req)
			must(t, err)
			call := <-calls
			path := call.Path
			if parts := strings.Split(path, "/"); len(parts) == 8 {
				parts[4], parts[6] = "W", "I"
				path = strings.Join(parts, "/")
			}
			got := fmt.Sprint(call.Service, " ", call.Method, " ", path, "?", call.Query, " ", call.Status, " ", call.Code, " ", call.Injected)
			if got != c.want {
				t.Errorf("call %q, want %q", got, c.want)
			}
			var tokens []string
			for _, token := range call.Tokens {
				text := fmt.Sprint(token.Role, ":", token.Claims["aud"])
				if token.Problem != "" {
					text += "!"
				}
				tokens = append(tokens, text)
			}
			if got := strings.Join(tokens, " "); got != c.tokens {
				t.Errorf("tokens %q, want %q", got, c.tokens)
			}
			if call.ActivityID != "the-activity" || call.Time.Before(start) || call.Duration <= 0 ||
				(call.Code != "") != (call.Reason != "") {
				t.Errorf("call %+v", call)
			}
			raw, err := json.Marshal(call)
			must(t, err)
			if slices.ContainsFunc(strings.FieldsFunc(c.authorization, func(r rune) bool { return strings.ContainsRune(` ".,`, r) }),
				func(part string) bool { return len(part) > 30 && strings.Contains(string(raw), part) }) ||
				strings.Contains(string(raw), "secret") {
				t.Errorf("a token is in %s", raw)
			}
		})
	}
}
