package benchmarks

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"testing"

	"github.com/fabgen/fabgen/runtime/entratest"
)

const keysPath = "/common/discovery/keys"

// world is a local Entra with two tokens of one user, and what a validator must be told to accept them.
type world struct {
	entra    *entratest.Server
	keysURL  string
	issuer   string
	audience string
	key      *rsa.PublicKey
	tokens   [2]string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	entra := entratest.New(t)
	w := &world{entra: entra, keysURL: entra.URL + keysPath, audience: entra.Options.Audience,
		issuer: entra.V1Issuer() + "/" + entra.Options.UserTenantID + "/"}
	w.key = publishedKey(t, w)
	for i := range w.tokens {
		w.tokens[i] = entra.SubjectToken(usualClaims()...)
	}
	return w
}

// publishedKey is the local Entra's only key.
func publishedKey(t testing.TB, w *world) *rsa.PublicKey {
	t.Helper()
	resp, err := w.entra.Client().Get(w.keysURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var set struct {
		Keys [1]struct {
			Modulus  string `json:"n"`
			Exponent string `json:"e"`
		} `json:"keys"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		t.Fatal(err)
	}
	key := set.Keys[0]
	return &rsa.PublicKey{N: number(t, key.Modulus), E: int(number(t, key.Exponent).Int64())}
}

// usualClaims are the claims that Entra puts into a user's token besides those that the local one does, in their usual
// lengths: validators must read over them.
func usualClaims() []entratest.TokenOption {
	var options []entratest.TokenOption
	for name, value := range map[string]any{
		"acr": "1", "amr": []string{"pwd", "mfa"}, "appidacr": "0", "ipaddr": "203.0.113.7",
		"aio":         "AVQAq/8TAAAAexampleexampleexampleexampleexampleexampleexampleexampleexampleexampleexample=",
		"family_name": "User", "given_name": "Example", "unique_name": "user@example.com",
		"deviceid":    "5f0c7a52-7d0a-4f5e-9a47-0b8f4c1f6a10",
		"puid":        "1003200000000000",
		"rh":          "1.AXQAexampleexampleexampleexampleexampleexampleexampleexample.",
		"wids":        []string{"b79fbf4d-3ef9-4689-8143-76b194e85509", "62e90394-69f5-4237-9190-012177145e10"},
		"xms_idrel":   "1 32",
		"xms_sub_fct": "3 4",
	} {
		options = append(options, entratest.Claim(name, value))
	}
	return options
}

// number is an integer as a JWK writes it.
func number(t testing.TB, text string) *big.Int {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return new(big.Int).SetBytes(data)
}
