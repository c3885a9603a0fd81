package benchmarks

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/entratest"
)

// hostile is a token that Entra never makes: one that means nothing, one that two readers can take in two ways, or
// another spelling of a good one.
type hostile struct {
	name  string
	token string
}

func hostileTokens(t testing.TB, w *world) []hostile {
	t.Helper()
	token := w.entra.SubjectToken
	return []hostile{
		{"alg none", token(entratest.Unsigned())},
		{"HS256 with the public key", token(entratest.HS256(publicPEM(t, w)))},
		{"kid absent", token(entratest.NoHeader("kid"))},
		{"crit unknown", token(entratest.Header("crit", []string{"x"}), entratest.Header("x", 1))},
		{"aud twice", token(payload(prepend(`"aud":"somebody else"`)))},
		{"EXP for exp", token(payload(upperExp))},
		{"exp a string", token(entratest.Claim("exp", fmt.Sprint(time.Now().Add(time.Hour).Unix())))},
		{"tid not of iss", token(entratest.Claim("tid", entratest.DefaultTenantID))},
		{"data after payload", token(payload(func(s string) string { return s + "{}" }))},
		{"nesting of 9,000", token(payload(prepend(`"x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000))))},
		{"200 KB", token(entratest.Claim("x", strings.Repeat("x", 150_000)))},
		{"newline in signature", token(entratest.Serialized(func(s string) string {
			return s[:len(s)-20] + "\n" + s[len(s)-20:]
		}))},
		{"padding", token(entratest.Serialized(func(s string) string { return s + "==" }))},
		{"non-canonical tail", token(entratest.Serialized(nonCanonical))},
	}
}

var payload = entratest.PayloadText

func prepend(member string) func(string) string {
	return func(object string) string { return "{" + member + "," + object[1:] }
}

func upperExp(object string) string { return strings.Replace(object, `"exp":`, `"EXP":`, 1) }

// nonCanonical sets a bit of the last character that decoders drop: 256 bytes leave four of its six bits unused.
func nonCanonical(token string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := len(token) - 1
	return token[:last] + string(alphabet[strings.IndexByte(alphabet, token[last])|1])
}

func publicPEM(t testing.TB, w *world) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(w.key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// TestHostileTokens wants fabgen to refuse them all, and logs what the others do.
func TestHostileTokens(t *testing.T) {
	w := newWorld(t)
	judges := validators(t, w)
	var table strings.Builder
	row(&table, "", judges, func(c contender) string { return c.name })
	for _, h := range hostileTokens(t, w) {
		row(&table, h.name, judges, func(c contender) string {
			if _, err := c.validate(h.token); err != nil {
				return "-"
			}
			if c.name == "fabgen" {
				t.Errorf("fabgen accepts: %s", h.name)
			}
			return "accepts"
		})
	}
	t.Log(table.String())
}

func row(table *strings.Builder, title string, judges []contender, cell func(contender) string) {
	fmt.Fprintf(table, "\n%-26s", title)
	for _, c := range judges {
		fmt.Fprintf(table, "%-12s", cell(c))
	}
}
