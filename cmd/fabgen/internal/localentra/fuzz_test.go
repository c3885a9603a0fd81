package localentra_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Whatever the parameters are: an answer comes, it leads nowhere but to a registered redirect URI, it carries no markup
// of the request's, and there is no code before somebody has signed in.
func FuzzAuthorize(f *testing.F) {
	for _, change := range [][]string{
		{}, {"prompt", "none"}, {"claims", `{"access_token":{"acrs":null}}`}, {"scope", "openid .default"},
		{"redirect_uri", closePage + "#x"}, {"state", "<b>\x00"}, {"client_id", frontendApp},
		{"login_hint", "hanna@contoso.example", "domain_hint", "contoso.example"},
	} {
		f.Add("common", request(change...).Encode())
	}
	f.Add("..", "%")
	f.Add("853d9f4f-c71b-4420-b6ec-60e503458946", "client_id=x&client_id=y")
	w := start(f)
	handler := w.Handler()
	f.Fuzz(func(t *testing.T, tenant, query string) {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
		r.URL = &url.URL{Path: "/" + tenant + "/oauth2/v2.0/authorize", RawQuery: query}
		got := httptest.NewRecorder()
		handler.ServeHTTP(got, r)
		to := got.Header().Get("Location")
		switch {
		case got.Code >= 500:
			t.Errorf("%d %s", got.Code, got.Body)
		case to != "" && !strings.HasPrefix(to, closePage):
			t.Errorf("to %s", to)
		case to != "" && !strings.Contains(to, "error="):
			t.Errorf("nobody signed in, and yet %s", to)
		case strings.ContainsAny(to, "\r\n\x00"):
			t.Errorf("%q", to)
		case strings.Count(got.Body.String(), "<script") > 0, strings.Count(got.Body.String(), "<style") > 1:
			t.Errorf("markup of the request's: %s", got.Body)
		}
	})
}

// Whatever is posted: an answer comes, and never a token.
func FuzzToken(f *testing.F) {
	w := start(f)
	for _, form := range []url.Values{
		redeem("x"), w.obo("a.b.c"), w.obo("x", "scope", "y/z"), redeem("x", "grant_type", "client_credentials"),
		redeem("", "grant_type", "refresh_token", "refresh_token", "x"),
	} {
		f.Add("common", spaOrigin, form.Encode())
	}
	handler := w.Handler()
	f.Fuzz(func(t *testing.T, tenant, origin, form string) {
		if strings.Contains(form, "local-") {
			return // it may have the secret
		}
		r := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(form))
		r.URL = &url.URL{Path: "/" + tenant + "/oauth2/v2.0/token"}
		r.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {origin}}
		got := httptest.NewRecorder()
		handler.ServeHTTP(got, r)
		if got.Code >= 500 || strings.Contains(got.Body.String(), "access_token") {
			t.Errorf("%d %s", got.Code, got.Body)
		}
		if allowed := got.Header().Get("Access-Control-Allow-Origin"); allowed != "" && allowed != spaOrigin {
			t.Errorf("pages of %s are allowed", allowed)
		}
	})
}
