package localentra_test

import (
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
)

func TestCodeRedemption(t *testing.T) {
	const native, otherPort = "http://localhost/native", "http://localhost:1234/native"
	const server = "https://x.example/back"
	to := func(uri string, more ...string) []string { return append([]string{"redirect_uri", uri}, more...) }
	w := start(t, func(o *localentra.Options) {
		o.Registration.PublicClient.RedirectURIs = []string{native}
		o.Registration.Web.RedirectURIs = []string{server}
		o.PortalRedirectURIs = []string{"http://127.0.0.1:60010/"}
	})
	for name, c := range map[string]struct {
		ask    []string
		tenant string
		origin string
		form   []string
		status int
		code   string
	}{
		"right":             {nil, "common", spaOrigin, nil, 200, ""},
		"own tenant":        {nil, tenantID, spaOrigin, nil, 200, ""},
		"other tenant":      {nil, foreignID, spaOrigin, nil, 400, "700005"},
		"unknown tenant":    {nil, "x", spaOrigin, nil, 400, "90002"},
		"no page":           {nil, "common", "", nil, 400, "9002327"},
		"another page":      {nil, "common", "https://evil.example", nil, 400, "9002326"},
		"no verifier":       {nil, "common", spaOrigin, []string{"code_verifier", ""}, 400, "900144"},
		"another verifier":  {nil, "common", spaOrigin, []string{"code_verifier", verifier + "x"}, 400, "501481"},
		"no challenge":      {[]string{"code_challenge", ""}, "common", spaOrigin, nil, 400, "9002325"},
		"another redirect":  {nil, "common", spaOrigin, []string{"redirect_uri", closePage + "/"}, 401, "500112"},
		"no redirect":       {nil, "common", spaOrigin, []string{"redirect_uri", ""}, 400, "900144"},
		"unknown code":      {nil, "common", spaOrigin, []string{"code", "x"}, 400, "70008"},
		"no code":           {nil, "common", spaOrigin, []string{"code", ""}, 400, "900144"},
		"with a secret":     {nil, "common", spaOrigin, []string{"client_secret", "x"}, 401, "700025"},
		"another client":    {nil, "common", spaOrigin, []string{"client_id", frontendApp}, 400, "700005"},
		"unknown client":    {nil, "common", spaOrigin, []string{"client_id", tenantID}, 400, "700016"},
		"no client":         {nil, "common", spaOrigin, []string{"client_id", ""}, 400, "900144"},
		"unconsented":       {nil, "common", spaOrigin, []string{"scope", graph + "/User.Read"}, 400, "65001"},
		"unknown scope":     {nil, "common", spaOrigin, []string{"scope", "x/y"}, 400, "500011"},
		"two resources":     {nil, "common", spaOrigin, []string{"scope", storageScope + " " + graph + "/User.Read"}, 400, "28000"},
		"scope said again":  {nil, "common", spaOrigin, []string{"scope", storageScope}, 200, ""},
		"no grant":          {nil, "common", spaOrigin, []string{"grant_type", ""}, 400, "900144"},
		"password":          {nil, "common", spaOrigin, []string{"grant_type", "password"}, 400, "70003"},
		"native":            {to(native), "common", "", to(native), 200, ""},
		"native, no PKCE":   {to(native, "code_challenge", ""), "common", "", to(native, "code_verifier", ""), 200, ""},
		"native, free port": {to(otherPort), "common", "", to(otherPort), 200, ""},
		"native in a page":  {to(native), "common", spaOrigin, to(native), 400, "9002326"},
		"server":            {to(server), "common", "", to(server, "client_secret", w.ClientSecret), 200, ""},
		"server, no secret": {to(server), "common", "", to(server), 401, "7000218"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := w.post(t, c.tenant, c.origin, redeem(w.code(t, hanna, request(c.ask...)), c.form...))
			if status != c.status || aadsts(body) != c.code {
				t.Fatalf("%d %v, want %d %s", status, body, c.status, c.code)
			}
			if e := w.last(t, localentra.KindToken); e.Code != 0 && e.Decision != "refused" || e.Status != status {
				t.Errorf("event = %+v", e)
			}
			if c.code != "" && (body["trace_id"] == "" || body["correlation_id"] == "" || body["timestamp"] == "") {
				t.Errorf("%v", body)
			}
		})
	}
}

// A code is good for one exchange, also of many at once, and for ten minutes.
func TestCodeOnce(t *testing.T) {
	clock := time.Now()
	w := start(t, func(o *localentra.Options) { o.Now = func() time.Time { return clock } })
	code := w.code(t, hanna, request())
	var good sync.Map
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if status, body := w.post(t, "common", spaOrigin, redeem(code)); status == 200 {
				good.Store(i, true)
			} else if aadsts(body) != "54005" {
				t.Errorf("%d %v", status, body)
			}
		})
	}
	group.Wait()
	n := 0
	good.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("a code was redeemed %d times", n)
	}
	code = w.code(t, hanna, request())
	clock = clock.Add(11 * time.Minute)
	if _, body := w.post(t, "common", spaOrigin, redeem(code)); aadsts(body) != "70008" {
		t.Errorf("%v", body)
	}
}

func TestRefresh(t *testing.T) {
	clock := time.Now()
	w := start(t, func(o *localentra.Options) { o.Now = func() time.Time { return clock } })
	_, body := w.post(t, "common", spaOrigin, redeem(w.code(t, hanna, request("scope", "openid offline_access "+storageScope))))
	first, _ := body["refresh_token"].(string)
	if first == "" {
		t.Fatalf("%v", body)
	}
	form := func(token string, change ...string) url.Values {
		return changed(url.Values{"grant_type": {"refresh_token"}, "client_id": {clientID}, "refresh_token": {token}}, change...)
	}
	clock = clock.Add(10 * time.Hour)
	status, body := w.post(t, "common", spaOrigin, form(first))
	second, _ := body["refresh_token"].(string)
	if status != 200 || second == "" || second == first || body["id_token"] == nil {
		t.Fatalf("%d %v", status, body)
	}
	if status, _ := w.post(t, "common", spaOrigin, form(first)); status != 200 {
		t.Error("an exchange at the same time fails")
	}
	for name, c := range map[string]struct {
		tenant, origin string
		form           url.Values
		code           string
	}{
		"junk":           {"common", spaOrigin, form("x"), "700082"},
		"none":           {"common", spaOrigin, form(""), "900144"},
		"another tenant": {foreignID, spaOrigin, form(second), "700005"},
		"another client": {"common", spaOrigin, form(second, "client_id", frontendApp), "700005"},
		"no page":        {"common", "", form(second), "9002327"},
		"no consent":     {"common", spaOrigin, form(second, "scope", graph+"/User.Read"), "65001"},
		"unknown scope":  {"common", spaOrigin, form(second, "scope", "x/y"), "500011"},
	} {
		if status, body := w.post(t, c.tenant, c.origin, c.form); status == 200 || aadsts(body) != c.code {
			t.Errorf("%s: %d %v, want %s", name, status, body, c.code)
		}
	}
	clock = clock.Add(15 * time.Hour) // the first sign-in was 25 hours ago, which no exchange extends
	if _, body := w.post(t, "common", spaOrigin, form(second)); aadsts(body) != "700084" {
		t.Errorf("%v", body)
	}
	_, body = w.post(t, tenantID, "", w.obo(w.subject(t, hanna), "scope", storageScope+" offline_access"))
	long, _ := body["refresh_token"].(string)
	clock = clock.Add(48 * time.Hour)
	if status, body := w.post(t, tenantID, "", form(long, "client_secret", w.ClientSecret)); status != 200 {
		t.Errorf("a back-end's: %d %v", status, body)
	}
	if _, body := w.post(t, tenantID, "", form(long)); aadsts(body) != "7000218" {
		t.Errorf("a back-end's without its secret: %v", body)
	}
	w.RevokeConsent()
	if _, body := w.post(t, tenantID, "", form(long, "client_secret", w.ClientSecret)); aadsts(body) != "65001" {
		t.Errorf("after consent was revoked: %v", body)
	}
	w.RevokeRefreshTokens()
	if _, body := w.post(t, tenantID, "", form(long, "client_secret", w.ClientSecret)); aadsts(body) != "700082" {
		t.Errorf("after revocation: %v", body)
	}
}
