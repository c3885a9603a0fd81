package localentra_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
)

// code signs a person in and gives the code.
func (w *world) code(t testing.TB, person string, values url.Values) string {
	t.Helper()
	got := newBrowser(t, w).signIn(person, "common", values)
	code := got.back.Get("code")
	if code == "" {
		t.Fatalf("%d %s %s", got.status, got.to, got.html)
	}
	return code
}

func TestCodeRedemption(t *testing.T) {
	const native = "http://localhost/native"
	const server = "https://x.example/back"
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
		"native":            {[]string{"redirect_uri", native}, "common", "", []string{"redirect_uri", native}, 200, ""},
		"native, no PKCE":   {[]string{"redirect_uri", native, "code_challenge", ""}, "common", "", []string{"redirect_uri", native, "code_verifier", ""}, 200, ""},
		"native, free port": {[]string{"redirect_uri", "http://localhost:1234/native"}, "common", "", []string{"redirect_uri", "http://localhost:1234/native"}, 200, ""},
		"native in a page":  {[]string{"redirect_uri", native}, "common", spaOrigin, []string{"redirect_uri", native}, 400, "9002326"},
		"server":            {[]string{"redirect_uri", server}, "common", "", []string{"redirect_uri", server, "client_secret", w.ClientSecret}, 200, ""},
		"server, no secret": {[]string{"redirect_uri", server}, "common", "", []string{"redirect_uri", server}, 401, "7000218"},
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

func TestOnBehalfOf(t *testing.T) {
	w := start(t)
	if err := w.Consent(hanna, storageScope); err != nil {
		t.Fatal(err)
	}
	own := w.subject(t, hanna)
	app, err := w.AppToken(controlApp)
	if err != nil {
		t.Fatal(err)
	}
	other := start(t)
	_, body := w.post(t, tenantID, "", w.obo(own))
	for name, c := range map[string]struct {
		tenant string
		form   url.Values
		status int
		code   string
	}{
		"right":            {tenantID, w.obo(own), 200, ""},
		"any tenant":       {"common", w.obo(own), 200, ""},
		"default":          {tenantID, w.obo(own, "scope", storage+"/.default offline_access openid"), 200, ""},
		"another tenant":   {foreignID, w.obo(own), 400, "50013"},
		"wrong secret":     {tenantID, w.obo(own, "client_secret", "x"), 401, "7000215"},
		"no secret":        {tenantID, w.obo(own, "client_secret", ""), 401, "7000218"},
		"another client":   {tenantID, w.obo(own, "client_id", frontendApp), 400, "700016"},
		"no assertion":     {tenantID, w.obo(""), 400, "900144"},
		"no use":           {tenantID, w.obo(own, "requested_token_use", ""), 400, "900144"},
		"junk":             {tenantID, w.obo("a.b.c"), 400, "50013"},
		"of another Entra": {tenantID, w.obo(other.subject(t, hanna)), 400, "50013"},
		"of storage":       {tenantID, w.obo(body["access_token"].(string)), 400, "500131"},
		"of an app":        {tenantID, w.obo(app), 400, "7000114"},
		"no scope":         {tenantID, w.obo(own, "scope", ""), 400, "900144"},
		"two resources":    {tenantID, w.obo(own, "scope", storageScope+" "+graph+"/User.Read"), 400, "28000"},
		"unconsented":      {tenantID, w.obo(own, "scope", graph+"/User.Read"), 400, "65001"},
		"unknown scope":    {tenantID, w.obo(own, "scope", audience+"/x"), 400, "650053"},
		"unregistered":     {tenantID, w.obo(own, "scope", "https://database.windows.net/.default"), 400, "65001"},
	} {
		status, body := w.post(t, c.tenant, "", c.form)
		if status != c.status || aadsts(body) != c.code {
			t.Errorf("%s: %d %v, want %d %s", name, status, body, c.status, c.code)
		}
		if status == 200 {
			if token, err := w.VerifyFor(body["access_token"].(string), storage, "user_impersonation"); err != nil || token.ObjectID != hanna {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// Consent that is given in the pop-up makes the next exchange succeed, and so does the second proof.
func TestPopUpsOpenExchanges(t *testing.T) {
	w := start(t)
	token := w.subject(t, farid)
	status, body := w.post(t, foreignID, "", w.obo(token))
	if status != 400 || aadsts(body) != "65001" || body["suberror"] != "consent_required" {
		t.Fatalf("%d %v", status, body)
	}
	if e := w.last(t, localentra.KindToken); e.Code != 65001 || e.User != farid || e.Resource != storage || e.Tenant != foreignID {
		t.Errorf("event = %+v", e)
	}
	w.code(t, farid, request("code_challenge", "", "scope", ".default"))
	if status, body := w.post(t, foreignID, "", w.obo(token)); status != 200 {
		t.Fatalf("after consent: %d %v", status, body)
	}

	status, body = w.post(t, tenantID, "", w.obo(w.subject(t, mina)))
	challenge, _ := body["claims"].(string)
	if status != 400 || aadsts(body) != "50076" || body["error"] != "interaction_required" || challenge == "" {
		t.Fatalf("%d %v", status, body)
	}
	before := w.subject(t, mina)
	w.code(t, mina, request("scope", audience+"/Forecast.Read.All", "claims", challenge))
	if _, body := w.post(t, tenantID, "", w.obo(before)); aadsts(body) != "50076" {
		t.Errorf("a token from before the proof: %v", body)
	}
	if status, body := w.post(t, tenantID, "", w.obo(w.subject(t, mina))); status != 200 {
		t.Errorf("after the proof: %d %v", status, body)
	}
	w.SetProven(mina, false)
	if err := w.RequireProof(mina, storage, false); err != nil {
		t.Fatal(err)
	}
	if status, body := w.post(t, tenantID, "", w.obo(w.subject(t, mina))); status != 200 {
		t.Errorf("with the policy away: %d %v", status, body)
	}
	if w.RequireProof(mina, "x", true) == nil || w.RequireProof("x", storage, true) == nil || w.Consent("x", storageScope) == nil ||
		w.Consent(mina, "x/y") == nil {
		t.Error("what is not there was taken")
	}
}

func TestClientCredentials(t *testing.T) {
	w := start(t)
	form := func(change ...string) url.Values {
		return changed(url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {w.ClientSecret},
			"scope": {storage + "/.default"}}, change...)
	}
	for name, c := range map[string]struct {
		tenant string
		form   url.Values
		code   string
	}{
		"right":         {tenantID, form(), ""},
		"by domain":     {"contoso.example", form(), ""},
		"installed":     {foreignID, form(), ""},
		"any tenant":    {"common", form(), "50059"},
		"wrong secret":  {tenantID, form("client_secret", "x"), "7000215"},
		"one scope":     {tenantID, form("scope", storageScope), "1002012"},
		"no scope":      {tenantID, form("scope", ""), "900144"},
		"unknown":       {tenantID, form("scope", "x/.default"), "500011"},
		"two resources": {tenantID, form("scope", storageScope+" "+graph+"/User.Read"), "28000"},
	} {
		status, body := w.post(t, c.tenant, "", c.form)
		if (status == 200) != (c.code == "") || aadsts(body) != c.code {
			t.Errorf("%s: %d %v, want %s", name, status, body, c.code)
		}
		if status == 200 {
			if got := claims(t, body["access_token"]); got["idtyp"] != "app" || got["scp"] != nil || got["appid"] != clientID {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
	seed := localentra.DefaultSeed()
	seed.Tenants[1].Installed = false
	w = start(t, func(o *localentra.Options) { o.Seed = seed })
	if _, body := w.post(t, foreignID, "", form("client_secret", w.ClientSecret)); aadsts(body) != "7000229" {
		t.Errorf("%v", body)
	}
	if _, err := w.UserToken(farid, frontendApp, audience+"/.default"); err == nil || !strings.Contains(err.Error(), "650052") {
		t.Errorf("%v", err)
	}
	w.code(t, farid, request())
	if status, body := w.post(t, foreignID, "", form("client_secret", w.ClientSecret)); status != 200 {
		t.Errorf("after somebody consented: %d %v", status, body)
	}
	r, _ := http.NewRequest(http.MethodPost, w.URL+"/"+tenantID+"/oauth2/v2.0/token",
		strings.NewReader(form("client_id", "", "client_secret", "").Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(clientID, w.ClientSecret)
	resp, err := w.Client().Do(r)
	if got := status(t, resp, err); got != 200 {
		t.Errorf("client_secret_basic: %d", got)
	}
}

// Tokens for the workload are as its registration says.
func TestRegistrationDecides(t *testing.T) {
	w := start(t)
	got := claims(t, w.subject(t, hanna))
	if got["ver"] != "1.0" || got["aud"] != audience || got["iss"] != w.V1Issuer()+"/"+tenantID+"/" || got["appid"] != frontendApp ||
		got["scp"] != "Forecast.Read.All Forecast.ReadWrite.All" || got["idtyp"] != nil {
		t.Errorf("v1: %v", got)
	}
	app, err := w.AppToken(controlApp)
	if got := claims(t, app); err != nil || got["idtyp"] != "app" || got["tid"] != tenantID || got["aud"] != audience {
		t.Errorf("app: %v %v", got, err)
	}
	control, err := w.UserToken(farid, controlApp, audience+"/FabricWorkloadControl")
	if got := claims(t, control); err != nil || got["scp"] != "FabricWorkloadControl" || got["tid"] != foreignID {
		t.Errorf("control: %v %v", got, err)
	}
	one, err := w.UserToken(farid, frontendApp, clientID+"/Forecast.Read.All")
	if got := claims(t, one); err != nil || got["scp"] != "Forecast.Read.All" || got["aud"] != audience {
		t.Errorf("one scope: %v %v", got, err)
	}
	if _, err := w.UserToken(hanna, frontendApp, storageScope); err != nil {
		t.Errorf("Microsoft's own: %v", err)
	}

	w = start(t, func(o *localentra.Options) {
		o.Registration.API.TokenVersion = 2
		o.Registration.OptionalClaims.AccessToken[0].Properties = []string{"include_user_token"}
	})
	got = claims(t, w.subject(t, hanna))
	if got["ver"] != "2.0" || got["aud"] != clientID || got["iss"] != w.URL+"/"+tenantID+"/v2.0" || got["azp"] != frontendApp ||
		got["idtyp"] != "user" {
		t.Errorf("v2: %v", got)
	}

	w = start(t, func(o *localentra.Options) {
		o.Registration.OptionalClaims.AccessToken = nil
		o.Registration.API.PreAuthorized = o.Registration.API.PreAuthorized[:1]
		off := false
		o.Registration.API.Scopes[2].IsEnabled = &off
	})
	if app, err := w.AppToken(controlApp); err != nil || claims(t, app)["idtyp"] != nil {
		t.Errorf("idtyp is not registered, and is there")
	}
	for name, c := range map[string]struct{ user, client, scope, want string }{
		"not pre-authorised": {hanna, frontendApp, audience + "/.default", "65001"},
		"disabled":           {hanna, frontendApp, audience + "/Forecast.ReadWrite.All", "650053"},
		"unknown scope":      {hanna, controlApp, audience + "/x", "650053"},
		"unknown client":     {hanna, tenantID, audience + "/.default", "700016"},
		"two resources":      {hanna, frontendApp, audience + "/Forecast.Read.All " + storageScope, "28000"},
		"unknown user":       {tenantID, frontendApp, audience + "/.default", "no user"},
		"the workload":       {hanna, clientID, audience + "/.default", "no application of Fabric's"},
	} {
		if _, err := w.UserToken(c.user, c.client, c.scope); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	for _, client := range []string{tenantID, clientID} {
		if _, err := w.AppToken(client); err == nil {
			t.Errorf("%s got a token of Fabric's", client)
		}
	}
}

// Resources of the user's own, and permissions without an ID, are known once they are given.
func TestOwnResources(t *testing.T) {
	const prices, cluster = "api://pricing.contoso.com", "https://cluster.kusto.windows.net"
	w := start(t, func(o *localentra.Options) {
		o.Resources = []localentra.Resource{
			{URI: prices, Title: "Pricing", Scopes: map[string]string{"Prices.Read": ""}},
			{URI: cluster, AppID: "2746ea77-4702-4b45-80ca-3c97e680e8b7"},
		}
		o.LookedUp = []localentra.Permission{{URI: prices, Scope: "Prices.Read"}}
	})
	w.code(t, hanna, request("scope", prices+"/.default"))
	for scope, code := range map[string]string{prices + "/Prices.Read": "", prices + "/.default": "", storageScope: "",
		prices + "/Prices.Write": "650053", cluster + "/user_impersonation": "65001"} {
		if _, body := w.post(t, tenantID, "", w.obo(w.subject(t, hanna), "scope", scope)); aadsts(body) != code {
			t.Errorf("%s: %v, want %s", scope, body, code)
		}
	}
}

func TestFaults(t *testing.T) {
	w := start(t)
	if err := w.Consent(hanna, storageScope); err != nil {
		t.Fatal(err)
	}
	for fault, want := range map[localentra.Fault]struct {
		status int
		code   string
	}{
		localentra.FaultConsent: {400, "65001"}, localentra.FaultClaims: {400, "50076"}, localentra.FaultNotEnabled: {400, "650052"},
		localentra.FaultSecretInvalid: {401, "7000215"}, localentra.FaultSecretExpired: {401, "7000222"},
		localentra.FaultThrottled: {429, "90055"}, localentra.FaultOutage: {503, "90033"},
	} {
		if err := w.FailNext(fault); err != nil {
			t.Fatal(err)
		}
		status, body := w.post(t, tenantID, "", w.obo(w.subject(t, hanna)))
		if status != want.status || aadsts(body) != want.code {
			t.Errorf("%s: %d %v", fault, status, body)
		}
		if e := w.last(t, localentra.KindToken); !e.Injected || e.Status != want.status {
			t.Errorf("%s: %+v", fault, e)
		}
		if status, body := w.post(t, tenantID, "", w.obo(w.subject(t, hanna))); status != 200 {
			t.Errorf("after %s: %d %v", fault, status, body)
		}
	}
	if err := w.FailNext("x"); err == nil || len(localentra.Faults()) != 7 {
		t.Error("an unknown fault was taken")
	}
	w.Throttle(1, time.Second)
	w.SetLatency(20 * time.Millisecond)
	if status, _ := w.post(t, tenantID, "", w.obo(w.subject(t, hanna))); status != 429 {
		t.Errorf("throttled: %d", status)
	}
	if e := w.last(t, localentra.KindToken); !e.Injected || e.Decision != "refused" || e.Duration < 20*time.Millisecond {
		t.Errorf("%+v", e)
	}
	w.SetLatency(0)
	w.ExpireSecret(true)
	if _, body := w.post(t, tenantID, "", w.obo(w.subject(t, hanna))); aadsts(body) != "7000222" {
		t.Errorf("%v", body)
	}
	w.ExpireSecret(false)
	w.SetTokenLifetime(-time.Minute)
	late := w.subject(t, hanna)
	w.SetTokenLifetime(time.Hour)
	if _, body := w.post(t, tenantID, "", w.obo(late)); aadsts(body) != "500133" {
		t.Errorf("%v", body)
	}
	w.SetOutage(true)
	for _, base := range []string{w.URL, w.PagesURL} {
		resp, err := w.Client().Get(base + "/common/oauth2/v2.0/authorize")
		if got := status(t, resp, err); got != 503 {
			t.Errorf("%s: %d", base, got)
		}
	}
}

func TestRotation(t *testing.T) {
	w := start(t)
	old := w.subject(t, hanna)
	if err := w.RotateKeys(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.VerifyFor(old, audience); err != nil {
		t.Error(err)
	}
	w.RetireKeys()
	if _, err := w.VerifyFor(old, audience); err == nil {
		t.Error("a retired key still counts")
	}
	if _, err := w.VerifyFor(w.subject(t, hanna), audience); err != nil {
		t.Error(err)
	}
}

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
		if c.method == http.MethodOptions && (resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Headers") != "client-request-id") {
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

// Who watches sees claims, and no token, code or secret.
func TestEventsHoldNoTokens(t *testing.T) {
	w := start(t)
	code := w.code(t, hanna, request("scope", "openid offline_access "+storageScope))
	_, body := w.post(t, "common", spaOrigin, redeem(code))
	subject := w.subject(t, hanna)
	_, exchanged := w.post(t, tenantID, "", w.obo(subject, "scope", storageScope+" offline_access"))
	w.mu.Lock()
	defer w.mu.Unlock()
	data, err := json.Marshal(w.events)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{code, subject, w.ClientSecret, verifier}
	for _, answer := range []map[string]any{body, exchanged} {
		for _, name := range []string{"access_token", "id_token", "refresh_token"} {
			if text, ok := answer[name].(string); ok {
				secrets = append(secrets, text)
				if parts := strings.Split(text, "."); len(parts) == 3 {
					secrets = append(secrets, parts[2])
				}
			}
		}
	}
	if len(secrets) < 9 {
		t.Fatalf("%d secrets only", len(secrets))
	}
	for i, secret := range secrets {
		if strings.Contains(string(data), secret) {
			t.Errorf("secret %d is in the events", i)
		}
	}
	kinds := []string{}
	for _, e := range w.events {
		if e.Kind == localentra.KindToken {
			for _, token := range e.Tokens {
				kinds = append(kinds, token.Kind)
			}
		}
	}
	if !slices.Equal(kinds, []string{"access", "id", "refresh", "access", "refresh"}) {
		t.Errorf("%v", kinds)
	}
}
