package inspector_test

import (
	"encoding/base64"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
)

const (
	tenantID = "853d9f4f-c71b-4420-b6ec-60e503458946"
	clientID = "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"
	hanna    = "7b1d0f52-3c64-4e0a-8f29-1a5b6c7d8e9f"
	audience = "api://localdevinstance/" + tenantID + "/Org.ContosoForecast"
	itemPath = "/workload/workspaces/b0c7e2a4-5d13-4f6e-8a29-7c1d3e5f9b04/items/Org.ContosoForecast.Forecast/c2a5f1d0-7b3e-4c8a-9f16-0d4e2b8a6c71"
	jobPath  = itemPath + "/jobTypes/Org.ContosoForecast.Forecast.Train/instances/11111111-2222-4333-8444-555555555555"
	storage  = "https://storage.azure.com"
)

var encode = base64.RawURLEncoding.EncodeToString

// rawToken has the form of a token, and nobody's signature.
var rawToken = encode([]byte(`{"alg":"RS256","kid":"local-1"}`)) + "." + encode([]byte(`{"aud":"x"}`)) + "." + encode([]byte("none"))

// user is a user's token as calls have it.
func user(role, audience, application, scopes string, left time.Duration) hops.Token {
	now := time.Now()
	return hops.Token{Role: role, Raw: rawToken, Header: map[string]any{"alg": "RS256", "kid": "local-1", "typ": "JWT"}, Claims: map[string]any{
		"aud": audience, "iss": "https://localhost:8443/" + tenantID + "/", "tid": tenantID, "appid": application, "scp": scopes,
		"oid": hanna, "name": "Hanna Example", "upn": "hanna@contoso.example", "ver": "1.0", "amr": []string{"pwd"},
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(left).Unix(), "uti": "Q6WZ0n3Jk1", "sub": "pairwise",
	}}
}

func application(role string) hops.Token {
	t := user(role, audience, "d2450708-699c-41e3-8077-b0c8341509aa", "", time.Hour)
	for _, name := range []string{"scp", "name", "upn", "amr"} {
		delete(t.Claims, name)
	}
	t.Claims["idtyp"] = "app"
	return t
}

func issued(t hops.Token) hops.Token {
	t.Role, t.Issued, t.Raw, t.Header = "access", true, "", nil
	return t
}

// story is a first use of a workload: consent is missing, is given, and all goes well, until something is made to fail.
func story(begin time.Time) []hops.Hop {
	const ms = time.Millisecond
	bearer := user("bearer", audience, "871c010f-5e61-4fb1-83ac-98610a7e9110", "Forecast.Read.All Forecast.ReadWrite.All", 50*time.Minute)
	expired := user("bearer", audience, "871c010f-5e61-4fb1-83ac-98610a7e9110", "Forecast.Read.All", -3*time.Minute)
	lake := user("bearer", storage, clientID, "user_impersonation", time.Hour)
	subject := user("subject", audience, "d2450708-699c-41e3-8077-b0c8341509aa", "FabricWorkloadControl", time.Hour)
	token := func(at, took time.Duration) hops.Hop {
		return hops.Hop{Time: begin.Add(at), Duration: took, From: hops.Backend, To: hops.Entra, Kind: "token", Method: "POST",
			Path: "/" + tenantID + "/oauth2/v2.0/token", About: "on behalf of the user for " + storage + " (user_impersonation)"}
	}
	refusedToken := func(at, took time.Duration, code, reason string) hops.Hop {
		h := token(at, took)
		h.Status, h.Decision, h.Code, h.Reason = 400, "refused", code, reason
		return h
	}
	issuedToken := func(at, took time.Duration) hops.Hop {
		h := token(at, took)
		h.Status, h.Decision, h.Tokens = 200, "issued", []hops.Token{issued(lake), {Role: "refresh", Issued: true}}
		return h
	}
	data := func(at, took time.Duration, status int) hops.Hop {
		h := hops.Hop{Time: begin.Add(at), Duration: took, From: hops.Frontend, To: hops.Backend, Kind: hops.KindData, Method: "GET",
			Path: "/api/forecasts/2026-q1", Status: status, Decision: hops.Accepted, Activity: "4ee2c847-6de3-429a-9298-2416149ae6d8",
			Tokens: []hops.Token{bearer}}
		if status >= 400 {
			h.Decision = hops.Refused
		}
		return h
	}
	control := func(at, took time.Duration, method, path string, status int) hops.Hop {
		return hops.Hop{Time: begin.Add(at), Duration: took, From: hops.Fabric, To: hops.Backend, Kind: hops.KindControl, Method: method,
			Path: path, Status: status, Decision: hops.Accepted, Activity: "e4c0c9c4-8ef4-4330-acde-d9727154e983",
			Tokens: []hops.Token{subject, application("app")}}
	}
	called := func(at, took time.Duration, to hops.Actor, path string, status int, tok hops.Token) hops.Hop {
		h := hops.Hop{Time: begin.Add(at), Duration: took, From: hops.Backend, To: to, Kind: hops.KindResource, Method: "GET", Path: path,
			Status: status, Decision: hops.Accepted, Tokens: []hops.Token{tok}}
		return h
	}
	consent := data(40*ms, 31*ms, 401)
	consent.Code, consent.Challenge = "AuthUIRequired AADSTS65001", true
	consent.Reason = "AADSTS65001: consent to Azure Storage is missing. Ask for it by acquireAccessToken with additionalScopesToConsent."
	claims := data(9300*ms, 18*ms, 401)
	claims.Code, claims.Challenge, claims.Reason = "AuthUIRequired AADSTS50076", true, "AADSTS50076: one more factor is needed."
	injected := refusedToken(9305*ms, 6*ms, "interaction_required AADSTS50076",
		"AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication. Trace ID: 77777777-2222-4333-8444-555555555555")
	injected.Injected = true
	late := data(12*time.Second, 2*ms, 401)
	late.Code, late.Reason, late.Tokens = "AuthError invalid_token", "The access token has expired.", []hops.Token{expired}
	outage := called(14030*ms, 3*ms, hops.OneLake, "/ws/forecast/Files/out.csv", 503, lake)
	outage.Decision, outage.Code, outage.Reason, outage.Injected = hops.Failed, "ServiceUnavailable", "OneLake is away.", true
	away := data(14*time.Second, 60*ms, 503)
	away.Decision, away.Code, away.Reason = hops.Failed, "ServiceUnavailable", "OneLake did not answer."
	poll := func(at time.Duration) hops.Hop { return control(at, 2*ms, "GET", jobPath, 200) }
	return []hops.Hop{
		{Time: begin, Duration: 1 * ms, From: hops.Frontend, To: hops.Portal, Kind: hops.KindPortal, Path: "acquireAADToken",
			About: "as " + hanna, Decision: hops.Accepted},
		{Time: begin.Add(20 * ms), Duration: ms, From: hops.Frontend, To: hops.Backend, Kind: hops.KindPreflight, Method: "OPTIONS",
			Path: "/api/forecasts/2026-q1", Status: 204, Decision: hops.Accepted},
		consent,
		{Time: begin.Add(42 * ms), Duration: 2 * ms, From: hops.Backend, To: hops.Entra, Kind: "keys", Method: "GET", Path: "/common/discovery/keys", Status: 200},
		refusedToken(48*ms, 12*ms, "invalid_grant AADSTS65001", "AADSTS65001: The user or administrator has not consented to use the application with ID '"+clientID+"'."),
		{Time: begin.Add(2100 * ms), Duration: 4 * ms, From: hops.Browser, To: hops.Entra, Kind: "authorize", Method: "GET",
			Path: "/" + tenantID + "/oauth2/v2.0/authorize", About: "page consent", Status: 200, Decision: "shown"},
		{Time: begin.Add(3900 * ms), Duration: 2 * ms, From: hops.Browser, To: hops.Entra, Kind: "answer", Method: "POST",
			Path: "/" + tenantID + "/answer", Status: 302, Decision: "redirected"},
		data(4000*ms, 58*ms, 200), issuedToken(4004*ms, 14*ms), called(4022*ms, 9*ms, hops.OneLake, "/ws/forecast/Files/out.csv", 200, lake),
		called(4034*ms, 11*ms, "pricing", "/prices?filter=eu", 200, user("bearer", "api://pricing.contoso.com", clientID, "Prices.Read", time.Hour)),
		control(6000*ms, 42*ms, "POST", itemPath, 200),
		called(6010*ms, 12*ms, hops.Fabric, "/v1/workload-control/workspaces/b0c7e2a4-5d13-4f6e-8a29-7c1d3e5f9b04/items/c2a5f1d0-7b3e-4c8a-9f16-0d4e2b8a6c71/resolvepermissions", 200, lake),
		control(6500*ms, 8*ms, "POST", jobPath, 202), poll(7000 * ms), poll(7500 * ms), poll(8000 * ms),
		claims, injected, late, away, issuedToken(14004*ms, 10*ms), outage,
	}
}
