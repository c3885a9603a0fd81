package localentra_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/generator/registration"
)

// What is wrong with a request is told to whom Entra would tell it, with its code.
func TestWrongRequests(t *testing.T) {
	w := start(t, func(o *localentra.Options) { o.Registration.Web.RedirectURIs = []string{"https://x.example/a?b=c"} })
	b := newBrowser(t, w)
	twice := request()
	twice.Add("scope", "openid")
	for name, c := range map[string]struct {
		tenant string
		values url.Values
		code   string
		error  string // of the redirect; empty where it is shown
	}{
		"unknown tenant":      {"nowhere.example", request(), "90002", ""},
		"consumers":           {"consumers", request(), "90002", ""},
		"no client":           {"common", request("client_id", ""), "900144", ""},
		"unknown client":      {"common", request("client_id", tenantID), "700016", ""},
		"no redirect":         {"common", request("redirect_uri", ""), "900144", ""},
		"another redirect":    {"common", request("redirect_uri", "http://localhost:60006/other"), "50011", ""},
		"redirect with slash": {"common", request("redirect_uri", closePage+"/"), "50011", ""},
		"redirect in capital": {"common", request("redirect_uri", "http://localhost:60006/Close"), "50011", ""},
		"twice":               {"common", twice, "9000411", ""},
		"too long":            {"common", request("state", strings.Repeat("x", 40_000)), "90023", ""},
		"form_post":           {"common", request("response_mode", "form_post"), "70007", "invalid_request"},
		"no type":             {"common", request("response_type", ""), "900144", "invalid_request"},
		"token":               {"common", request("response_type", "token"), "700051", "unsupported_response_type"},
		"hybrid":              {"common", request("response_type", "code id_token"), "700054", "unsupported_response_type"},
		"unknown type":        {"common", request("response_type", "x"), "70005", "unsupported_response_type"},
		"prompt":              {"common", request("prompt", "x"), "90023", "invalid_request"},
		"plain":               {"common", request("code_challenge_method", "plain"), "90023", "invalid_request"},
		"challenge":           {"common", request("code_challenge", "abc"), "501491", "invalid_request"},
		"claims":              {"common", request("claims", "{"), "90023", "invalid_request"},
		"no scope":            {"common", request("scope", ""), "900144", "invalid_request"},
		"unknown resource":    {"common", request("scope", "api://nobody/x"), "500011", "invalid_resource"},
		"unknown scope": {"common", request("scope", audience+"/Forecast.Delete.All"), "650053",
			"invalid_client"},
		"scope of no form": {"common", request("scope", storage+`/a"b`), "650053", "invalid_client"},
		"default and more": {"common", request("scope", storage+"/.default "+graph+"/User.Read"), "70011",
			"invalid_scope"},
		"default unregistered": {"common", request("scope", "https://database.windows.net/.default"), "650057",
			"invalid_client"},
		"nobody there": {"common", request("prompt", "none"), "50058", "login_required"},
		"of a server": {"common", request("redirect_uri", "https://x.example/a?b=c", "response_mode", "", "scope", "",
			"state", "s1"), "900144", "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			got := b.authorize(c.tenant, c.values)
			if got.code() != c.code || got.back.Get("error") != c.error {
				t.Errorf("%d %s %s, want %s %s", got.status, got.to, got.title(), c.error, c.code)
			}
			if shown := c.error == ""; shown != (got.status == http.StatusBadRequest) || shown != (got.to == "") {
				t.Errorf("status %d, to %q", got.status, got.to)
			}
			if c.error != "" && got.back.Get("state") != "s1" {
				t.Errorf("state = %q", got.back.Get("state"))
			}
			if e := w.last(t, localentra.KindAuthorize); e.Decision != "refused" || e.Code == 0 {
				t.Errorf("event = %+v", e)
			}
		})
	}
	got := b.authorize("common", request("redirect_uri", "https://x.example/a?b=c", "response_mode", "", "scope", ""))
	if got.back.Get("b") != "c" {
		t.Errorf("the redirect URI's own query is lost: %s", got.to)
	}
}

func TestSingleTenantApplication(t *testing.T) {
	b := newBrowser(t, start(t, func(o *localentra.Options) { o.Registration.SignInAudience = "AzureADMyOrg" }))
	if got := b.authorize("common", request()); got.code() != "50194" {
		t.Errorf("common: %s", got.html)
	}
	if got := b.signIn(farid, tenantID, request()); got.code() != "50020" || got.title() != "Sign in" {
		t.Errorf("a stranger: %s", got.html)
	}
	if got := b.signIn(hanna, "contoso.example", request()); got.back.Get("code") == "" {
		t.Errorf("at home: %s", got.to)
	}
}

// The whole way: sign-in, consent, code, tokens; and then without a page.
func TestSignInAndConsent(t *testing.T) {
	w := start(t)
	b := newBrowser(t, w)
	page := b.authorize("organizations", request("scope", "openid profile offline_access "+storageScope))
	if page.title() != "Sign in" || strings.Count(page.html, `class="person"`) != 4 {
		t.Fatalf("%s", page.html)
	}
	if o, ok := w.Outcome("s1"); !ok || o.Done {
		t.Errorf("while at it: %+v %t", o, ok)
	}
	page = b.answer(page, "signIn "+farid)
	for _, want := range []string{"Permissions requested", "Contoso Forecast", "published by Contoso", "user_impersonation",
		"Sign you in", "farid@fabrikam.example"} {
		if !strings.Contains(page.html, want) {
			t.Errorf("consent lacks %q", want)
		}
	}
	if strings.Contains(page.html, "wholeTenant") {
		t.Error("no administrator, and yet asked for the whole tenant")
	}
	back := b.answer(page, "accept")
	if back.status != http.StatusSeeOther || !strings.HasPrefix(back.to, closePage+"#") || back.back.Get("state") != "s1" {
		t.Fatalf("%d %s", back.status, back.to)
	}
	if o, _ := w.Outcome("s1"); !o.Done || o.User != farid || o.Error != "" {
		t.Errorf("outcome = %+v", o)
	}
	status, body := w.post(t, "organizations", spaOrigin, redeem(back.back.Get("code")))
	if status != 200 || body["refresh_token"] == nil {
		t.Fatalf("%d %v", status, body)
	}
	token, err := w.VerifyFor(body["access_token"].(string), storage, "user_impersonation")
	if err != nil || token.TenantID != foreignID || token.ObjectID != farid || token.AppID != clientID {
		t.Errorf("%+v %v", token, err)
	}
	id := claims(t, body["id_token"])
	if id["nonce"] != "n1" || id["aud"] != clientID || id["iss"] != w.URL+"/"+foreignID+"/v2.0" {
		t.Errorf("id token %v", id)
	}
	again := b.authorize("common", request("prompt", "none", "client_info", "1"))
	if again.back.Get("code") == "" || again.back.Get("client_info") == "" {
		t.Errorf("again: %s", again.to)
	}
}

// Who has consented to something is not asked once more to be signed in, as where a challenge alone is met.
func TestSigningInIsPartOfConsent(t *testing.T) {
	w := start(t)
	newBrowser(t, w).signIn(farid, "common", request())
	for person, want := range map[string]string{mina: "", farid: "", dario: "Permissions requested"} { // the seed has Mina's
		b := newBrowser(t, w)
		got := b.answer(b.authorize("common", request("scope", "openid")), "signIn "+person)
		if got.title() != want || (got.back.Get("code") == "") != (want != "") {
			t.Errorf("%s sees %q %s, want %q", person, got.title(), got.to, want)
		}
	}
}

func TestAnswersToPages(t *testing.T) {
	mfa := request("scope", storageScope, "claims", `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`)
	for name, c := range map[string]struct {
		values  url.Values
		answers []string
		title   string // of the page at the end
		error   string
		code    string
	}{
		"cancel sign-in":    {request(), []string{"cancel"}, "", "access_denied", "65004"},
		"decline":           {request(), []string{"signIn " + dario, "cancel"}, "", "access_denied", "65004"},
		"another account":   {request(), []string{"signIn " + dario, "another"}, "Sign in", "", ""},
		"nobody":            {request(), []string{"signIn " + tenantID}, "Sign in", "", ""},
		"out of order":      {request(), []string{"accept"}, "Sign in", "", ""},
		"deny proof":        {mfa, []string{"signIn " + hanna, "failProof"}, "", "access_denied", "500121"},
		"cancel proof":      {mfa, []string{"signIn " + hanna, "cancel"}, "", "access_denied", "65004"},
		"proof, consent":    {mfa, []string{"signIn " + hanna, "prove"}, "Permissions requested", "", ""},
		"proof by resource": {request(), []string{"signIn " + mina}, "Prove that it is you", "", ""},
		"consent anyway": {request("prompt", "consent"), []string{"signIn " + mina, "prove"}, "Permissions requested", "",
			""},
		"wrong tenant": {request(), []string{"signIn " + farid}, "Permissions requested", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t, start(t))
			page := b.authorize("common", c.values)
			for _, a := range c.answers {
				page = b.answer(page, a)
			}
			if page.title() != c.title || page.back.Get("error") != c.error || c.code != "" && page.code() != c.code {
				t.Errorf("%s %s, want %s %s %s", page.title(), page.to, c.title, c.error, c.code)
			}
			if c.error == "access_denied" && page.back.Get("error_subcode") != "cancel" {
				t.Errorf("%s", page.to)
			}
		})
	}
}

func TestSilentSignIn(t *testing.T) {
	w := start(t)
	b := newBrowser(t, w)
	b.signIn(dario, "common", request())
	for name, c := range map[string]struct {
		tenant string
		values url.Values
		error  string
		code   string
	}{
		"all well":       {"common", request(), "", ""},
		"by hint":        {"common", request("login_hint", "dario@contoso.example"), "", ""},
		"another hint":   {"common", request("login_hint", "hanna@contoso.example"), "login_required", "50058"},
		"another domain": {"common", request("domain_hint", "fabrikam.example"), "login_required", "50058"},
		"another tenant": {"fabrikam.example", request(), "interaction_required", "50020"},
		"more consent":   {"common", request("scope", graph+"/User.Read"), "interaction_required", "65001"},
		"claims challenge": {"common", request("claims", `{"access_token":{"polids":{"values":["x"]}}}`),
			"interaction_required", "50076"},
	} {
		got := b.authorize(c.tenant, changed(c.values, "prompt", "none"))
		if got.back.Get("error") != c.error || got.code() != c.code || (c.error == "") != (got.back.Get("code") != "") {
			t.Errorf("%s: %s, want %s %s", name, got.to, c.error, c.code)
		}
		if c.code == "50076" && got.back.Get("claims") == "" ||
			c.code == "65001" && got.back.Get("suberror") != "consent_required" {
			t.Errorf("%s: %s", name, got.to)
		}
	}
	for _, prompt := range []string{"login", "select_account"} {
		if got := b.authorize("common", request("prompt", prompt)); got.title() != "Sign in" {
			t.Errorf("%s: %s", prompt, got.title())
		}
	}
	if got := b.authorize("fabrikam.example", request()); got.title() != "Sign in" || got.code() != "50020" {
		t.Errorf("a stranger in the tenant: %s", got.html)
	}
	b.signIn(hanna, "common", request("prompt", "login", "state", ""))
	if got := b.authorize("common", request("prompt", "none")); got.code() != "16000" {
		t.Errorf("two people: %s", got.to)
	}
	if got := b.get("/common/oauth2/v2.0/logout?state=x&post_logout_redirect_uri=" + url.QueryEscape(closePage)); got.to !=
		closePage+"?state=x" {
		t.Errorf("logout: %d %s", got.status, got.to)
	}
	if got := b.get("/common/oauth2/v2.0/logout"); got.title() != "You are signed out" {
		t.Errorf("logout: %d %s", got.status, got.html)
	}
	if got := b.authorize("common", request("prompt", "none")); got.code() != "50058" {
		t.Errorf("signed out: %s", got.to)
	}
}

// Whom a login hint names is not asked who they are: with a session nothing is asked, without one the page has them alone.
func TestLoginHint(t *testing.T) {
	w := start(t)
	hint := func(change ...string) url.Values {
		return request(append([]string{"scope", "openid", "login_hint", "HANNA@contoso.example"}, change...)...)
	}
	for name, c := range map[string]struct {
		values url.Values
		people int // to choose from
	}{
		"nobody there": {hint(), 0}, "by ID": {hint("login_hint", hanna), 0}, "login": {hint("prompt", "login"), 0},
		"select account": {hint("prompt", "select_account"), 4}, "a stranger": {hint("login_hint", "x@y.example"), 4},
	} {
		page := newBrowser(t, w).authorize("common", c.values)
		if n := strings.Count(page.html, `class="person"`); page.title() != "Sign in" || n != c.people ||
			(n == 0) != strings.Contains(page.html, "Go on as Hanna Holm") {
			t.Errorf("%s: %d of %d people: %s", name, n, c.people, page.html)
		}
	}
	b := newBrowser(t, w)
	b.signIn(dario, "common", request("scope", "openid"))
	page := b.answer(b.authorize("common", hint()), "another")
	if n := strings.Count(page.html, `class="person"`); n != 4 {
		t.Errorf("another account: %d people: %s", n, page.html)
	}
	if got := b.authorize("common", hint("prompt", "none")); got.code() != "50058" {
		t.Errorf("silent, with somebody else there: %s", got.to)
	}
	b.signIn(hanna, "common", hint()) // two are there from now on
	for _, prompt := range []string{"", "none"} {
		if got := b.authorize("common", hint("prompt", prompt)); got.back.Get("code") == "" {
			t.Errorf("a session, prompt %q: %s %s", prompt, got.to, got.title())
		}
	}
	if got := b.authorize("common", hint("prompt", "select_account")); strings.Count(got.html, `class="person"`) != 4 {
		t.Errorf("a session, and yet to choose: %s", got.html)
	}
}

func TestAdministratorsConsent(t *testing.T) {
	seed := localentra.DefaultSeed()
	seed.Tenants[0].UsersMayNotConsent = true
	w := start(t, func(o *localentra.Options) { o.Seed = seed })
	user := newBrowser(t, w)
	page := user.answer(user.authorize("common", request()), "signIn "+dario)
	if page.title() != "An administrator must approve" || page.code() != "90094" {
		t.Fatalf("%s", page.html)
	}
	if back := user.answer(page, "cancel"); back.back.Get("error") != "access_denied" || back.code() != "90094" {
		t.Errorf("%s", back.to)
	}
	admin := newBrowser(t, w)
	page = admin.answer(admin.authorize("common", request("scope", storage+"/.default")), "signIn "+hanna)
	if !strings.Contains(page.html, `name="wholeTenant"`) {
		t.Fatalf("%s", page.html)
	}
	admin.answer(page, "accept", "wholeTenant", "1")
	if back := user.signIn(dario, "common", request()); back.back.Get("code") == "" {
		t.Errorf("after the administrator's consent: %s %s", back.to, back.title())
	}
}

func TestAdminConsentEndpoint(t *testing.T) {
	for _, version := range []string{"adminconsent", "v2.0/adminconsent"} {
		w := start(t)
		b := newBrowser(t, w)
		path := "/" + tenantID + "/" + version + "?client_id=" + clientID + "&state=s2"
		page := b.answer(b.get(path), "signIn "+dario)
		if page.title() != "An administrator must approve" {
			t.Fatalf("%s", page.html)
		}
		page = b.answer(b.answer(page, "another"), "signIn "+hanna)
		if page.title() != "Permissions for Contoso" {
			t.Fatalf("%s", page.html)
		}
		back := b.answer(page, "cancel").back
		if back.Get("error") != "access_denied" || back.Get("admin_consent") != "True" {
			t.Errorf("%s", back)
		}
		page = b.answer(b.answer(b.get(path), "signIn "+hanna), "accept")
		back = page.back
		if back.Get("admin_consent") != "True" || back.Get("tenant") != tenantID || back.Get("state") != "s2" {
			t.Errorf("%s", back)
		}
		if status, body := w.post(t, tenantID, "", w.obo(w.subject(t, dario))); status != 200 {
			t.Errorf("%d %v", status, body)
		}
		for query, code := range map[string]string{"": "900144", "client_id=x": "700016", "client_id=" + clientID +
			"&redirect_uri=x": "50011", "client_id=" + clientID + "&scope=api://x/y": "500011", "a=1&a=2": "9000411"} {
			if got := b.get("/common/" + version + "?" + query); got.code() != code {
				t.Errorf("%s: %s, want %s", query, got.code(), code)
			}
		}
	}
	w := start(t, func(o *localentra.Options) { o.Registration.SPA = registration.Platform{} })
	b := newBrowser(t, w)
	if got := b.get("/common/adminconsent?client_id=" + clientID); got.code() != "900144" {
		t.Errorf("no redirect URI anywhere: %s", got.html)
	}
}

// A scope that the registration leaves to administrators.
func TestScopeForAdministrators(t *testing.T) {
	w := start(t, func(o *localentra.Options) { o.Registration.API.Scopes[1].Type = "Admin" })
	b := newBrowser(t, w)
	values := request("scope", audience+"/Forecast.Read.All")
	if page := b.answer(b.authorize("common", values), "signIn "+dario); page.title() != "An administrator must approve" {
		t.Errorf("%s", page.html)
	}
}

func TestResourceThatTheTenantLacks(t *testing.T) {
	seed := localentra.DefaultSeed()
	seed.Tenants[1].Lacks = []string{storage + "/"}
	w := start(t, func(o *localentra.Options) { o.Seed = seed })
	back := newBrowser(t, w).signIn(farid, "common", request())
	if back.code() != "650052" || back.back.Get("error") != "invalid_client" {
		t.Errorf("%s", back.to)
	}
	if o, _ := w.Outcome("s1"); o.Code != 650052 || !o.Done || o.User != farid {
		t.Errorf("%+v", o)
	}
	if status, body := w.post(t, foreignID, "", w.obo(w.subject(t, farid))); status != 400 || aadsts(body) != "650052" {
		t.Errorf("%d %v", status, body)
	}
}

// Nothing but the page's style sheet may load, no page may frame it, and the opener may see whether it is closed.
func TestHeadersOfPages(t *testing.T) {
	b := newBrowser(t, start(t))
	page := b.authorize("common", request())
	policy := page.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "style-src 'sha256-", "form-action 'self' http://localhost:60006;",
		"frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("%s lacks %s", policy, want)
		}
	}
	if page.header.Get("Cross-Origin-Opener-Policy") != "" || page.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", page.header)
	}
	for _, bad := range []string{"<script", "http://", "https://", "onclick", "style=\""} {
		if strings.Contains(page.html, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}

// What an application names itself is text.
func TestNamesAreEscaped(t *testing.T) {
	b := newBrowser(t, start(t, func(o *localentra.Options) { o.Registration.DisplayName = `<script>alert(1)</script>` }))
	if page := b.authorize("common", request()); strings.Contains(page.html, "<script") || !strings.Contains(page.html, "&lt;script") {
		t.Error(page.html)
	}
	if page := b.authorize("common", request("redirect_uri", "http://x/<script>")); strings.Contains(page.html, "<script") {
		t.Error(page.html)
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	w := start(t)
	b := newBrowser(t, w)
	if got := b.get("/common/fabgen/answer"); got.status != http.StatusMethodNotAllowed {
		t.Errorf("%d", got.status)
	}
	page := b.authorize("common", request())
	if got := b.answer(page, "cancel", "interaction", "x"); got.status != 400 || !strings.Contains(got.html, "too old") {
		t.Errorf("%d %s", got.status, got.html)
	}
	b.answer(page, "cancel")
	if got := b.answer(page, "cancel"); got.status != 400 {
		t.Errorf("answered twice: %d", got.status)
	}
	r, _ := http.NewRequest(http.MethodPost, w.PagesURL+"/common/fabgen/answer", strings.NewReader("interaction=x"))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := b.see(b.client.Do(r)); got.status != 400 || !strings.Contains(got.html, "own page") {
		t.Errorf("%d %s", got.status, got.html)
	}
	r, _ = http.NewRequest(http.MethodPost, w.PagesURL+"/common/oauth2/v2.0/authorize", strings.NewReader(request().Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := b.see(b.client.Do(r)); got.title() != "Sign in" {
		t.Errorf("a posted request: %d %s", got.status, got.html)
	}
}

func TestUnattended(t *testing.T) {
	seed := localentra.DefaultSeed()
	seed.Users[0].FailsMFA = true
	w := start(t, func(o *localentra.Options) { o.Unattended, o.Seed = true, seed })
	for name, c := range map[string]struct{ who, tenant, claims, error, code string }{
		"first":         {"", "common", "", "", ""},
		"foreign":       {"farid@fabrikam.example", "common", "", "", ""},
		"of the tenant": {"", "fabrikam.example", "", "", ""},
		"proves":        {"mina@contoso.example", "common", "", "", ""},
		"declines":      {"dario@contoso.example", "common", "", "access_denied", "65004"},
		"fails to prove": {"hanna@contoso.example", "common", `{"access_token":{"acrs":{"value":"c1"}}}`,
			"access_denied", "500121"},
	} {
		got := newBrowser(t, w).authorize(c.tenant, request("login_hint", c.who, "claims", c.claims))
		if got.status != http.StatusFound || got.back.Get("error") != c.error || got.code() != c.code {
			t.Errorf("%s: %d %s", name, got.status, got.to)
		}
	}
	got := newBrowser(t, w).authorize(tenantID, request("login_hint", "farid@fabrikam.example"))
	if got.code() != "50020" || got.status != 400 {
		t.Errorf("a stranger: %d %s", got.status, got.to)
	}
}
