package auth_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// echo answers with what it knows of the caller.
func echo(w http.ResponseWriter, r *http.Request) {
	caller, ok := auth.CallerFrom(r.Context())
	if !ok {
		http.Error(w, "no caller", http.StatusTeapot)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"tenant": caller.TenantID, "object": caller.ObjectID, "app": caller.AppID, "scopes": caller.Scopes,
		"subject": caller.HasSubject(), "activity": caller.ActivityID, "request": caller.RequestID,
	})
}

// serve is a workload with one operation of each kind, over real HTTP.
func (w *world) serve(t testing.TB) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/api/forecasts", w.auth.DataPlane(scope, "Forecast.ReadWrite.All")(http.HandlerFunc(echo)))
	mux.Handle("/api/nobody", w.auth.DataPlane()(http.HandlerFunc(echo)))
	mux.Handle("/workload/create", w.auth.ControlPlane(auth.ControlPlaneRules{})(http.HandlerFunc(echo)))
	mux.Handle("/workload/delete", w.auth.ControlPlane(auth.ControlPlaneRules{SubjectOptional: true})(http.HandlerFunc(echo)))
	mux.Handle("/workload/resolve", w.auth.ControlPlane(
		auth.ControlPlaneRules{SubjectOptional: true, TenantHeaderOptional: true})(http.HandlerFunc(echo)))
	server := httptest.NewServer(auth.RequestIDs(mux))
	t.Cleanup(server.Close)
	return server
}

type reply struct {
	status int
	header http.Header
	text   string
	body   apierror.Response
	caller struct {
		Tenant, Object, App, Activity, Request string
		Scopes                                 []string
		Subject                                bool
	}
}

func call(t testing.TB, url string, header http.Header) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := reply{status: resp.StatusCode, header: resp.Header, text: string(data)}
	if out.status == http.StatusOK {
		err = json.Unmarshal(data, &out.caller)
	} else {
		err = json.Unmarshal(data, &out.body)
	}
	if err != nil {
		t.Fatalf("%d %s: %v", out.status, data, err)
	}
	return out
}

func TestDataPlane(t *testing.T) {
	w := newWorld(t)
	server := w.serve(t)
	token := func(o ...entratest.TokenOption) http.Header {
		return authorization("Bearer " + w.entra.SubjectToken(append([]entratest.TokenOption{
			entratest.Scopes(scope), entratest.App(entratest.FabricFrontendAppID)}, o...)...))
	}
	for name, c := range map[string]struct {
		path      string
		header    http.Header
		status    int
		challenge string
	}{
		"right":         {"/api/forecasts", token(), 200, ""},
		"v2":            {"/api/forecasts", token(entratest.V2()), 200, ""},
		"another scope": {"/api/forecasts", token(entratest.Scopes("x Forecast.ReadWrite.All")), 200, ""},
		"no token":      {"/api/forecasts", http.Header{}, 401, `Bearer`},
		"wrong scope": {"/api/forecasts", token(entratest.Scopes("x")), 403, `Bearer error="insufficient_scope", ` +
			`error_description="The token lacks a scope that this operation needs.", scope="Forecast.Read.All Forecast.ReadWrite.All"`},
		"a scope in another case": {"/api/forecasts", token(entratest.Scopes("forecast.read.all")), 403,
			`insufficient_scope`},
		"no scope lets in": {"/api/nobody", token(), 403, `insufficient_scope`},
		"expired": {"/api/forecasts", token(entratest.Expires(-1e12)), 401,
			`Bearer error="invalid_token", error_description="The token has expired."`},
		"wrong audience": {"/api/forecasts", token(entratest.Audience("x")), 401, `error="invalid_token"`},
		"unsigned":       {"/api/forecasts", token(entratest.Unsigned()), 401, `error="invalid_token"`},
		"an app token": {"/api/forecasts", authorization("Bearer " + w.entra.AppToken()), 401,
			`error="invalid_token"`},
		"two headers": {"/api/forecasts", authorization("Bearer a.b.c", "Bearer a.b.c"), 401,
			`error="invalid_request"`},
		"composite": {"/api/forecasts", authorization(w.entra.Authorization()), 401, `error="invalid_request"`},
	} {
		t.Run(name, func(t *testing.T) {
			got := call(t, server.URL+c.path, c.header)
			if got.status != c.status || !strings.Contains(got.header.Get("WWW-Authenticate"), c.challenge) {
				t.Fatalf("%d %q %s, want %d %q", got.status, got.header.Get("WWW-Authenticate"), got.text, c.status,
					c.challenge)
			}
			if c.status == 200 && (!got.caller.Subject || got.caller.Object != entratest.DefaultUserID ||
				got.caller.Tenant != entratest.DefaultUserTenantID || got.caller.App != entratest.FabricFrontendAppID) {
				t.Errorf("caller = %+v", got.caller)
			}
			if c.status != 200 && (got.body.ErrorCode != apierror.AuthError || got.body.Source != apierror.User) {
				t.Errorf("body = %+v", got.body)
			}
			if got.header.Get("RequestId") == "" || got.header.Get("ActivityId") == "" {
				t.Error("no request IDs")
			}
		})
	}
}

func TestControlPlane(t *testing.T) {
	w := newWorld(t)
	server := w.serve(t)
	const tenant = entratest.DefaultUserTenantID
	subject, application := w.entra.SubjectToken, w.entra.AppToken
	composite := func(subject, app string, tenants ...string) http.Header {
		h := authorization(auth.SubjectAndApp{Subject: subject, App: app}.HeaderValue())
		if tenants != nil {
			h["X-Ms-Client-Tenant-Id"] = tenants
		}
		return h
	}
	for name, c := range map[string]struct {
		path   string
		header http.Header
		status int
		reason auth.Reason
	}{
		"create": {"create", composite(subject(), application(), tenant), 200, ""},
		"create, v2": {"create", composite(subject(entratest.V2()), application(entratest.V2()), tenant),
			200, ""},
		"tenant in upper case": {"create", composite(subject(), application(), strings.ToUpper(tenant)), 200, ""},
		"Fabric's service": {"create", composite(subject(entratest.App(auth.FabricServiceAppID)),
			application(entratest.App(auth.FabricServiceAppID)), tenant), 200, ""},
		"create without a user": {"create", composite("", application(), tenant), 401, auth.MissingSubject},
		"delete without a user": {"delete", composite("", application(), tenant), 200, ""},
		"delete, a bad user": {"delete", composite(subject(entratest.Expires(-1e12)), application(), tenant), 401,
			auth.Expired},
		"delete without tenant": {"delete", composite("", application()), 401, auth.MalformedHeader},
		"resolve":               {"resolve", composite("", application()), 200, ""},
		"resolve with a tenant": {"resolve", composite("", application(), tenant), 200, ""},
		"resolve, bad tenant":   {"resolve", composite("", application(), "x"), 401, auth.MalformedHeader},
		"resolve with a user":   {"resolve", composite(subject(), application()), 200, ""},
		"no tenant":             {"create", composite(subject(), application()), 401, auth.MalformedHeader},
		"two tenants": {"create", composite(subject(), application(), tenant, tenant), 401,
			auth.MalformedHeader},
		"tenant not a GUID": {"create", composite(subject(), application(), "contoso.com"), 401,
			auth.MalformedHeader},
		"tenants in one header": {"create", composite(subject(), application(), tenant+", "+tenant), 401,
			auth.MalformedHeader},
		"another tenant": {"create", composite(subject(), application(), entratest.DefaultTenantID), 401,
			auth.WrongTenant},
		"user of another tenant": {"create", composite(subject(entratest.Tenant(entratest.DefaultTenantID)),
			application(), tenant), 401, auth.WrongTenant},
		"swapped": {"create", composite(application(), subject(), tenant), 401, auth.NotAppToken},
		"the app token twice": {"create", composite(application(), application(), tenant), 401,
			auth.NotSubjectToken},
		"the user's token twice": {"create", composite(subject(), subject(), tenant), 401, auth.NotAppToken},
		"different applications": {"create", composite(subject(entratest.App(auth.FabricServiceAppID)), application(),
			tenant), 403, auth.WrongApp},
		"another application": {"create", composite(subject(),
			application(entratest.App(entratest.DefaultClientID)), tenant), 403, auth.WrongApp},
		"app of another tenant": {"create", composite(subject(), application(entratest.Tenant(tenant)), tenant), 401,
			auth.WrongTenant},
		"a data-plane token": {"create", composite(subject(entratest.Scopes(scope)), application(), tenant), 403,
			auth.MissingScope},
		"unsigned user": {"create", composite(subject(entratest.Serialized(unsign)), application(), tenant),
			401, auth.BadSignature},
		"unsigned app": {"create", composite(subject(), application(entratest.Serialized(unsign)), tenant),
			401, auth.BadSignature},
		"bearer":  {"create", authorization("Bearer " + subject()), 401, auth.MalformedHeader},
		"nothing": {"create", http.Header{}, 401, auth.MissingCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			got := call(t, server.URL+"/workload/"+c.path, c.header)
			if got.status != c.status {
				t.Fatalf("%d %s, want %d", got.status, got.text, c.status)
			}
			if c.status == 200 {
				wantTenant := ""
				if h := c.header.Get("X-Ms-Client-Tenant-Id"); h != "" || got.caller.Subject {
					wantTenant = tenant
				}
				if got.caller.Tenant != wantTenant || got.caller.App == "" {
					t.Errorf("caller = %+v", got.caller)
				}
				return
			}
			if code := got.body.ErrorCode; code != apierror.AuthError && code != apierror.AccessDenied {
				t.Errorf("body = %+v", got.body)
			}
			if h := got.header.Get("WWW-Authenticate"); c.status == 401 && h != "SubjectAndAppToken1.0" {
				t.Errorf("WWW-Authenticate = %q", h)
			}
			if !strings.Contains(w.log.String(), `"requestId":"`+got.header.Get("RequestId")+`","plane":"control"`) ||
				!strings.Contains(w.log.String(), `"reason":"`+string(c.reason)+`"`) {
				t.Errorf("the log does not tell %s", c.reason)
			}
		})
	}
}

// unsign leaves a token's form and takes its signature's meaning.
func unsign(token string) string { return token[:len(token)-8] + "AAAAAAAA" }

func TestKeysUnavailableIs503(t *testing.T) {
	w := newWorld(t)
	w.entra.SetOutage(true)
	got := call(t, w.serve(t).URL+"/api/forecasts", authorization("Bearer "+w.entra.SubjectToken()))
	if got.status != 503 || got.header.Get("Retry-After") == "" || got.header.Get("WWW-Authenticate") != "" ||
		got.body.ErrorCode != apierror.ServiceUnavailable {
		t.Errorf("%d %v %s", got.status, got.header, got.text)
	}
}

func TestRequestIDs(t *testing.T) {
	w := newWorld(t)
	url := w.serve(t).URL + "/api/forecasts"
	for name, c := range map[string]struct {
		id   []string
		kept bool
	}{
		"a GUID":       {[]string{"3f1c2b4a-0000-4000-8000-123456789abc"}, true},
		"a plain word": {[]string{"trace_1.a"}, true},
		"none":         {nil, false},
		"empty":        {[]string{""}, false},
		"two":          {[]string{"a", "b"}, false},
		"too long":     {[]string{strings.Repeat("a", 65)}, false},
		"with spaces":  {[]string{"a b"}, false},
		"with markup":  {[]string{"<script>"}, false},
		"with quotes":  {[]string{`a"b`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, token := range []string{"", w.entra.SubjectToken(entratest.Scopes(scope))} {
				header := http.Header{"Activityid": c.id, "Requestid": c.id}
				if token != "" {
					header.Set("Authorization", "Bearer "+token)
				}
				got := call(t, url, header)
				activity, request := got.header.Get("ActivityId"), got.header.Get("RequestId")
				if c.kept && (activity != c.id[0] || request != c.id[0]) || !c.kept && (len(activity) != 36 ||
					len(request) != 36) {
					t.Errorf("ActivityId %q, RequestId %q", activity, request)
				}
				if got.status == 200 && (got.caller.Activity != activity || got.caller.Request != request) {
					t.Errorf("caller = %+v", got.caller)
				}
			}
		})
	}
}

func TestIDsWithoutMiddleware(t *testing.T) {
	w := newWorld(t)
	r := bearer(w.entra.SubjectToken(entratest.Scopes(scope)))
	r.Header.Set("RequestId", "abc")
	caller, err := w.auth.AuthenticateData(r, scope)
	if err != nil || caller.RequestID != "abc" || len(caller.ActivityID) != 36 {
		t.Errorf("caller = %v, err = %v", caller, err)
	}
	if a, b := auth.IDsFrom(context.Background()); a != "" || b != "" {
		t.Error("IDs from nowhere")
	}
}

// raw sends bytes that no client would.
func raw(t testing.TB, url, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, request) }()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func TestRawRequests(t *testing.T) {
	w := newWorld(t)
	server := w.serve(t)
	token := w.entra.SubjectToken(entratest.Scopes(scope))
	for name, c := range map[string]struct{ header, want string }{
		"right": {"Authorization: Bearer " + token, "200"},
		"spaces around": {"Authorization:   Bearer " + token + "  ",
			"200"}, // not part of the value, RFC 9110 section 5.5
		"folded in the token":  {"Authorization: Bearer " + token[:50] + "\r\n " + token[50:], "401"},
		"a space inside":       {"Authorization: Bearer " + token[:50] + " " + token[50:], "401"},
		"two headers":          {"Authorization: Bearer " + token + "\r\nAuthorization: Bearer " + token, "401"},
		"two headers, by case": {"Authorization: Bearer " + token + "\r\naUTHORIZATION: Bearer " + token, "401"},
		"a header of 1 MB":     {"Authorization: Bearer " + strings.Repeat("a", 1<<20), "401"},
		"a header of 2 MB":     {"Authorization: Bearer " + strings.Repeat("a", 2<<20), "431"},
		"a header of 40 KB":    {"Authorization: Bearer " + strings.Repeat("a", 40<<10), "401"},
		"a NUL":                {"Authorization: Bearer " + token + "\x00", "400"},
	} {
		t.Run(name, func(t *testing.T) {
			got := raw(t, server.URL, "GET /api/forecasts HTTP/1.1\r\nHost: x\r\n"+c.header+"\r\n\r\n")
			if !strings.HasPrefix(got, "HTTP/1.1 "+c.want) {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestCallerIsNotShared(t *testing.T) {
	w := newWorld(t)
	r := bearer(w.entra.SubjectToken(entratest.Scopes(scope)))
	first, err := w.auth.AuthenticateData(r, scope)
	if err != nil {
		t.Fatal(err)
	}
	first.Scopes[0] = "Everything"
	second, err := w.auth.AuthenticateData(r, scope)
	if err != nil || !second.HasScope(scope) || second.HasScope("Everything") {
		t.Errorf("caller = %v, err = %v: one caller changed another's scopes", second, err)
	}
}

func TestConcurrentCalls(t *testing.T) {
	w := newWorld(t)
	url := w.serve(t).URL
	header := authorization(w.entra.Authorization())
	header.Set("x-ms-client-tenant-id", entratest.DefaultUserTenantID)
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			for range 20 {
				if got := call(t, url+"/workload/create", header.Clone()); got.status != 200 {
					t.Fatalf("%d %s", got.status, got.text)
				}
			}
		})
	}
}
