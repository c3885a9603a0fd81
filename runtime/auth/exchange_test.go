package auth_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

var (
	graph = auth.Resource{Name: "graph", URI: "https://graph.microsoft.com", Scopes: []string{"User.Read"}}
	app   = auth.Resource{Name: "pricing", URI: "api://pricing.contoso.com", As: auth.AsApp}
)

func wantKind(t testing.TB, err error, want auth.Kind) *auth.ExchangeError {
	t.Helper()
	var failure *auth.ExchangeError
	if !errors.As(err, &failure) {
		t.Fatalf("err = %v, want an ExchangeError with %s", err, want)
	}
	if failure.Kind != want {
		t.Fatalf("kind = %s (%v), want %s", failure.Kind, err, want)
	}
	return failure
}

// verified is what the local Entra says about a token that it issued.
func (w *world) verified(t testing.TB, ctx context.Context, r auth.Resource) *entratest.Token {
	t.Helper()
	token, err := w.auth.Token(ctx, r)
	if err != nil {
		t.Fatalf("Token: %v", err)
	}
	out, err := w.entra.VerifyFor(string(token.Value), r.URI)
	if err != nil {
		t.Fatal(err)
	}
	if d := token.Expiry.Sub(w.entra.Options.Now()); d < 50*time.Minute || d > 61*time.Minute {
		t.Errorf("expiry in %s, want about an hour", d)
	}
	return out
}

func TestTokenOnBehalfOfTheUser(t *testing.T) {
	for name, options := range map[string][]entratest.TokenOption{"v1": nil, "v2": {entratest.V2()}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ctx := w.as(t, options...)
			token := w.verified(t, ctx, storage)
			if token.IsApp || token.ObjectID != entratest.DefaultUserID ||
				token.TenantID != entratest.DefaultUserTenantID ||
				strings.Join(token.Scopes, " ") != "user_impersonation" || token.AppID != entratest.DefaultClientID {
				t.Errorf("token = %+v", token)
			}
			w.verified(t, ctx, storage)
			if c := w.entra.Counts(); c.OnBehalfOf != 1 || c.Discovery != 1 {
				t.Errorf("counts = %+v, want one exchange and no discovery besides the keys'", c)
			}
		})
	}
}

func TestTokenAsTheApp(t *testing.T) {
	w := newWorld(t)
	token := w.verified(t, t.Context(), app) // without any caller
	if !token.IsApp || token.TenantID != entratest.DefaultTenantID || len(token.Scopes) != 0 {
		t.Errorf("token = %+v", token)
	}
	w.verified(t, w.as(t), app)
	if c := w.entra.Counts(); c.ClientCredentials != 1 || c.OnBehalfOf != 0 {
		t.Errorf("counts = %+v, want one exchange for all callers", c)
	}
}

func TestSubjectAndAppHeader(t *testing.T) {
	w := newWorld(t)
	value, err := w.auth.SubjectAndAppHeader(w.as(t))
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := auth.ParseSubjectAndApp(authorization(value))
	if err != nil {
		t.Fatal(err)
	}
	subject, err1 := w.entra.VerifyFor(tokens.Subject, auth.FabricURI, "user_impersonation")
	application, err2 := w.entra.VerifyFor(tokens.App, auth.FabricURI)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if subject.IsApp || !application.IsApp || application.TenantID != entratest.DefaultTenantID {
		t.Errorf("subject = %+v, app = %+v", subject, application)
	}
	if _, err := w.auth.SubjectAndAppHeader(t.Context()); !errors.Is(err, auth.ErrNoSubject) {
		t.Errorf("err = %v, want ErrNoSubject", err)
	}
}

func TestTokensAreKeptApart(t *testing.T) {
	w := newWorld(t)
	const otherUser, otherTenant = "11111111-2222-4333-8444-555555555555", "66666666-7777-4888-8999-aaaaaaaaaaaa"
	wide := storage
	wide.Scopes = []string{"user_impersonation", "more"}
	seen := map[string]string{}
	first := w.as(t)
	for name, ask := range map[string]struct {
		ctx context.Context
		r   auth.Resource
	}{
		"the user":        {first, storage},
		"another user":    {w.as(t, entratest.User(otherUser)), storage},
		"another tenant":  {w.as(t, entratest.Tenant(otherTenant)), storage},
		"another token":   {w.as(t), storage},
		"another API":     {first, graph},
		"more scopes":     {first, wide},
		"the application": {first, auth.Resource{URI: storage.URI, As: auth.AsApp}},
	} {
		token, err := w.auth.Token(ask.ctx, ask.r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if other := seen[string(token.Value)]; other != "" {
			t.Errorf("%s got the token of %s", name, other)
		}
		seen[string(token.Value)] = name
	}
}

func TestIdenticalExchangesShareOne(t *testing.T) {
	w := newWorld(t)
	w.entra.SetLatency(100 * time.Millisecond)
	ctx := w.as(t)
	var group sync.WaitGroup
	var failed atomic.Int32
	for range 100 {
		group.Go(func() {
			if _, err := w.auth.Token(ctx, storage); err != nil {
				failed.Add(1)
			}
		})
	}
	group.Wait()
	if c := w.entra.Counts(); c.Token != 1 || failed.Load() != 0 {
		t.Errorf("%d requests and %d failures for 100 identical exchanges, want 1 and 0", c.Token, failed.Load())
	}
}

func TestCancelledCallerDoesNotCancelTheExchange(t *testing.T) {
	w := newWorld(t)
	w.entra.SetLatency(200 * time.Millisecond)
	ctx := w.as(t)
	first, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := w.auth.Token(ctx, storage); err != nil {
			t.Errorf("the second caller: %v", err)
		}
	})
	_, err := w.auth.Token(first, storage)
	if wantKind(t, err, auth.Unavailable); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, want the caller's own deadline", err)
	}
	group.Wait()
	if c := w.entra.Counts(); c.Token != 1 {
		t.Errorf("%d requests, want 1", c.Token)
	}
}

func TestNoSubject(t *testing.T) {
	w := newWorld(t)
	for name, ctx := range map[string]context.Context{
		"no caller":             t.Context(),
		"a caller without user": auth.WithCaller(t.Context(), &auth.Caller{TenantID: entratest.DefaultTenantID}),
		"a nil caller":          auth.WithCaller(t.Context(), nil),
	} {
		if _, err := w.auth.Token(ctx, storage); !errors.Is(err, auth.ErrNoSubject) {
			t.Errorf("%s: err = %v, want ErrNoSubject", name, err)
		}
		if _, err := w.auth.LongRunning(ctx, storage); !errors.Is(err, auth.ErrNoSubject) {
			t.Errorf("%s: LongRunning: err = %v, want ErrNoSubject", name, err)
		}
	}
	if n := w.entra.Counts().Token; n != 0 {
		t.Errorf("%d requests, want none", n)
	}
}

func TestBadResources(t *testing.T) {
	w := newWorld(t)
	for name, r := range map[string]auth.Resource{
		"no URI":                      {Name: "x"},
		"a URI with a space":          {URI: "https://a b"},
		"an empty scope":              {URI: "https://a", Scopes: []string{""}},
		"two scopes in one":           {URI: "https://a", Scopes: []string{"b https://c/d"}},
		"a scope of another":          {URI: "https://a", Scopes: []string{"https://c/d"}},
		"a scope that looks the same": {URI: "https://a", Scopes: []string{"https://a.evil/d"}},
	} {
		if _, err := w.auth.Token(w.as(t), r); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestExchangeErrors(t *testing.T) {
	const claims = `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`
	fail := func(status int, body string) func(*entratest.Server) {
		return func(s *entratest.Server) {
			for range 3 {
				s.FailToken(status, body)
			}
		}
	}
	for name, c := range map[string]struct {
		script func(*entratest.Server)
		want   auth.ExchangeError
	}{
		"consent": {func(s *entratest.Server) { s.SetConsent(storage.URI, false) },
			auth.ExchangeError{Kind: auth.ConsentRequired, Code: "AADSTS65001", OAuthError: "invalid_grant",
				Status: 400}},
		"claims": {func(s *entratest.Server) { s.RequireClaims(storage.URI, claims) },
			auth.ExchangeError{Kind: auth.ClaimsChallenge, Code: "AADSTS50076", OAuthError: "interaction_required",
				Status: 400, Claims: claims}},
		"declined": {func(s *entratest.Server) { s.SetDeclined(storage.URI, true) },
			auth.ExchangeError{Kind: auth.Declined, Code: "AADSTS650052", OAuthError: "invalid_client", Status: 400}},
		"secret expired": {func(s *entratest.Server) { s.ExpireSecret(true) },
			auth.ExchangeError{Kind: auth.Misconfigured, Code: "AADSTS7000222", OAuthError: "invalid_client",
				Status: 401}},
		"user declined": {fail(400, `{"error":"access_denied","error_description":"AADSTS65004: declined"}`),
			auth.ExchangeError{Kind: auth.Declined, Code: "AADSTS65004", OAuthError: "access_denied", Status: 400}},
		"53003 without claims": {fail(400, `{"error":"invalid_grant","error_codes":[53003]}`),
			auth.ExchangeError{Kind: auth.ClaimsChallenge, Code: "AADSTS53003", OAuthError: "invalid_grant",
				Status: 400}},
		"claims that are no JSON": {fail(400, `{"error":"interaction_required","claims":"x\"\r\ny"}`),
			auth.ExchangeError{Kind: auth.ClaimsChallenge, OAuthError: "interaction_required", Status: 400}},
		"claims that are no object": {fail(400, `{"error":"interaction_required","error_codes":[50076],"claims":"1"}`),
			auth.ExchangeError{Kind: auth.ClaimsChallenge, Code: "AADSTS50076", OAuthError: "interaction_required",
				Status: 400}},
		"suberror alone": {fail(400, `{"error":"invalid_grant","suberror":"consent_required"}`),
			auth.ExchangeError{Kind: auth.ConsentRequired, OAuthError: "invalid_grant", Status: 400}},
		"assertion revoked": {fail(400, `{"error":"invalid_grant","error_codes":[50173]}`),
			auth.ExchangeError{Kind: auth.AssertionRejected, Code: "AADSTS50173", OAuthError: "invalid_grant",
				Status: 400}},
		"unknown invalid_grant": {fail(400, `{"error":"invalid_grant"}`),
			auth.ExchangeError{Kind: auth.AssertionRejected, OAuthError: "invalid_grant", Status: 400}},
		"invalid_client alone": {fail(401, `{"error":"invalid_client"}`),
			auth.ExchangeError{Kind: auth.Misconfigured, OAuthError: "invalid_client", Status: 401}},
		"invalid_scope": {fail(400, `{"error":"invalid_scope","error_codes":[70011]}`),
			auth.ExchangeError{Kind: auth.Misconfigured, Code: "AADSTS70011", OAuthError: "invalid_scope",
				Status: 400}},
		"an error that is no word": {fail(400, `{"error":"<script>\n"}`),
			auth.ExchangeError{Kind: auth.Misconfigured, OAuthError: "unknown_error", Status: 400}},
		"an empty 400":  {fail(400, ``), auth.ExchangeError{Kind: auth.Misconfigured, Status: 400}},
		"a page":        {fail(500, `<html>`), auth.ExchangeError{Kind: auth.Unavailable, Status: 500}},
		"a redirect":    {fail(302, ``), auth.ExchangeError{Kind: auth.Unavailable, Status: 302}},
		"200, no token": {fail(200, `{}`), auth.ExchangeError{Kind: auth.Unavailable, Status: 200}},
		"200, not JSON": {fail(200, `access_token=x`), auth.ExchangeError{Kind: auth.Unavailable, Status: 200}},
		"200, an error": {fail(200, `{"error":"x","expires_in":3600}`), auth.ExchangeError{Kind: auth.Unavailable,
			Status: 200, OAuthError: "x"}},
		"200, short": {fail(200, `{"access_token":"x","token_type":"Bearer","expires_in":10}`),
			auth.ExchangeError{Kind: auth.Unavailable, Status: 200}},
		"200, endless": {fail(200, strings.Repeat(" ", 256<<10+1)), auth.ExchangeError{Kind: auth.Unavailable,
			Status: 200}},
		"200, fewer scopes": {fail(200, `{"access_token":"x","token_type":"Bearer","expires_in":3600,"scope":"openid"}`),
			auth.ExchangeError{Kind: auth.Unavailable, Status: 200}},
		"outage": {func(s *entratest.Server) { s.SetOutage(true) }, auth.ExchangeError{Kind: auth.Unavailable,
			Status: 503}},
		"throttled": {func(s *entratest.Server) { s.Throttle(9, 0) }, auth.ExchangeError{Kind: auth.Throttled,
			Status: 429, Code: "AADSTS90055", OAuthError: "temporarily_unavailable"}},
		"throttled long": {func(s *entratest.Server) { s.Throttle(9, time.Minute) },
			auth.ExchangeError{Kind: auth.Throttled, Status: 429, RetryAfter: time.Minute, Code: "AADSTS90055",
				OAuthError: "temporarily_unavailable"}},
		"gone": {func(s *entratest.Server) { s.Close() }, auth.ExchangeError{Kind: auth.Unavailable}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ctx := w.as(t)
			c.script(w.entra)
			_, err := w.auth.Token(ctx, storage)
			got := wantKind(t, err, c.want.Kind)
			if got.Code != c.want.Code || got.OAuthError != c.want.OAuthError || got.Status != c.want.Status ||
				got.Claims != c.want.Claims || got.RetryAfter != c.want.RetryAfter {
				t.Errorf("error = %+v claims %q retry %s\nwant    %+v", got, string(got.Claims), got.RetryAfter, c.want)
			}
			if got.Resource != "onelake" || len(got.Scopes) != 1 ||
				got.Scopes[0] != "https://storage.azure.com/user_impersonation" {
				t.Errorf("resource %q, scopes %q", got.Resource, got.Scopes)
			}
			if want := w.entra.URL + "/" + entratest.DefaultUserTenantID + "/adminconsent?client_id=" +
				entratest.DefaultClientID; got.AdminConsentURL != want {
				t.Errorf("admin consent at %s, want %s", got.AdminConsentURL, want)
			}
		})
	}
}

func TestConsentThenToken(t *testing.T) {
	w := newWorld(t)
	w.entra.SetConsent(storage.URI, false)
	ctx := w.as(t)
	_, err := w.auth.Token(ctx, storage)
	wantKind(t, err, auth.ConsentRequired)
	w.entra.SetConsent(storage.URI, true)
	w.verified(t, ctx, storage) // at once: consent is not remembered as missing
}

func TestClaimsThenToken(t *testing.T) {
	w := newWorld(t)
	w.entra.RequireClaims(storage.URI, `{"access_token":{"acrs":{"value":"c1"}}}`)
	_, err := w.auth.Token(w.as(t), storage)
	wantKind(t, err, auth.ClaimsChallenge)
	w.verified(t, w.as(t, entratest.ClaimsSatisfied()), storage)
}

func TestRetries(t *testing.T) {
	var waits []time.Duration
	w := newWorld(t, func(s *auth.Settings) {
		s.Sleep = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	})
	w.entra.Throttle(1, 3*time.Second)
	w.entra.FailToken(503, "")
	w.verified(t, w.as(t), storage)
	if len(waits) != 2 || waits[0] != 3*time.Second || waits[1] < 500*time.Millisecond ||
		waits[1] > 750*time.Millisecond {
		t.Errorf("waits = %v, want Retry-After and then a back-off of half a second and a bit", waits)
	}
	if n := w.entra.Counts().Token; n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

func TestThrottledEntraIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	ctx := w.as(t)
	w.entra.Throttle(1, time.Minute)
	for range 10 {
		_, err := w.auth.Token(ctx, storage)
		if failure := wantKind(t, err, auth.Throttled); failure.RetryAfter <= 50*time.Second ||
			failure.RetryAfter > time.Minute {
			t.Errorf("retry after %s", failure.RetryAfter)
		}
	}
	if n := w.entra.Counts().Token; n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	w.clock.Advance(61 * time.Second)
	w.verified(t, ctx, storage)
}

func TestCachedTokensServeDuringAnOutage(t *testing.T) {
	w := newWorld(t)
	ctx := w.as(t)
	first, err := w.auth.Token(ctx, storage)
	if err != nil {
		t.Fatal(err)
	}
	w.entra.SetOutage(true)
	for range 58 {
		w.clock.Advance(time.Minute)
		token, err := w.auth.Token(ctx, storage)
		if err != nil || token.Value != first.Value {
			t.Fatalf("err = %v during the outage", err)
		}
	}
	w.clock.Advance(100 * time.Second)
	_, err = w.auth.Token(ctx, storage)
	wantKind(t, err, auth.Unavailable)
}

func TestTokensAreRenewedInTheBackground(t *testing.T) {
	w := newWorld(t)
	ctx := w.as(t)
	first, err := w.auth.Token(ctx, app)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(56 * time.Minute)
	deadline := time.Now().Add(10 * time.Second)
	for {
		token, err := w.auth.Token(ctx, app)
		if err != nil {
			t.Fatal(err)
		}
		if token.Value != first.Value {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the token was not renewed")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if n := w.entra.Counts().Token; n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestExpiredAssertion(t *testing.T) {
	w := newWorld(t)
	ctx := w.as(t, entratest.Expires(5*time.Minute))
	w.verified(t, ctx, storage)
	w.clock.Advance(7 * time.Minute)
	_, err := w.auth.Token(ctx, storage) // though the token for storage lives on
	wantReason(t, err, auth.Expired)
}

func TestLongRunning(t *testing.T) {
	w := newWorld(t)
	ctx := w.as(t, entratest.Expires(5*time.Minute))
	ctx, err := w.auth.LongRunning(ctx, storage)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.auth.LongRunning(ctx, graph); err != nil || again != ctx {
		t.Errorf("LongRunning again: %v", err)
	}
	w.clock.Advance(7 * time.Minute)
	w.verified(t, ctx, storage)
	for _, r := range []auth.Resource{graph, auth.Fabric()} {
		token := w.verified(t, ctx, r)
		if token.ObjectID != entratest.DefaultUserID {
			t.Errorf("%s: token = %+v", r.Name, token)
		}
	}
	if c := w.entra.Counts(); c.Refresh != 2 || c.OnBehalfOf != 1 {
		t.Errorf("counts = %+v, want one exchange and two refreshes", c)
	}
	w.clock.Advance(2 * time.Hour)
	w.entra.RevokeRefreshTokens()
	_, err = w.auth.Token(ctx, app)
	if err != nil {
		t.Error(err)
	}
	_, err = w.auth.Token(ctx, auth.Resource{URI: "https://vault.azure.net"})
	wantKind(t, err, auth.AssertionRejected)
}

func TestLongRunningPrimesThoughATokenIsCached(t *testing.T) {
	w := newWorld(t)
	ctx := w.as(t, entratest.Expires(5*time.Minute))
	w.verified(t, ctx, storage)
	ctx, err := w.auth.LongRunning(ctx, storage)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(7 * time.Minute)
	w.verified(t, ctx, graph)
}

func TestLongRunningTellsMissingConsent(t *testing.T) {
	w := newWorld(t)
	w.entra.SetConsent(storage.URI, false)
	_, err := w.auth.LongRunning(w.as(t), storage)
	wantKind(t, err, auth.ConsentRequired)
	if _, err := w.auth.LongRunning(t.Context(), app); err != nil {
		t.Errorf("as the app: %v", err)
	}
	if _, err := w.auth.LongRunning(t.Context(), auth.Resource{}); err == nil {
		t.Error("a resource without a URI was taken")
	}
}

func TestASessionBelongsToItsCaller(t *testing.T) {
	w := newWorld(t)
	ctx, err := w.auth.LongRunning(w.as(t), storage)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := auth.CallerFrom(w.as(t, entratest.User("11111111-2222-4333-8444-555555555555")))
	token := w.verified(t, auth.WithCaller(ctx, other), storage)
	if token.ObjectID != other.ObjectID {
		t.Errorf("token of %s for %s", token.ObjectID, other.ObjectID)
	}
}

func TestTokenCacheIsBounded(t *testing.T) {
	w := newWorld(t, func(s *auth.Settings) { s.TokenCacheSize = 2 })
	a, b, c := w.as(t), w.as(t), w.as(t)
	for _, ctx := range []context.Context{a, b, a, c, a} {
		w.verified(t, ctx, storage)
	}
	if n := w.entra.Counts().Token; n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
	w.verified(t, b, storage) // was used longest ago
	if n := w.entra.Counts().Token; n != 4 {
		t.Errorf("%d requests, want 4", n)
	}
}

func TestRoundTripperThatPanics(t *testing.T) {
	w := newWorld(t)
	ctx := w.as(t)
	caller, _ := auth.CallerFrom(ctx)
	broken := w.another(t, func(s *auth.Settings) {
		s.HTTPClient = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response,
			error) {
			panic("secret")
		})}
	})
	_, err := broken.Token(auth.WithCaller(ctx, caller), storage)
	if wantKind(t, err, auth.Unavailable); strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
