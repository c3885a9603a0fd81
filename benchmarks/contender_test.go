package benchmarks

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/entratest"
)

// contender is a way to validate a token.
type contender struct {
	name     string
	validate func(token string) (user, error)
}

// user is what a workload wants to know from a token. Every contender must tell it, so that none gets by without
// reading the payload.
type user struct {
	Tenant string `json:"tid"`
	Object string `json:"oid"`
	App    string `json:"appid"`
	Scopes string `json:"scp"`
}

// validators are the contenders that decide on a token; none of them remembers one.
func validators(t testing.TB, w *world) []contender {
	t.Helper()
	return []contender{
		{"fabgen", fabgen(t, w, 1)},
		{"golang-jwt", golangJWT(t, w)},
		{"go-oidc", goOIDC(t, w)},
		{"jwx", jwxToken(t, w)},
		{"jwx-struct", jwxStruct(t, w)},
	}
}

// contenders are the validators with the two that they are measured by, the floor first.
func contenders(t testing.TB, w *world) []contender {
	t.Helper()
	const usual = 0
	return append([]contender{
		{"floor", floor(w.key)},
		{"fabgen-again", fabgen(t, w, usual)},
	}, validators(t, w)...)
}

func TestGoodTokensAreAccepted(t *testing.T) {
	w := newWorld(t)
	options := w.entra.Options
	for _, c := range contenders(t, w) {
		for range 2 {
			for i, token := range w.tokens {
				found, err := c.validate(token)
				if err != nil {
					t.Fatalf("%s, token %d: %v", c.name, i, err)
				}
				if c.name != "floor" && (found.Tenant != options.UserTenantID || found.Object != options.UserID ||
					found.App == "" || found.Scopes == "") {
					t.Errorf("%s, token %d: the user is %+v", c.name, i, found)
				}
			}
		}
	}
}

// TestPlainlyWrongTokensAreRefused shows that every validator is set up to check what the documentation here says.
func TestPlainlyWrongTokensAreRefused(t *testing.T) {
	w := newWorld(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	wrong := map[string]string{
		"another key":      w.entra.SubjectToken(entratest.SignedBy(stranger)),
		"expired":          w.entra.SubjectToken(entratest.Expires(-time.Hour)),
		"exp absent":       w.entra.SubjectToken(entratest.NoClaim("exp")),
		"not yet valid":    w.entra.SubjectToken(entratest.Claim("nbf", time.Now().Add(10*time.Minute).Unix())),
		"another audience": w.entra.SubjectToken(entratest.Audience("https://graph.microsoft.com")),
		"another issuer":   w.entra.SubjectToken(entratest.Tenant(entratest.DefaultTenantID), entratest.Claim("iss", "x")),
	}
	for _, c := range validators(t, w) {
		for name, token := range wrong {
			if _, err := c.validate(token); err == nil {
				t.Errorf("%s accepts: %s", c.name, name)
			}
		}
	}
}

// TestTokensHaveTheUsualSize keeps the documented size true.
func TestTokensHaveTheUsualSize(t *testing.T) {
	for _, token := range newWorld(t).tokens {
		if kilobytes := fmt.Sprintf("%.1f", float64(len(token))/1000); kilobytes != "1.9" {
			t.Errorf("the token has %d bytes, want 1.9 KB", len(token))
		}
	}
}
