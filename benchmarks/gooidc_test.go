package benchmarks

import (
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
)

// goOIDC verifies the token as if it were an ID token for the workload, which is how go-oidc is used for access tokens
// that are JWTs.
func goOIDC(t testing.TB, w *world) func(string) (user, error) {
	t.Helper()
	ctx := oidc.ClientContext(t.Context(), w.entra.Client())
	verifier := oidc.NewVerifier(w.issuer, oidc.NewRemoteKeySet(ctx, w.keysURL), &oidc.Config{
		ClientID: w.audience, SupportedSigningAlgs: []string{oidc.RS256}})
	return func(token string) (user, error) {
		verified, err := verifier.Verify(ctx, token)
		if err != nil {
			return user{}, err
		}
		var claims user
		return claims, verified.Claims(&claims)
	}
}
