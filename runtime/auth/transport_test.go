package auth_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
)

// resource starts a resource server over TLS that the world's clients trust.
func (w *world) resource(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	config, err := w.entra.Certify()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func (w *world) bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

func (w *world) do(t testing.TB, client *http.Client, method, url string, body io.Reader) (*http.Response, string,
	error) {
	t.Helper()
	req, err := http.NewRequestWithContext(w.as(t), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(data), nil
}

func TestClientCarriesTheToken(t *testing.T) {
	w := newWorld(t)
	server := w.resource(t, func(rw http.ResponseWriter, r *http.Request) {
		token, err := w.entra.VerifyFor(w.bearer(r), storage.URI)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(rw, "%s app=%t", token.ObjectID, token.IsApp)
	})
	asApp := storage
	asApp.As = auth.AsApp
	for r, want := range map[*auth.Resource]string{&storage: "app=false", &asApp: "app=true"} {
		resp, text, err := w.do(t, w.auth.Client(*r), http.MethodGet, server.URL, nil)
		if err != nil || resp.StatusCode != 200 || !strings.Contains(text, want) {
			t.Errorf("as %s: %v %s %v", r.As, resp, text, err)
		}
	}
	if _, err := w.auth.Client(storage).Get(server.URL); !errors.Is(err, auth.ErrNoSubject) {
		t.Errorf("without a caller: %v, want ErrNoSubject", err)
	}
}

func TestWhereTokensGo(t *testing.T) {
	w := newWorld(t)
	var got atomic.Value
	plain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter,
		r *http.Request) {
		got.Store(r.Header.Get("Authorization"))
	}))
	t.Cleanup(plain.Close)
	bound := storage
	bound.BaseURL = "https://onelake.example:443/path"
	for name, c := range map[string]struct {
		r    auth.Resource
		url  string
		want bool
	}{
		"http to this machine": {storage, plain.URL, true},
		"http elsewhere":       {storage, "http://onelake.example/", false},
		"http, a look-alike":   {storage, "http://127.0.0.1.example/", false},
		"another scheme":       {storage, "ftp://onelake.example/", false},
		"another origin":       {bound, plain.URL, false},
		"another port":         {bound, "https://onelake.example:444/", false},
		"another host":         {bound, "https://onelake.example.evil/", false},
	} {
		t.Run(name, func(t *testing.T) {
			got.Store("")
			body := &closer{Reader: strings.NewReader("x")}
			_, _, err := w.do(t, w.auth.Client(c.r), http.MethodPost, c.url, body)
			if c.want != (err == nil) || c.want != (got.Load() != "") {
				t.Errorf("err = %v, token sent: %t", err, got.Load() != "")
			}
			if !body.closed.Load() {
				t.Error("the body was not closed")
			}
		})
	}
	sent := false
	transport := w.auth.Transport(bound, roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = r.Header.Get("Authorization") != ""
		return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, nil
	}))
	req, _ := http.NewRequestWithContext(w.as(t), http.MethodGet, "https://ONELAKE.example/other", nil)
	if _, err := transport.RoundTrip(req); err != nil || !sent || req.Header.Get("Authorization") != "" {
		t.Errorf("err = %v, sent %t, and the caller's request has %q", err, sent, req.Header.Get("Authorization"))
	}
}

type closer struct {
	io.Reader
	closed atomic.Bool
}

func (c *closer) Close() error { c.closed.Store(true); return nil }

func TestRedirects(t *testing.T) {
	w := newWorld(t)
	var elsewhere atomic.Value
	elsewhere.Store("untouched")
	other := w.resource(t, func(_ http.ResponseWriter,
		r *http.Request) {
		elsewhere.Store(r.Header.Get("Authorization"))
	})
	server := w.resource(t, func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(rw, r, other.URL, http.StatusTemporaryRedirect)
		case "/within":
			http.Redirect(rw, r, "/here", http.StatusTemporaryRedirect)
		case "/round":
			http.Redirect(rw, r, "/round", http.StatusFound)
		default:
			if _, err := w.entra.VerifyFor(w.bearer(r), storage.URI); err != nil {
				http.Error(rw, err.Error(), http.StatusUnauthorized)
			}
		}
	})
	client := w.auth.Client(storage)
	if resp, _, err := w.do(t, client, http.MethodGet, server.URL+"/within", nil); err != nil ||
		resp.StatusCode != 200 {
		t.Errorf("within: %v %v", resp, err)
	}
	if resp, _, err := w.do(t, client, http.MethodGet, server.URL+"/away", nil); err != nil ||
		resp.StatusCode != 307 || elsewhere.Load() != "untouched" {
		t.Errorf("away: %v %v %v", resp, err, elsewhere.Load())
	}
	if _, _, err := w.do(t, client, http.MethodGet, server.URL+"/round", nil); err == nil {
		t.Error("an endless redirect ended well")
	}
	following := &http.Client{Transport: w.auth.Transport(storage, nil)} // follows redirects, as http.Client does
	if resp, _, err := w.do(t, following, http.MethodGet, server.URL+"/away", nil); err != nil ||
		resp.StatusCode != 200 || elsewhere.Load() != "" {
		t.Errorf("following: %v %v, token sent away: %t", resp, err, elsewhere.Load() != "")
	}
}

func TestOneFreshTokenAfter401(t *testing.T) {
	w := newWorld(t)
	var calls atomic.Int32
	var first atomic.Value
	server := w.resource(t, func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if calls.Add(1) == 1 {
			first.Store(w.bearer(r))
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(rw, "%s fresh=%t", body, w.bearer(r) != first.Load())
	})
	for _, body := range []io.Reader{nil, strings.NewReader("twice")} {
		calls.Store(0)
		resp, text, err := w.do(t, w.auth.Client(storage), http.MethodPost, server.URL, body)
		if err != nil || resp.StatusCode != 200 || !strings.Contains(text, "fresh=true") || body != nil &&
			!strings.Contains(text, "twice") {
			t.Errorf("%v %s %v", resp, text, err)
		}
	}
	calls.Store(0)
	resp, _, err := w.do(t, w.auth.Client(storage), http.MethodPost, server.URL,
		io.MultiReader(strings.NewReader("once")))
	if err != nil || resp.StatusCode != 401 || calls.Load() != 1 {
		t.Errorf("a body that cannot be sent again: %v %v, %d calls", resp, err, calls.Load())
	}
}

func TestA401ThatStays(t *testing.T) {
	w := newWorld(t)
	var calls atomic.Int32
	server := w.resource(t, func(rw http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		rw.WriteHeader(http.StatusUnauthorized)
	})
	resp, _, err := w.do(t, w.auth.Client(storage), http.MethodGet, server.URL, nil)
	if err != nil || resp.StatusCode != 401 || calls.Load() != 2 {
		t.Errorf("%v %v after %d calls, want a 401 after 2", resp, err, calls.Load())
	}
	w.entra.SetOutage(true)
	w.clock.Advance(1)
	ctx := w.as(t)
	_ = ctx
	_, _, err = w.do(t, w.auth.Client(storage), http.MethodGet, server.URL, nil)
	wantKind(t, err, auth.Unavailable)
}

func TestFreshTokenThatCannotBeHad(t *testing.T) {
	w := newWorld(t)
	server := w.resource(t, func(rw http.ResponseWriter, _ *http.Request) {
		w.entra.SetConsent(storage.URI, false)
		rw.WriteHeader(http.StatusUnauthorized)
	})
	_, _, err := w.do(t, w.auth.Client(storage), http.MethodGet, server.URL, nil)
	wantKind(t, err, auth.ConsentRequired)
}

func TestClaimsChallengeOfAResource(t *testing.T) {
	const claims = `{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}`
	w := newWorld(t)
	var calls atomic.Int32
	server := w.resource(t, func(rw http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			rw.Header().Set("WWW-Authenticate", `Bearer realm="", error="insufficient_claims", claims="`+
				base64.StdEncoding.EncodeToString([]byte(claims))+`"`)
			rw.WriteHeader(http.StatusUnauthorized)
		}
	})
	_, _, err := w.do(t, w.auth.Client(storage), http.MethodGet, server.URL, nil)
	if failure := wantKind(t, err, auth.ClaimsChallenge); string(failure.Claims) != claims ||
		failure.Resource != "onelake" {
		t.Errorf("claims = %s", string(failure.Claims))
	}
	calls.Store(0)
	asApp := storage
	asApp.As = auth.AsApp
	resp, _, err := w.do(t, w.auth.Client(asApp), http.MethodGet, server.URL, nil)
	if err != nil || resp.StatusCode != 200 || w.entra.Counts().ClientCredentials != 2 {
		t.Errorf("as the app: %v %v, %+v", resp, err, w.entra.Counts())
	}
}

func TestLongRunningGetsAFreshTokenAfter401(t *testing.T) {
	w := newWorld(t)
	var calls atomic.Int32
	server := w.resource(t, func(rw http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			rw.WriteHeader(http.StatusUnauthorized)
		}
	})
	ctx, err := w.auth.LongRunning(w.as(t), storage)
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	resp, err := w.auth.Client(storage).Do(req)
	if err != nil || resp.StatusCode != 200 || w.entra.Counts().Refresh != 1 {
		t.Fatalf("%v %v %+v", resp, err, w.entra.Counts())
	}
	resp.Body.Close()
}
