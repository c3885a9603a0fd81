package localentra_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	msal "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/internal/nodemodules"
	"github.com/fabgen/fabgen/internal/testenv"
)

// The clients of others, of whose settings only the authority is changed, take it for Entra.

func TestMSALGo(t *testing.T) {
	w := start(t)
	if err := w.Consent(farid, storageScope); err != nil {
		t.Fatal(err)
	}
	credential, err := confidential.NewCredFromSecret(w.ClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	client, err := confidential.New(w.URL+"/"+tenantID, clientID, credential, confidential.WithHTTPClient(w.Client()),
		confidential.WithInstanceDiscovery(false))
	if err != nil {
		t.Fatal(err)
	}
	result, err := client.AcquireTokenOnBehalfOf(t.Context(), w.subject(t, farid), []string{storageScope},
		confidential.WithTenantID(foreignID))
	if err != nil {
		t.Fatal(err)
	}
	if token, err := w.VerifyFor(result.AccessToken, storage, "user_impersonation"); err != nil || token.ObjectID != farid {
		t.Errorf("%+v %v", token, err)
	}
	_, err = client.AcquireTokenOnBehalfOf(t.Context(), w.subject(t, dario), []string{storageScope})
	var refused msal.CallErr
	if !errors.As(err, &refused) || refused.Resp.StatusCode != http.StatusBadRequest {
		t.Errorf("without consent: %T", err)
	}
	result, err = client.AcquireTokenByCredential(t.Context(), []string{storage + "/.default"})
	if err != nil {
		t.Fatal(err)
	}
	if token, err := w.VerifyFor(result.AccessToken, storage); err != nil || !token.IsApp {
		t.Errorf("%+v %v", token, err)
	}
}

// nodeClients copies testdata/msal, and gives the folder with the clients installed.
func nodeClients(t *testing.T) string {
	t.Helper()
	testenv.Tool(t, "node")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "msal"))); err != nil {
		t.Fatal(err)
	}
	nodemodules.Link(t, dir)
	return dir
}

// runNode runs a program, and gives its standard output.
func runNode(t *testing.T, dir string, env []string, name string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, args, err, out, complaint.String())
	}
	return out
}

// outcome is what a client of JavaScript's got.
type outcome struct {
	Token, Renewed, Error, Suberror, Claims, Message, Username, TenantID, Stack string
	Scopes                                                                      []string
	IDTokenClaims                                                               map[string]any
	Closed                                                                      bool
	Warnings                                                                    []string
}

// script runs one of testdata/msal with its settings, and reads what it prints.
func script[T any](t *testing.T, dir, name string, settings map[string]any, env ...string) T {
	t.Helper()
	text, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	var out T
	if err := json.Unmarshal(runNode(t, dir, append(env, "SETTINGS="+string(text)), "node", name), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestInJavaScript(t *testing.T) {
	if testing.Short() {
		t.Skip("installs packages of npm")
	}
	dir := nodeClients(t)
	t.Run("node", func(t *testing.T) { testMSALNode(t, dir) })
	t.Run("browser", func(t *testing.T) { testMSALBrowser(t, dir) })
	t.Run("pages", func(t *testing.T) { testPages(t, dir) })
}

func testMSALNode(t *testing.T, dir string) {
	w := start(t)
	if err := w.Consent(hanna, storageScope); err != nil {
		t.Fatal(err)
	}
	got := script[map[string]outcome](t, dir, "node.mjs", map[string]any{
		"authority": w.URL, "tenantId": tenantID, "clientId": clientID, "clientSecret": w.ClientSecret,
		"scopes": []string{storageScope}, "applicationScope": storage + "/.default",
		"assertions": map[string]string{"consented": w.subject(t, hanna), "unconsented": w.subject(t, dario),
			"challenged": w.subject(t, mina)},
	}, "NODE_EXTRA_CA_CERTS="+w.CAFile)
	token, err := w.VerifyFor(got["consented"].Token, storage, "user_impersonation")
	if err != nil || token.ObjectID != hanna {
		t.Errorf("on behalf of: %v", err)
	}
	if token, err := w.VerifyFor(got["application"].Token, storage); err != nil || !token.IsApp {
		t.Errorf("as the application: %v %s", err, got["application"].Error)
	}
	if o := got["unconsented"]; o.Error != "invalid_grant" || o.Suberror != "consent_required" ||
		!strings.Contains(o.Message, "AADSTS65001") {
		t.Errorf("without consent: %s %s %s", o.Error, o.Suberror, o.Message)
	}
	if o := got["challenged"]; o.Claims == "" || !strings.Contains(o.Message, "AADSTS50076") {
		t.Errorf("challenged: %s %s %s", o.Error, o.Claims, o.Message)
	}
}

func testMSALBrowser(t *testing.T, dir string) {
	site := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer site.Close()
	origin := strings.Replace(site.URL, "127.0.0.1", "localhost", 1)
	w := start(t, func(o *localentra.Options) { o.Registration.SPA.RedirectURIs = []string{origin + "/redirect.html"} })
	query := func(tenant, scope string) map[string]string {
		return map[string]string{"authority": w.URL + "/" + tenant, "clientId": clientID, "scope": scope}
	}
	type c = map[string]any
	got := script[map[string]outcome](t, dir, "browser.mjs", map[string]any{
		"chromium": testenv.Chromium(t), "page": origin + "/page.html", "cases": c{
			"accepted": c{"query": query("common", storageScope), "keys": [][]string{{"Sign in", "Tab", "Enter"},
				{"Permissions requested", "Enter"}}},
			"proven": c{"query": query(tenantID, storageScope), "keys": [][]string{{"Sign in", "Tab", "Enter"},
				{"Prove that it is you", "Enter"}, {"Permissions requested", "Enter"}}},
			"declined": c{"query": query("organizations", storageScope), "keys": [][]string{{"Sign in", "Enter"},
				{"Permissions requested", "Tab", "Enter"}}},
		}})
	for name, who := range map[string]string{"accepted": farid, "proven": mina} {
		o := got[name]
		for _, text := range []string{o.Token, o.Renewed} {
			token, err := w.VerifyFor(text, storage, "user_impersonation")
			if err != nil || token.ObjectID != who || token.AppID != clientID {
				t.Errorf("%s: %v; %s %s", name, err, o.Error, o.Message)
			}
		}
		if o.Token == o.Renewed || !o.Closed || o.IDTokenClaims["oid"] != who || !slices.Contains(o.Scopes, storageScope) {
			t.Errorf("%s: closed %t, %v %v", name, o.Closed, o.IDTokenClaims["oid"], o.Scopes)
		}
		if len(o.Warnings) > 0 {
			t.Errorf("%s: the pages complain: %v", name, o.Warnings)
		}
	}
	if got["accepted"].TenantID != foreignID || got["accepted"].Username != "farid@fabrikam.example" {
		t.Errorf("%s %s", got["accepted"].TenantID, got["accepted"].Username)
	}
	if o := got["declined"]; o.Error != "access_denied" || !strings.Contains(o.Message, "AADSTS65004") || !o.Closed {
		t.Errorf("declined: %s %s closed %t", o.Error, o.Message, o.Closed)
	}
}

// pictures is the environment variable that names a folder for pictures of the pages.
const pictures = "LOCALENTRA_PICTURES"

// Each page can be read in light and dark (WCAG 2.2 section 1.4.3), on a phone's width, in a pop-up window's and in a
// tab's, and used from the keyboard.
func testPages(t *testing.T, dir string) {
	w := start(t)
	authorize := func(tenant string, change ...string) string {
		return w.PagesURL + "/" + tenant + "/oauth2/v2.0/authorize?" + request(change...).Encode()
	}
	adminConsent := w.PagesURL + "/common/adminconsent?client_id=" + clientID
	type c = map[string]any
	seen := script[[]struct {
		Name, Scheme, Title, Focused string
		Width, Controls, Overflow    int
		Lines                        int // of buttons
		Outline, Contrast            float64
		Complaints, Violations       []string
	}](t, dir, "pages.mjs", map[string]any{"chromium": testenv.Chromium(t), "pictures": os.Getenv(pictures), "pages": c{
		"signIn":       c{"url": authorize("common"), "choose": []string{}},
		"hinted":       c{"url": authorize("common", "login_hint", "hanna@contoso.example"), "choose": []string{}},
		"wrongTenant":  c{"url": authorize(foreignID), "choose": []string{"Dario"}},
		"proof":        c{"url": authorize("common"), "choose": []string{"Mina"}},
		"consent":      c{"url": authorize("common", "scope", "openid "+storage+"/.default"), "choose": []string{"Hanna"}},
		"approval":     c{"url": adminConsent, "choose": []string{"Dario"}},
		"adminConsent": c{"url": adminConsent, "choose": []string{"Hanna"}},
		"redirectURI":  c{"url": authorize("common", "redirect_uri", closePage+"/other"), "choose": []string{}},
		"signedOut":    c{"url": w.PagesURL + "/common/oauth2/v2.0/logout", "choose": []string{}},
	}})
	if len(seen) != 9*4 {
		t.Errorf("%d pages were seen", len(seen))
	}
	for _, p := range seen {
		where := p.Name + " " + p.Scheme + " at " + strconv.Itoa(p.Width)
		if p.Contrast < 4.5 {
			t.Errorf("%s: a contrast of %.2f", where, p.Contrast)
		}
		if len(p.Violations) > 0 {
			t.Errorf("%s: axe finds %q", where, p.Violations)
		}
		if p.Width >= 480 && p.Lines > 1 {
			t.Errorf("%s: the buttons take %d lines", where, p.Lines)
		}
		if p.Overflow > 0 {
			t.Errorf("%s: %d pixels do not fit", where, p.Overflow)
		}
		if p.Controls > 0 && (p.Focused != "BUTTON" || p.Outline < 2) {
			t.Errorf("%s: the focus is on %s, %.0f pixels wide", where, p.Focused, p.Outline)
		}
		if shown := p.Name == "redirectURI"; !shown && len(p.Complaints) > 0 { // that answer's status is 400
			t.Errorf("%s: %v", where, p.Complaints)
		}
	}
}
