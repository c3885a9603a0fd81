// Package auth is the door of a Microsoft Fabric workload's back-end: it validates the tokens that come in, and
// exchanges them for the tokens that go out.
//
// # Flows
//
// A workload meets tokens in five places. Each has one call here:
//
//   - A. The front-end calls the workload's own API with a Bearer token: [Authenticator.DataPlane].
//   - B. Fabric calls the Workload REST contract with two tokens in one header: [Authenticator.ControlPlane].
//   - C. The workload calls Fabric's workload control, again with two: [Authenticator.SubjectAndAppHeader].
//   - D. The workload calls Fabric's other APIs for the user: [Authenticator.Client] with [Fabric].
//   - E. The workload calls another service, for the user or as itself: [Authenticator.Client] with a [Resource].
//
// # Start
//
//	a, err := auth.New(auth.Settings{
//		TenantID:   "…", // the publisher tenant
//		ClientID:   "…", // the application
//		Audience:   "api://localdevinstance/…/Org.Forecast",
//		Credential: auth.SecretFile("/run/secrets/fabric"),
//	})
//	…
//	mux.Handle("GET /api/forecasts", a.DataPlane("Forecast.Read.All")(forecasts))
//
// Behind the middleware, [CallerFrom] tells who calls, and a client made once with Client carries the right token on
// each request, by the caller in that request's context. Where something fails, [ErrorFor] makes any error of this
// package into the answer on which the front-end asks for consent or for a second factor and tries once more.
//
// # What is refused
//
// Everything that is not exactly what Entra and Fabric send: see [Reason]. Tokens are decoded strictly before
// golang-jwt verifies their RS256 signature: no duplicate members, no second spelling of the same token, no algorithm
// but RS256, no key that the token brings along. Issuer and tenant must agree, the audience must be this workload,
// times may be off by [Settings].ClockSkew. The control plane's two tokens must belong together. A [ValidationError]
// tells the log what was found, what is right and what to do; the caller learns what RFC 6750 asks for.
//
// # Keys
//
// Entra's keys come from {Authority}/common/.well-known/openid-configuration, are renewed hourly in the background, and
// at most once an interval when a token names a key that is not known. They serve for a day while Entra is away.
// [Authenticator.Ready] and [Authenticator.KeyStatus] tell how they are.
//
// # Tokens and secrets
//
// Nothing of this package prints a token, a secret or a claims challenge: [Sensitive], [Caller], [Claims], [Credential],
// [EncryptionKey] and [SubjectAndApp] print what is fit for a log, and errors hold none. Exchanged tokens are kept apart
// by tenant, user's token, resource, scopes and claims, in bounded memory and, where [Settings].TokenCache is set,
// encrypted in a place that all replicas share, such as Redis (package rediscache). Validated tokens are remembered by
// their SHA-256, not by their text.
//
// # Jobs
//
// A user's token lives for about an hour. Work that may take longer begins with [Authenticator.LongRunning], is taken
// up elsewhere with [Authenticator.Resume], and ends with [Authenticator.EndLongRunning].
//
// # Traces and metrics
//
// Where [Settings] name OpenTelemetry's providers, each exchange and each fetch of keys is a span, and these are counted:
//
//   - fabgen.auth.calls: calls at the door, by plane and outcome (ok, or a [Reason])
//   - fabgen.auth.tokens: tokens for resources, by resource, as (user, app) and source (memory, shared, entra)
//   - fabgen.auth.exchange.duration: exchanges in seconds, by resource, as and outcome (ok, or a [Kind])
//   - fabgen.auth.key_fetches: by outcome (ok, error)
//   - fabgen.auth.shared_cache_calls: by operation (get, set, delete) and outcome (ok, error)
//
// No attribute holds a token, a user or a claims challenge; a span of an exchange names the tenant.
//
// # Concurrency
//
// An [Authenticator] and everything made from it is safe for concurrent use. There is nothing to close: what runs in
// the background ends by itself within [Settings].ExchangeTimeout.
//
// # Tests
//
// Package entratest is a local Entra for tests of a workload: real tokens over real TLS.
package auth
