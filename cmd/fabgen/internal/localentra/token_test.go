package localentra_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

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
			token, err := w.VerifyFor(body["access_token"].(string), storage, "user_impersonation")
			if err != nil || token.ObjectID != hanna {
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
	e := w.last(t, localentra.KindToken)
	if e.Code != 65001 || e.User != farid || e.Resource != storage || e.Tenant != foreignID {
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
	if w.RequireProof(mina, "x", true) == nil || w.RequireProof("x", storage, true) == nil ||
		w.Consent("x", storageScope) == nil || w.Consent(mina, "x/y") == nil {
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
	if got["ver"] != "1.0" || got["aud"] != audience || got["iss"] != w.V1Issuer()+"/"+tenantID+"/" ||
		got["appid"] != frontendApp || got["scp"] != "Forecast.Read.All Forecast.ReadWrite.All" || got["idtyp"] != nil {
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
	if got["ver"] != "2.0" || got["aud"] != clientID || got["iss"] != w.URL+"/"+tenantID+"/v2.0" ||
		got["azp"] != frontendApp || got["idtyp"] != "user" {
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
