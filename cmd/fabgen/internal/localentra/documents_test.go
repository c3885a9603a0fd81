package localentra_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
)

// Pages may read tokens where they have a redirect URI of a single-page application, and documents everywhere.
func TestCrossOrigin(t *testing.T) {
	w := start(t)
	for name, c := range map[string]struct{ method, path, origin, want string }{
		"token":              {http.MethodPost, "/common/oauth2/v2.0/token", spaOrigin, spaOrigin},
		"preflight":          {http.MethodOptions, "/common/oauth2/v2.0/token", spaOrigin, spaOrigin},
		"another page":       {http.MethodPost, "/common/oauth2/v2.0/token", "http://localhost:60007", ""},
		"another preflight":  {http.MethodOptions, "/common/oauth2/v2.0/token", "http://localhost:60007", ""},
		"document":           {http.MethodGet, "/common/v2.0/.well-known/openid-configuration", "https://x.example", "*"},
		"keys":               {http.MethodGet, "/common/discovery/v2.0/keys", "https://x.example", "*"},
		"page":               {http.MethodGet, "/common/oauth2/v2.0/authorize", spaOrigin, ""},
		"what is not there":  {http.MethodGet, "/common/x", spaOrigin, ""},
		"preflight to pages": {http.MethodOptions, "/common/fabgen/answer", spaOrigin, ""},
	} {
		r, _ := http.NewRequest(c.method, w.URL+c.path, nil)
		r.Header.Set("Origin", c.origin)
		if c.method == http.MethodOptions {
			r.Header.Set("Access-Control-Request-Method", "POST")
			r.Header.Set("Access-Control-Request-Headers", "client-request-id")
		}
		resp, err := w.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Access-Control-Allow-Origin"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		headers := resp.Header.Get("Access-Control-Allow-Headers")
		if c.method == http.MethodOptions && (resp.StatusCode != 204 || headers != "client-request-id") {
			t.Errorf("%s: %d %v", name, resp.StatusCode, resp.Header)
		}
	}
	w.Throttle(1, time.Second)
	r, _ := http.NewRequest(http.MethodPost, w.URL+"/common/oauth2/v2.0/token", nil)
	r.Header.Set("Origin", spaOrigin)
	resp, err := w.Client().Do(r)
	if got := status(t, resp, err); got != 429 || resp.Header.Get("Access-Control-Allow-Origin") != spaOrigin {
		t.Errorf("a page must be able to read that it is throttled: %d %v", got, resp.Header)
	}
}

// Each listener's documents name itself; what a person opens is never under the certificate that browsers do not know.
func TestDocuments(t *testing.T) {
	w := start(t)
	for _, base := range []string{w.URL, w.PagesURL} {
		for path, want := range map[string][]string{
			"/common/v2.0/.well-known/openid-configuration": {base + "/{tenantid}/v2.0", base + "/common/oauth2/v2.0/token",
				base + "/common/discovery/v2.0/keys", w.PagesURL + "/common/oauth2/v2.0/authorize"},
			"/contoso.example/v2.0/.well-known/openid-configuration": {base + "/" + tenantID + "/v2.0"},
			"/common/.well-known/openid-configuration":               {w.V1Issuer() + "/{tenantid}/", base + "/common/discovery/keys"},
			"/" + foreignID + "/.well-known/openid-configuration":    {w.V1Issuer() + "/" + foreignID + "/"},
			"/nobody/v2.0/.well-known/openid-configuration":          {"AADSTS90002"},
			"/nobody/.well-known/openid-configuration":               {"AADSTS90002"},
		} {
			resp, err := w.Client().Get(base + path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			for _, part := range want {
				if err != nil || !strings.Contains(string(body), part) {
					t.Errorf("%s%s lacks %s: %s (%v)", base, path, part, body, err)
				}
			}
		}
	}
	w.last(t, localentra.KindDiscovery)
}

func TestForms(t *testing.T) {
	w := start(t)
	twice := redeem("x")
	twice.Add("code", "y")
	if _, body := w.post(t, "common", "", twice); aadsts(body) != "9000411" {
		t.Errorf("%v", body)
	}
	if _, body := w.post(t, "common", "", redeem(strings.Repeat("x", 300_000))); aadsts(body) != "90023" {
		t.Errorf("%v", body)
	}
	resp, err := w.Client().Get(w.URL + "/common/oauth2/v2.0/token")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || aadsts(body) != "900561" {
		t.Errorf("%v %v", body, err)
	}
}
