package entratest_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/entratest"
)

// Whoever builds on a Server gives it endpoints of their own, for which the script holds, and what stands before all.
func TestEndpointsOfOnesOwn(t *testing.T) {
	answer := func(text string) entratest.Endpoint {
		return func(w http.ResponseWriter, _ *http.Request, tenant string) { _, _ = io.WriteString(w, tenant+" "+text) }
	}
	s := entratest.New(t, func(o *entratest.Options) {
		o.Endpoints = map[string]entratest.Endpoint{"x/y": answer("y"), "oauth2/v2.0/token": answer("token")}
		o.Middleware = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Before", "yes")
				next.ServeHTTP(w, r)
			})
		}
	})
	get := func(path string) (int, string) {
		t.Helper()
		resp, err := s.Client().Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.Header.Get("X-Before") != "yes" {
			t.Errorf("%s: %v %v", path, resp.Header, err)
		}
		return resp.StatusCode, string(body)
	}
	if status, body := get("/t/x/y"); status != 200 || body != "t y" {
		t.Errorf("%d %s", status, body)
	}
	s.Throttle(1, time.Second)
	if status, _ := get("/t/oauth2/v2.0/token"); status != http.StatusTooManyRequests {
		t.Errorf("%d while throttled", status)
	}
	if status, body := get("/t/oauth2/v2.0/token"); status != 200 || body != "t token" || s.Counts().Token != 2 {
		t.Errorf("%d %s %+v", status, body, s.Counts())
	}
	if status, _ := get("/t/.well-known/openid-configuration"); status != 200 {
		t.Errorf("%d for what is the server's own", status)
	}
}

func TestAuthorityOfOnesOwn(t *testing.T) {
	first := entratest.New(t)
	config, err := first.Certify("localhost")
	if err != nil {
		t.Fatal(err)
	}
	for name, authority := range map[string]*tls.Certificate{
		"no key": {Certificate: config.Certificates[0].Certificate}, "no certificate": {PrivateKey: config.Certificates[0].PrivateKey},
		"no certificate either": {Certificate: [][]byte{{1}}, PrivateKey: config.Certificates[0].PrivateKey},
	} {
		if s, err := entratest.Start(entratest.Options{Authority: authority}); err == nil {
			s.Close()
			t.Errorf("%s: it was taken", name)
		}
	}
	s := entratest.New(t, func(o *entratest.Options) {
		o.Authority, o.KeyIDPrefix = &config.Certificates[0], "mark-"
	})
	if string(s.CAPEM()) == string(first.CAPEM()) || !strings.HasPrefix(s.KeyIDs()[0], "mark-") {
		t.Errorf("%v", s.KeyIDs())
	}
}

func TestSign(t *testing.T) {
	s := entratest.New(t)
	token, err := s.Verify(s.Sign(map[string]any{"aud": "x", "exp": time.Now().Add(time.Hour).Unix()}, entratest.Claim("oid", "y")))
	if err != nil || token.Audience != "x" || token.ObjectID != "y" || len(token.Claims) != 3 {
		t.Errorf("%+v %v", token, err)
	}
}
