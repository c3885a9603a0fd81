package hops_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

const origin = "http://localhost:60006"

// bench is a Proxy in front of a back-end.
type bench struct {
	*hops.Recorder
	proxy   *hops.Proxy
	url     string // of the proxy
	backend *httptest.Server
	client  *http.Client
}

func newBench(t *testing.T, backend http.HandlerFunc) *bench {
	t.Helper()
	b := &bench{Recorder: hops.NewRecorder(100)}
	b.proxy = hops.NewProxy(hops.ProxyOptions{Recorder: b.Recorder, BasePath: "/workload", Origins: []string{origin},
		Wait: 300 * time.Millisecond})
	t.Cleanup(b.proxy.Close)
	server := httptest.NewServer(b.proxy)
	t.Cleanup(server.Close)
	b.url = server.URL
	if backend != nil {
		b.serve(t, backend)
	}
	b.client = &http.Client{Transport: &http.Transport{DisableCompression: true}, Timeout: 10 * time.Second}
	t.Cleanup(b.client.CloseIdleConnections)
	return b
}

// serve starts a back-end and leads the proxy to it.
func (b *bench) serve(t *testing.T, backend http.Handler) {
	t.Helper()
	b.backend = httptest.NewServer(backend)
	t.Cleanup(b.backend.Close)
	b.lead(t, b.backend.URL)
}

func (b *bench) lead(t *testing.T, to string) {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	b.proxy.SetTarget(target)
}

// send makes a call through the proxy; change may set headers.
func (b *bench) send(t *testing.T, method, path string, change ...func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.url+path, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(req)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(data)
}

// last waits for the latest hop to end, and gives it.
func (b *bench) last(t *testing.T) hops.Hop {
	t.Helper()
	for range 500 {
		if all := b.All(); len(all) > 0 && all[len(all)-1].Decision != hops.Pending {
			return all[len(all)-1]
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("it is pending still: %+v", b.All())
	return hops.Hop{}
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Add(name, value) }
}

// token is a JWT that nobody has signed.
func token(claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256","kid":"k1"}`)) + "." + encode([]byte(claims)) + "." + encode([]byte("signature"))
}

// Neither side sees the proxy: the back-end gets what the caller sent, and the caller what the back-end answered.
func TestProxyIsNotSeen(t *testing.T) {
	var got *http.Request
	var body []byte
	b := newBench(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout")
	})
	resp, answer := b.send(t, "PATCH", "/api/a%2Fb/%C3%A4?x=1;y=%zz&x=2", header("X-Own", "1"), header("X-Forwarded-For", "9.9.9.9"))
	if resp.StatusCode != http.StatusTeapot || answer != "short and stout" || resp.Header.Get("X-Answer") != "yes" {
		t.Errorf("%d %q %v", resp.StatusCode, answer, resp.Header)
	}
	if got.Method != "PATCH" || got.RequestURI != "/api/a%2Fb/%C3%A4?x=1;y=%zz&x=2" || string(body) != "body" {
		t.Errorf("%s %s %q", got.Method, got.RequestURI, body)
	}
	if "http://"+got.Host != b.url {
		t.Errorf("the back-end is called %s, and the caller called %s", got.Host, b.url)
	}
	for name, want := range map[string]string{"X-Own": "1", "X-Forwarded-For": "9.9.9.9", "X-Forwarded-Host": "",
		"X-Forwarded-Proto": "", "Forwarded": "", "Via": "", "Accept-Encoding": ""} {
		if value := strings.Join(got.Header.Values(name), ", "); value != want {
			t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
}

func TestProxyTellsOfCalls(t *testing.T) {
	const challenge = `Bearer error="insufficient_claims", claims="c2VjcmV0LWNsYWltcw=="`
	refuse := func(e *apierror.Error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { apierror.Write(w, r, e) }
	}
	consent := apierror.New(401, apierror.AuthUIRequired, "AADSTS65001: consent is missing").With(apierror.Detail{
		AdditionalParameters: []apierror.Parameter{{Name: "additionalScopesToConsent", Value: "x"}}})
	composite := header("Authorization", auth.SubjectAndApp{Subject: token(`{"scp":"FabricWorkloadControl"}`),
		App: token(`{"idtyp":"app"}`)}.HeaderValue())
	for _, c := range []struct {
		name    string
		method  string
		path    string
		change  []func(*http.Request)
		backend http.HandlerFunc
		want    hops.Hop // without what is left out
		roles   string
	}{
		{"data", "GET", "/api/forecasts?code=abc&filter=x", []func(*http.Request){header("Authorization", "bearer "+token(`{"aud":"a"}`)),
			header("ActivityId", "call-1")}, func(http.ResponseWriter, *http.Request) {},
			hops.Hop{From: hops.Frontend, Kind: hops.KindData, Path: "/api/forecasts?code=…&filter=x", Status: 200,
				Decision: hops.Accepted, Activity: "call-1"}, "bearer"},
		{"control", "POST", "/workload/workspaces/1", []func(*http.Request){composite},
			func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("ActivityId", "made"); w.WriteHeader(202) },
			hops.Hop{From: hops.Fabric, Kind: hops.KindControl, Path: "/workload/workspaces/1", Status: 202, Decision: hops.Accepted,
				Activity: "made"}, "subject app"},
		{"control by header", "POST", "/elsewhere", []func(*http.Request){composite}, func(http.ResponseWriter, *http.Request) {},
			hops.Hop{From: hops.Fabric, Kind: hops.KindControl, Path: "/elsewhere", Status: 200, Decision: hops.Accepted}, "subject app"},
		{"control without a token", "GET", "/workload", nil, refuse(apierror.New(401, apierror.AuthError, "no token")),
			hops.Hop{From: hops.Fabric, Kind: hops.KindControl, Path: "/workload", Status: 401, Decision: hops.Refused,
				Code: "AuthError", Reason: "no token"}, ""},
		{"not below the base path", "GET", "/workloads", nil, func(http.ResponseWriter, *http.Request) {},
			hops.Hop{From: hops.Frontend, Kind: hops.KindData, Path: "/workloads", Status: 200, Decision: hops.Accepted}, ""},
		{"preflight", "OPTIONS", "/workload/x", []func(*http.Request){header("Access-Control-Request-Method", "GET")},
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
			hops.Hop{From: hops.Frontend, Kind: hops.KindPreflight, Path: "/workload/x", Status: 204, Decision: hops.Accepted}, ""},
		{"probe", "GET", "/healthz", nil, func(http.ResponseWriter, *http.Request) {},
			hops.Hop{From: hops.Frontend, Kind: hops.KindProbe, Path: "/healthz", Status: 200, Decision: hops.Accepted}, ""},
		{"consent", "GET", "/api", nil, refuse(consent), hops.Hop{From: hops.Frontend, Kind: hops.KindData, Path: "/api", Status: 401,
			Decision: hops.Refused, Code: "AuthUIRequired AADSTS65001", Reason: "AADSTS65001: consent is missing", Challenge: true}, ""},
		{"claims", "GET", "/api", nil, refuse(apierror.New(401, "AuthUIRequired", "more").SetHeader("WWW-Authenticate", challenge)),
			hops.Hop{From: hops.Frontend, Kind: hops.KindData, Path: "/api", Status: 401, Decision: hops.Refused,
				Code: "AuthUIRequired", Reason: "more", Challenge: true}, ""},
		{"a challenge alone", "GET", "/api", nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			http.Error(w, "no "+token("{}"), http.StatusUnauthorized)
		}, hops.Hop{From: hops.Frontend, Kind: hops.KindData, Path: "/api", Status: 401, Decision: hops.Refused,
			Code: "invalid_token", Reason: "no …"}, ""},
		{"an error of another form", "GET", "/api", nil, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(500)
			_, _ = io.WriteString(w, `{"oops":true}`)
		}, hops.Hop{From: hops.Frontend, Kind: hops.KindData, Path: "/api", Status: 500, Decision: hops.Failed}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, c.backend)
			b.send(t, c.method, c.path, c.change...)
			got := b.last(t)
			if got.ID != 1 || got.To != hops.Backend || got.Time.IsZero() || got.Duration <= 0 || got.Method != c.method {
				t.Errorf("%+v", got)
			}
			var roles []string
			for _, tok := range got.Tokens {
				roles = append(roles, tok.Role)
				if tok.Problem != "" || tok.Header["kid"] != "k1" || len(tok.Claims) == 0 || strings.Count(tok.Raw, ".") != 2 {
					t.Errorf("%+v", tok)
				}
			}
			if strings.Join(roles, " ") != c.roles {
				t.Errorf("tokens of %v", roles)
			}
			short := hops.Hop{From: got.From, Kind: got.Kind, Path: got.Path, Status: got.Status, Decision: got.Decision,
				Activity: got.Activity, Code: got.Code, Reason: got.Reason, Challenge: got.Challenge}
			if fmt.Sprint(short) != fmt.Sprint(c.want) {
				t.Errorf("got  %+v\nwant %+v", short, c.want)
			}
			if text, _ := json.Marshal(got); strings.Contains(string(text), "secret") || strings.Contains(string(text), "eyJ") {
				t.Errorf("%s", text)
			}
		})
	}
}

func TestProxyTellsWhatIsWrongWithTokens(t *testing.T) {
	b := newBench(t, func(http.ResponseWriter, *http.Request) {})
	for name, c := range map[string]struct {
		values  []string
		problem string
	}{
		"opaque":       {[]string{"Bearer abc"}, "no JWT: it has 1 parts"},
		"no base64":    {[]string{"Bearer a.b.c"}, "no JWT: its header is no base64url"},
		"no object":    {[]string{"Bearer bnVsbA.e30.c"}, "no JWT: its header is no JSON object"},
		"no claims":    {[]string{"Bearer e30.W10.c"}, "no JWT: its claims are no JSON object"},
		"trailing":     {[]string{"Bearer e30.e30ge30.c"}, "no JWT: its claims are no JSON object"},
		"basic":        {[]string{"Basic c2VjcmV0"}, "the scheme Basic in another form"},
		"two headers":  {[]string{"Bearer a.b.c", "Bearer a.b.c"}, "2 headers"},
		"composite":    {[]string{`SubjectAndAppToken1.0 appToken="x"`}, "in another form"},
		"on no behalf": {[]string{`SubjectAndAppToken1.0 subjectToken="", appToken="` + token("{}") + `"`}, "on nobody's behalf"},
	} {
		t.Run(name, func(t *testing.T) {
			b.Clear()
			b.send(t, "GET", "/api", func(r *http.Request) { r.Header["Authorization"] = c.values })
			got := b.last(t).Tokens
			if len(got) == 0 || !strings.Contains(got[0].Problem, c.problem) || strings.Contains(got[0].Problem, "c2VjcmV0") {
				t.Errorf("%+v, want %q", got, c.problem)
			}
		})
	}
}

// An error's body is passed on as it is, however long it is.
func TestProxyPassesLongErrorsOn(t *testing.T) {
	long := strings.Repeat("x", 200<<10)
	b := newBench(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, long)
	})
	if _, answer := b.send(t, "GET", "/"); answer != long {
		t.Errorf("%d bytes come", len(answer))
	}
	if got := b.last(t); got.Decision != hops.Failed || len(got.Reason) > 1024 {
		t.Errorf("%s, %d bytes", got.Decision, len(got.Reason))
	}
}

// Calls wait for a back-end that starts anew, and go to where it is then.
func TestProxyWaitsForTheBackend(t *testing.T) {
	b := newBench(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "first") })
	if _, answer := b.send(t, "GET", "/"); answer != "first" {
		t.Fatal(answer)
	}
	b.proxy.SetTarget(nil)
	b.proxy.SetTarget(nil)
	b.backend.Close()
	second := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, "second "+string(body))
	}))
	t.Cleanup(second.Close)
	answers := make(chan string)
	for range 3 {
		go func() {
			_, answer := b.send(t, "POST", "/")
			answers <- answer
		}()
	}
	for len(b.All()) < 4 {
		time.Sleep(time.Millisecond)
	}
	if h := b.All()[3]; h.Decision != hops.Pending {
		t.Errorf("while it is away: %+v", h)
	}
	b.lead(t, second.URL)
	for range 3 {
		if answer := <-answers; answer != "second body" {
			t.Errorf("%q", answer)
		}
	}
	if got := b.last(t); got.Status != 200 || got.ID != 4 {
		t.Errorf("%+v", got)
	}
}

// A call that nobody answers gets the contract's error, which the front-end's pages may read.
func TestProxyTellsOfABackendThatIsAway(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, c := range map[string]struct{ target, reason string }{
		"never there": {"", "did not come back within 300ms"},
		"ended":       {gone.URL, "did not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			if c.target != "" {
				b.lead(t, c.target)
			}
			resp, body := b.send(t, "GET", "/api", header("Origin", origin))
			var e apierror.Response
			if err := json.Unmarshal([]byte(body), &e); err != nil || e.ErrorCode != "ServiceUnavailable" || !strings.Contains(e.Message, c.reason) {
				t.Errorf("%v %s", err, body)
			}
			if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" || resp.Header.Get("Access-Control-Allow-Origin") != origin {
				t.Errorf("%d %v", resp.StatusCode, resp.Header)
			}
			if got := b.last(t); got.Decision != hops.Failed || got.Code != "ServiceUnavailable" || got.Reason != e.Message {
				t.Errorf("%+v", got)
			}
			if resp, _ = b.send(t, "GET", "/api", header("Origin", "http://evil.test")); resp.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Error("pages of others may read it")
			}
		})
	}
}

func TestProxyStreams(t *testing.T) {
	more := make(chan struct{})
	b := newBench(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "one\n")
		w.(http.Flusher).Flush()
		<-more
		_, _ = io.WriteString(w, "two\n")
	})
	req, _ := http.NewRequestWithContext(t.Context(), "GET", b.url, nil)
	resp, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() || lines.Text() != "one" {
		t.Fatal(lines.Text(), lines.Err())
	}
	if h := b.All()[0]; h.Status != 200 || h.Decision != hops.Pending {
		t.Errorf("in the middle: %+v", h)
	}
	close(more)
	if !lines.Scan() || lines.Text() != "two" {
		t.Error(lines.Text(), lines.Err())
	}
	b.last(t)
}

// A caller that hangs up, before the answer or in it, and a back-end that does.
func TestProxyTellsWhoHangsUp(t *testing.T) {
	b := newBench(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "GET", b.url, nil)
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := b.client.Do(req); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := b.last(t); got.Decision != hops.Aborted || got.Status != 0 {
		t.Errorf("%+v", got)
	}
	b = newBench(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		conn.Close()
	})
	if resp, _ := b.send(t, "POST", "/"); resp.StatusCode != 503 {
		t.Error(resp.StatusCode)
	}
	if got := b.last(t); got.Decision != hops.Failed {
		t.Errorf("%+v", got)
	}
	b = newBench(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if answer, _ := io.ReadAll(conn); !strings.HasSuffix(string(answer), "half") {
		t.Errorf("%q", answer)
	}
	if got := b.last(t); got.Status != 200 || got.Decision != hops.Failed || !strings.Contains(got.Reason, "hung up") {
		t.Errorf("%+v", got)
	}
}
