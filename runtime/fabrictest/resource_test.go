package fabrictest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/entratest"
)

const pricing = "api://pricing"

func TestResourceAnswersWhatItGot(t *testing.T) {
	b := newBench(t)
	resource, err := b.NewResource(pricing, "Prices.Read", "Prices.Write")
	must(t, err)
	for name, c := range map[string]struct {
		token, body, identity, tenant string
		sent                          any
	}{
		"a user": {b.user(pricing, entratest.Scopes("x Prices.Write")), `{"a":[1]}`, "user",
			entratest.DefaultUserTenantID, map[string]any{"a": []any{1.0}}},
		"the app": {b.app(pricing), `"text"`, "app", entratest.DefaultTenantID, "text"},
		"no JSON": {b.app(pricing), `{`, "app", entratest.DefaultTenantID, nil},
		"no body": {b.app(pricing), ``, "app", entratest.DefaultTenantID, nil},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(resource.Calls())
			answer := b.do(t, http.MethodPut, resource.URL+"/v1/a%20b?q=1", "Bearer "+c.token, c.body)
			want, err := json.Marshal(map[string]any{"method": "PUT", "path": "/v1/a b", "identity": c.identity,
				"tenantId": c.tenant, "body": c.sent})
			must(t, err)
			if answer.Status != 200 || !bytes.Equal(bytes.TrimSpace(answer.Body), want) {
				t.Errorf("%d %s, want %s", answer.Status, answer.Body, want)
			}
			calls := resource.Calls()
			if len(calls) != before+1 {
				t.Fatalf("%d calls, want %d", len(calls), before+1)
			}
			if last := calls[before]; last.Method != "PUT" || last.Path != "/v1/a b" || string(last.Body) != c.body ||
				last.Token.Audience != pricing || last.Token.IsApp != (c.identity == "app") {
				t.Errorf("the call is %+v", last)
			}
		})
	}
}

func TestResourceRefuses(t *testing.T) {
	b := newBench(t)
	resource, err := b.NewResource(pricing, "Prices.Read")
	must(t, err)
	for name, c := range map[string]struct {
		authorization, body string
		status              int
		code                string
	}{
		"another scope":    {"Bearer " + b.user(pricing, entratest.Scopes("prices.read")), "", 403, "InsufficientScopes"},
		"another audience": {"Bearer " + b.app(pricing+"/"), "", 401, "TokenNotValid"},
		"no token":         {"", "", 401, "TokenMissing"},
		"a large body":     {"Bearer " + b.app(pricing), strings.Repeat(" ", 16<<20+1), 413, "TooLarge"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := b.do(t, http.MethodPost, resource.URL, c.authorization, c.body)
			if e := answer.Error(); answer.Status != c.status || e.ErrorCode != c.code || e.Message == "" {
				t.Errorf("%d %s, want %d %s", answer.Status, answer.Body, c.status, c.code)
			}
		})
	}
	if n := len(resource.Calls()); n != 0 {
		t.Errorf("%d refused calls were kept", n)
	}
}
