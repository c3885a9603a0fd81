// Package benchmarks measures what the runtime's door costs beside other validators of the same tokens, and which
// hostile tokens each of them lets in. It is a module of its own, so that what it compares with is none of fabgen's
// dependencies.
//
//	cd benchmarks && go test -bench . -benchtime 200x   # the times
//	cd benchmarks && go test -v -run Hostile            # who accepts which hostile token
//
// Every contender gets its keys from the same local Entra over TLS, validates the same two tokens in turn (v1.0, RS256
// with 2048 bits, 1.9 KB), checks at least algorithm, signature, expiry, audience and issuer, and says whose token it
// is. The others are set up as their documentation advises, with one tenant's issuer; fabgen takes any tenant's whose
// tid goes with it. None of them may remember a token, except fabgen-again, which shows what remembering is worth:
//
//	floor         what any of them must do at least: decode the signature, SHA-256, RSA
//	fabgen        runtime/auth with a cache of one token, which two tokens in turn never hit
//	fabgen-again  runtime/auth with its usual cache
//	golang-jwt    golang-jwt/jwt v5 with keyfunc v3, into a struct
//	go-oidc       coreos/go-oidc v3 with its remote key set
//	jwx           lestrrat-go/jwx v3: jwt.Parse with a cached key set
//	jwx-struct    lestrrat-go/jwx v3 as its documentation advises for speed: jws.Verify, then a plain struct
//
// # Reading the numbers
//
// Each iteration is a round in which every contender has 20 calls, and each round begins with another contender, so
// that a machine that is slow for a while is slow for all of them. A contender's time is the median over the rounds.
// For NAME, ns/op-NAME is the time of a call, x-NAME that time in floors, and allocs/op-NAME the allocations of a call,
// counted apart from the time. Compare times of one run only. The cost of collecting garbage falls on whoever is
// running by then, so it is spread over all contenders; it favours those that allocate much.
//
// The tag jwx_goccy makes jwx use the JSON decoder that its documentation names as the faster one.
package benchmarks
