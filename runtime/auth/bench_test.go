package auth_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// contender is one of the things that a benchmark compares.
type contender struct {
	name    string
	prepare func() // what run needs and others have done by then; not timed
	run     func()
	took    []time.Duration
}

// compare runs all in turn, again and again, so that whatever else the machine does falls on all alike, and reports
// the median of each and its ratio to the first one.
func compare(b *testing.B, calls int, all ...*contender) {
	b.Helper()
	for b.Loop() {
		for _, c := range all {
			if c.prepare != nil {
				c.prepare()
			}
			began := time.Now()
			for range calls {
				c.run()
			}
			c.took = append(c.took, time.Since(began)/time.Duration(calls))
		}
	}
	floor := median(all[0].took)
	for _, c := range all {
		took := median(c.took)
		b.ReportMetric(float64(took.Nanoseconds()), c.name+"-ns")
		b.ReportMetric(float64(took)/float64(floor), c.name+"-ratio")
		b.ReportMetric(testing.AllocsPerRun(10, c.run), c.name+"-allocs")
	}
	b.ReportMetric(0, "ns/op") // of all together: says nothing
}

func median(of []time.Duration) time.Duration {
	slices.Sort(of)
	return of[len(of)/2]
}

// BenchmarkDoor compares what the door costs with the bare signature check of the same token, which nobody can do
// without: the first validation of a token, the same token again, and the whole control-plane middleware on two tokens
// that were seen before.
func BenchmarkDoor(b *testing.B) {
	w := newWorld(b)
	padding := entratest.Claim("wids", strings.Repeat("x", 700)) // as long as Entra's own
	tokens := []string{w.entra.SubjectToken(padding), w.entra.SubjectToken(padding)}
	forgetful := w.another(b, func(s *auth.Settings) { s.ValidatedCacheSize = 1 })
	validate := func(a *auth.Authenticator, token string) {
		if _, err := a.ValidateSubject(context.Background(), token); err != nil {
			b.Fatal(err)
		}
	}
	turn := 0
	compare(b, 20,
		&contender{name: "rsa", run: bareCheck(b, w.entra, tokens[0])},
		&contender{name: "first", run: func() { turn++; validate(forgetful, tokens[turn%2]) }},
		&contender{name: "repeated", run: func() { validate(w.auth, tokens[0]) }},
		&contender{name: "controlplane", run: controlPlaneCall(b, w)},
	)
}

// bareCheck verifies the signature and nothing else.
func bareCheck(b *testing.B, entra *entratest.Server, token string) func() {
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(jwksKey(b, entra).modulus), E: 65537}
	dot := strings.LastIndexByte(token, '.')
	return func() {
		sum := sha256.Sum256([]byte(token[:dot]))
		signature, _ := base64.RawURLEncoding.DecodeString(token[dot+1:])
		if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature); err != nil {
			b.Fatal(err)
		}
	}
}

type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header       { return n.header }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}

// controlPlaneCall is one call of Fabric's through the middleware, with the IDs that Fabric sends.
func controlPlaneCall(b *testing.B, w *world) func() {
	r, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://x/workload/", nil)
	r.Header.Set("Authorization", w.entra.Authorization())
	r.Header.Set("x-ms-client-tenant-id", entratest.DefaultUserTenantID)
	r.Header.Set("ActivityId", "5b6e1a0f-7c2d-4b8e-9f13-6a4d2c0e8b71")
	r.Header.Set("RequestId", "0c9d8e7f-6a5b-4c3d-9e2f-1a0b9c8d7e6f")
	reached := false
	handler := w.auth.ControlPlane(auth.ControlPlaneRules{})(http.HandlerFunc(
		func(http.ResponseWriter, *http.Request) { reached = true }))
	return func() {
		reached = false
		if handler.ServeHTTP(nowhere{http.Header{}}, r); !reached {
			b.Fatal("the call was refused")
		}
	}
}
