package localentra_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/generator/registration"
)

// No test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	tenantID  = "853d9f4f-c71b-4420-b6ec-60e503458946"
	foreignID = "2c8e6a3d-90f1-4f57-b1a8-7d2e5c4f6b90"
	clientID  = "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"
	audience  = "api://localdevinstance/853d9f4f-c71b-4420-b6ec-60e503458946/Org.ContosoForecast"
	closePage = "http://localhost:60006/close"

	storage      = "https://storage.azure.com"
	storageScope = storage + "/user_impersonation"
	graph        = "https://graph.microsoft.com"
	jwtBearer    = "urn:ietf:params:oauth:grant-type:jwt-bearer"

	frontendApp = "871c010f-5e61-4fb1-83ac-98610a7e9110"
	controlApp  = "d2450708-699c-41e3-8077-b0c8341509aa"

	hanna = "7b1d0f52-3c64-4e0a-8f29-1a5b6c7d8e9f"
	farid = "3e9a4c18-6d20-4b7f-9c51-0f8e2d7a6b34"
	mina  = "91c7e5d0-2f4b-4a86-b3d9-5e6f7a8b9c01"
	dario = "c4f2b8a6-7e15-4d39-8a0c-9b1d3e5f7a28"
)

// application is what fabgen generates for its demo.
func application(t testing.TB) *registration.Application {
	t.Helper()
	data, err := os.ReadFile("../../../../golden/demo/want/entra/application.json")
	if err != nil {
		t.Fatal(err)
	}
	app, err := registration.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// world is a server and what it told of.
type world struct {
	*localentra.Server
	mu     sync.Mutex
	events []localentra.Event
}

// optionsIn are those of the demo's workload, with the root in a folder.
func optionsIn(t testing.TB, dir string) localentra.Options {
	t.Helper()
	return localentra.Options{Dir: dir, TenantID: tenantID, ClientID: clientID, Registration: application(t)}
}

func start(t testing.TB, change ...func(*localentra.Options)) *world {
	t.Helper()
	w := &world{}
	options := optionsIn(t, t.TempDir())
	options.OnEvent = w.hear
	for _, c := range change {
		c(&options)
	}
	server, err := localentra.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	w.Server = server
	return w
}

func (w *world) hear(e localentra.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// last is the last event of a kind.
func (w *world) last(t testing.TB, kind localentra.Kind) localentra.Event {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.events) - 1; i >= 0; i-- {
		if w.events[i].Kind == kind {
			return w.events[i]
		}
	}
	t.Fatalf("no event of kind %s", kind)
	return localentra.Event{}
}

// verifier is a PKCE code verifier, and challenge its S256.
const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// request is a right request for a code of the workload's front-end, with changes: a name with an empty value is left
// out.
func request(change ...string) url.Values {
	return changed(url.Values{"client_id": {clientID}, "redirect_uri": {closePage}, "response_type": {"code"},
		"response_mode": {"fragment"}, "scope": {storageScope}, "state": {"s1"}, "nonce": {"n1"},
		"code_challenge": {challenge()}, "code_challenge_method": {"S256"}}, change...)
}

func changed(values url.Values, change ...string) url.Values {
	for i := 0; i < len(change); i += 2 {
		if values.Del(change[i]); change[i+1] != "" {
			values.Set(change[i], change[i+1])
		}
	}
	return values
}

// browser is a person's: it keeps cookies, and stops at a redirect to the application.
type browser struct {
	t      testing.TB
	w      *world
	client *http.Client
}

func newBrowser(t testing.TB, w *world) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{t, w, &http.Client{Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// seen is a page, or the values that were redirected to the application.
type seen struct {
	status int
	html   string
	back   url.Values // nil where there was no redirect
	to     string
	header http.Header
}

func (b *browser) authorize(tenant string, values url.Values) *seen {
	b.t.Helper()
	return b.get("/" + tenant + "/oauth2/v2.0/authorize?" + values.Encode())
}

func (b *browser) get(path string) *seen {
	b.t.Helper()
	resp, err := b.client.Get(b.w.PagesURL + path)
	return b.see(resp, err)
}

func (b *browser) see(resp *http.Response, err error) *seen {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	out := &seen{status: resp.StatusCode, html: string(body), header: resp.Header, to: resp.Header.Get("Location")}
	if out.to == "" {
		return out
	}
	to, err := url.Parse(out.to)
	if err != nil {
		b.t.Fatal(err)
	}
	out.back = to.Query()
	if to.Fragment != "" {
		if out.back, err = url.ParseQuery(to.EscapedFragment()); err != nil {
			b.t.Fatal(err)
		}
	}
	return out
}

var (
	formAction  = regexp.MustCompile(`<form method="post" action="([^"]+)"`)
	interaction = regexp.MustCompile(`name="interaction" value="([^"]+)"`)
	title       = regexp.MustCompile(`<h1>([^<]+)</h1>`)
)

// answer posts a page's form.
func (b *browser) answer(page *seen, action string, more ...string) *seen {
	b.t.Helper()
	where, id := formAction.FindStringSubmatch(page.html), interaction.FindStringSubmatch(page.html)
	if where == nil || id == nil {
		b.t.Fatalf("no form in %d %s %s", page.status, page.to, page.html)
	}
	form := changed(url.Values{"interaction": {id[1]}, "action": {action}}, more...)
	resp, err := b.client.PostForm(b.w.PagesURL+where[1], form)
	return b.see(resp, err)
}

func (s *seen) title() string {
	if found := title.FindStringSubmatch(s.html); found != nil {
		return found[1]
	}
	return ""
}

// code is the AADSTS code that came back, or is shown.
func (s *seen) code() string {
	text := s.back.Get("error_description")
	if s.back == nil {
		text = s.html
	}
	if found := regexp.MustCompile(`AADSTS(\d+)`).FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// signIn goes through all pages as the person, accepting everything, to the redirect.
func (b *browser) signIn(person, tenant string, values url.Values) *seen {
	b.t.Helper()
	page := b.authorize(tenant, values)
	for range 5 {
		switch page.title() {
		case "Sign in":
			page = b.answer(page, "signIn "+person)
		case "Prove that it is you":
			page = b.answer(page, "prove")
		case "Permissions requested":
			page = b.answer(page, "accept")
		default:
			return page
		}
	}
	return page
}

// redeem is a right request to redeem a code, with changes.
func redeem(code string, change ...string) url.Values {
	return changed(url.Values{"grant_type": {"authorization_code"}, "client_id": {clientID}, "redirect_uri": {closePage},
		"code": {code}, "code_verifier": {verifier}}, change...)
}

// post asks for a token, from a page of the origin, if any.
func (w *world) post(t testing.TB, tenant, origin string, form url.Values) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, w.URL+"/"+tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	resp, err := w.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

const spaOrigin = "http://localhost:60006"

// aadsts is the code of an answer.
func aadsts(body map[string]any) string {
	description, _ := body["error_description"].(string)
	code, _, _ := strings.Cut(strings.TrimPrefix(description, "AADSTS"), ":")
	return code
}

// obo is a right request on behalf of a user, with changes.
func (w *world) obo(assertion string, change ...string) url.Values {
	return changed(url.Values{"grant_type": {jwtBearer}, "requested_token_use": {"on_behalf_of"}, "client_id": {clientID},
		"client_secret": {w.ClientSecret}, "scope": {storageScope}, "assertion": {assertion}}, change...)
}

// subject is a user's token for the data plane.
func (w *world) subject(t testing.TB, user string) string {
	t.Helper()
	token, err := w.UserToken(user, frontendApp, audience+"/.default")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// claims reads a token's payload.
func claims(t testing.TB, token any) map[string]any {
	t.Helper()
	text, _ := token.(string)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %v", token)
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// status is a response's, whose body nobody reads.
func status(t testing.TB, resp *http.Response, err error) int {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }
