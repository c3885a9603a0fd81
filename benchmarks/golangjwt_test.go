package benchmarks

import (
	"testing"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// golangClaims are a struct since decoding into one is faster than into a map.
type golangClaims struct {
	jwt.RegisteredClaims
	user
}

// golangJWT is golang-jwt with every check that it has a switch for and a token of Entra stands.
func golangJWT(t testing.TB, w *world) func(string) (user, error) {
	t.Helper()
	keys, err := keyfunc.NewDefaultOverrideCtx(t.Context(), []string{w.keysURL},
		keyfunc.Override{Client: w.entra.Client()})
	if err != nil {
		t.Fatal(err)
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithAudience(w.audience),
		jwt.WithIssuer(w.issuer), jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithStrictDecoding())
	return func(token string) (user, error) {
		var claims golangClaims
		if _, err := parser.ParseWithClaims(token, &claims, keys.Keyfunc); err != nil {
			return user{}, err
		}
		return claims.user, nil
	}
}
