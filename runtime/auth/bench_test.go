package auth_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// BenchmarkValidate compares a validation with the bare signature check of the same token.
func BenchmarkValidate(b *testing.B) {
	w := newWorld(b)
	token := w.entra.SubjectToken(entratest.Claim("wids", strings.Repeat("x", 700)))
	b.Run("rsa", func(b *testing.B) {
		key := &rsa.PublicKey{N: new(big.Int).SetBytes(jwksKey(b, w.entra).modulus), E: 65537}
		dot := strings.LastIndexByte(token, '.')
		for b.Loop() {
			sum := sha256.Sum256([]byte(token[:dot]))
			signature, _ := base64.RawURLEncoding.DecodeString(token[dot+1:])
			if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("first", func(b *testing.B) {
		a := w.another(b, func(s *auth.Settings) { s.ValidatedCacheSize = 1 })
		tokens := []string{token, w.entra.SubjectToken(entratest.Claim("wids", strings.Repeat("x", 700)))}
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			if _, err := a.ValidateSubject(context.Background(), tokens[i%2]); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
	b.Run("repeated", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := w.auth.ValidateSubject(context.Background(), token); err != nil {
				b.Fatal(err)
			}
		}
	})
}

type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header       { return n.header }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}

func BenchmarkControlPlane(b *testing.B) {
	w := newWorld(b)
	r, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://x/workload/", nil)
	r.Header.Set("Authorization", w.entra.Authorization())
	r.Header.Set("x-ms-client-tenant-id", entratest.DefaultUserTenantID)
	reached := 0
	handler := w.auth.ControlPlane(auth.ControlPlaneRules{})(http.HandlerFunc(func(http.ResponseWriter,
		*http.Request) {
		reached++
	}))
	b.ReportAllocs()
	calls := 0
	for b.Loop() {
		handler.ServeHTTP(nowhere{http.Header{}}, r)
		calls++
	}
	if reached != calls {
		b.Fatalf("%d of %d calls came through", reached, calls)
	}
}

// BenchmarkTokenFromCache shows that many users do not slow one another.
func BenchmarkTokenFromCache(b *testing.B) {
	for _, users := range []int{1, 200} {
		w := newWorld(b)
		contexts := make([]context.Context, users)
		for i := range contexts {
			contexts[i] = w.as(b)
			if _, err := w.auth.Token(contexts[i], storage); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, err := w.auth.Token(contexts[i%users], storage); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}
