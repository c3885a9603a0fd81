package auth_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

func (w *world) accepts(t testing.TB, options ...entratest.TokenOption) {
	t.Helper()
	if _, err := w.auth.ValidateSubject(t.Context(), w.entra.SubjectToken(options...)); err != nil {
		t.Fatalf("ValidateSubject: %v", err)
	}
}

func (w *world) refuses(t testing.TB, want auth.Reason, options ...entratest.TokenOption) {
	t.Helper()
	_, err := w.auth.ValidateSubject(t.Context(), w.entra.SubjectToken(options...))
	wantReason(t, err, want)
}

func (w *world) rotate(t testing.TB) {
	t.Helper()
	if err := w.entra.RotateKeys(); err != nil {
		t.Fatal(err)
	}
}

func TestRotation(t *testing.T) {
	w := newWorld(t)
	w.accepts(t)
	old := w.entra.SubjectToken()
	w.rotate(t)
	w.refuses(t, auth.UnknownKey) // within the interval of the first fetch
	w.clock.Advance(31 * time.Second)
	w.accepts(t)
	w.accepts(t, entratest.OldKey())
	if n := w.entra.Counts().Keys; n != 2 {
		t.Errorf("%d fetches, want 2", n)
	}
	if _, err := w.auth.ValidateSubject(t.Context(), old); err != nil {
		t.Error(err)
	}
	w.entra.RetireKeys()
	w.rotate(t)
	w.clock.Advance(31 * time.Second)
	w.accepts(t)
	_, err := w.auth.ValidateSubject(t.Context(), old) // was in the cache of validated tokens
	wantReason(t, err, auth.UnknownKey)
}

func TestFloodOfUnknownKeys(t *testing.T) {
	w := newWorld(t)
	w.accepts(t)
	junk := make([]string, 50)
	for i := range junk {
		junk[i] = w.entra.SubjectToken(entratest.Header("kid", fmt.Sprintf("junk%d", i)))
	}
	flood := func() {
		var group sync.WaitGroup
		for _, token := range junk {
			group.Go(func() { _, _ = w.auth.ValidateSubject(context.Background(), token) })
		}
		group.Wait()
	}
	w.clock.Advance(31 * time.Second)
	flood()
	flood()
	if n := w.entra.Counts().Keys; n != 2 {
		t.Errorf("%d fetches after one interval, want 2", n)
	}
	w.rotate(t)
	flood()
	w.clock.Advance(31 * time.Second)
	flood()
	w.accepts(t) // the rotation was seen within the interval, though the flood had every slot
	if n := w.entra.Counts().Keys; n != 3 {
		t.Errorf("%d fetches after two intervals, want 3", n)
	}
}

func TestBadSignatureFetchesNothing(t *testing.T) {
	w := newWorld(t)
	w.accepts(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		w.clock.Advance(31 * time.Second)
		w.refuses(t, auth.BadSignature, entratest.SignedBy(stranger))
	}
	if n := w.entra.Counts().Keys; n != 1 {
		t.Errorf("%d fetches, want 1", n)
	}
}

func TestKeysServeWhileEntraIsAway(t *testing.T) {
	w := newWorld(t)
	w.accepts(t)
	w.entra.SetOutage(true)
	for range 23 {
		w.clock.Advance(time.Hour)
		w.accepts(t)
		w.refuses(t, auth.UnknownKey, entratest.Header("kid", "another"))
	}
	status := w.auth.KeyStatus()
	if !status.Stale || status.LastError == nil || status.Keys != 1 {
		t.Errorf("status = %+v, want stale keys", status)
	}
	if err := w.auth.Ready(t.Context()); err != nil {
		t.Errorf("Ready: %v, want nil while keys serve", err)
	}
	w.clock.Advance(2 * time.Hour)
	w.refuses(t, auth.KeysUnavailable)
	if err := w.auth.Ready(t.Context()); err == nil {
		t.Error("Ready: nil with keys that are too old")
	}
	w.entra.SetOutage(false)
	w.clock.Advance(time.Minute)
	if err := w.auth.Ready(t.Context()); err != nil {
		t.Errorf("Ready: %v after the outage", err)
	}
	w.accepts(t)
	if status := w.auth.KeyStatus(); status.Stale || status.LastError != nil {
		t.Errorf("status = %+v after the outage", status)
	}
}

func TestStartDuringAnOutage(t *testing.T) {
	w := newWorld(t)
	w.entra.SetOutage(true)
	for range 100 {
		w.refuses(t, auth.KeysUnavailable)
	}
	if n := w.entra.Counts().Discovery; n != 1 {
		t.Errorf("%d attempts at once, want 1", n)
	}
	w.entra.SetOutage(false)
	w.clock.Advance(2 * time.Second) // without any keys the pause is short
	w.accepts(t)
}

func TestOneCallersCancelFailsNobodyElse(t *testing.T) {
	w := newWorld(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	w.entra.Replace("/common/.well-known/openid-configuration", http.HandlerFunc(func(rw http.ResponseWriter,
		_ *http.Request) {
		close(arrived)
		<-release
		fmt.Fprintf(rw, `{"jwks_uri":%q}`, w.entra.URL+"/common/discovery/keys")
	}))
	token := w.entra.SubjectToken()
	first, cancel := context.WithCancel(t.Context())
	errs := make(chan error, 2)
	go func() { _, err := w.auth.ValidateSubject(first, token); errs <- err }()
	<-arrived
	go func() { _, err := w.auth.ValidateSubject(context.Background(), token); errs <- err }()
	cancel()
	wantReason(t, <-errs, auth.KeysUnavailable)
	close(release)
	if err := <-errs; err != nil {
		t.Errorf("the second caller: %v", err)
	}
}

func TestKeyIssuer(t *testing.T) {
	const other = "0d5b8f9e-1111-4222-8333-444455556666"
	for name, c := range map[string]struct {
		issuer func(*entratest.Server) string
		want   auth.Reason
	}{
		"any tenant":          {func(s *entratest.Server) string { return s.URL + "/{tenantid}/v2.0" }, ""},
		"any tenant, v1 form": {func(s *entratest.Server) string { return s.V1Issuer() + "/{TenantId}/" }, ""},
		"the user's tenant": {func(s *entratest.Server) string {
			return s.URL + "/" +
				entratest.DefaultUserTenantID + "/v2.0"
		}, ""},
		"another tenant": {func(s *entratest.Server) string { return s.URL + "/" + other + "/v2.0" },
			auth.WrongIssuer},
		"another authority": {func(*entratest.Server) string { return "https://evil.example/{tenantid}/v2.0" },
			auth.WrongIssuer},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.publish(t, func(key map[string]any) { key["issuer"] = c.issuer(w.entra) })
			if c.want == "" {
				w.accepts(t)
				w.accepts(t, entratest.V2())
				return
			}
			w.refuses(t, c.want)
		})
	}
}

// publish serves the key set with its first key changed.
func (w *world) publish(t testing.TB, change ...func(map[string]any)) {
	t.Helper()
	resp, err := w.entra.Client().Get(w.entra.URL + "/common/discovery/keys")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(set.Keys[0])
	}
	w.entra.Replace("/common/discovery/keys", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(rw).Encode(set)
	}))
}

func TestKeysThatAreRefused(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	set := func(name string, value any) func(map[string]any) { return func(k map[string]any) { k[name] = value } }
	for name, change := range map[string]func(map[string]any){
		"1024 bits":         set("n", encode(weak.N.Bytes())),
		"16384 bits":        set("n", encode(new(big.Int).SetBit(big.NewInt(1), 16383, 1).Bytes())),
		"an even modulus":   set("n", encode(new(big.Int).SetBit(new(big.Int), 2047, 1).Bytes())),
		"for encryption":    set("use", "enc"),
		"for signing only":  set("key_ops", []string{"sign"}),
		"elliptic":          set("kty", "EC"),
		"symmetric":         set("kty", "oct"),
		"another algorithm": set("alg", "RS512"),
		"no kid":            set("kid", ""),
		"a kid with a path": set("kid", "../x"),
		"exponent 1":        set("e", "AQ"),
		"exponent 3":        set("e", "Aw"),
		"an even exponent":  set("e", encode([]byte{1, 0, 2})),
		"a long exponent":   set("e", encode([]byte{1, 0, 0, 0, 1})),
		"n not base64url":   set("n", "+++"),
		"e not base64url":   set("e", "+++"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.publish(t, change)
			w.refuses(t, auth.KeysUnavailable) // it was the only one
			if !strings.Contains(w.log.String(), "keys cannot be used") {
				t.Error("nothing in the log")
			}
		})
	}
}

func TestKeysThatAreTaken(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"with alg":     func(k map[string]any) { k["alg"] = "RS256" },
		"with key_ops": func(k map[string]any) { k["key_ops"] = []string{"verify"} },
		"without use":  func(k map[string]any) { delete(k, "use") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.publish(t, change)
			w.accepts(t)
		})
	}
}

func TestHostileDocuments(t *testing.T) {
	text := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
	}
	const discovery, keys = "/common/.well-known/openid-configuration", "/common/discovery/keys"
	for name, c := range map[string]struct {
		path    string
		handler http.HandlerFunc
		want    string
	}{
		"keys elsewhere":   {discovery, text(`{"jwks_uri":"https://evil.example/keys"}`), "jwks_uri"},
		"keys over http":   {discovery, text(`{"jwks_uri":"http://127.0.0.1/keys"}`), "jwks_uri"},
		"keys in metadata": {discovery, text(`{"jwks_uri":"http://169.254.169.254/latest"}`), "jwks_uri"},
		"keys with a user": {discovery, text(`{"jwks_uri":"https://127.0.0.1@evil.example/keys"}`), "jwks_uri"},
		"no jwks_uri":      {discovery, text(`{}`), "jwks_uri"},
		"not JSON":         {discovery, text(`<html>`), "not JSON"},
		"endless":          {discovery, text(strings.Repeat(" ", 1<<20+1)), "too long"},
		"a redirect": {discovery, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, keys,
				http.StatusFound)
		}, "302"},
		"keys redirected": {keys, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example", http.StatusFound)
		}, "302"},
		"keys not JSON":     {keys, text(`[`), "not JSON"},
		"no keys":           {keys, text(`{"keys":[]}`), "none that can be used"},
		"endless keys":      {keys, text(`{"keys":[` + strings.Repeat(" ", 1<<20) + `]}`), "too long"},
		"ten thousand keys": {keys, text(`{"keys":[` + strings.Repeat("{},", 10_000) + `{}]}`), "at most"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.entra.Replace(c.path, c.handler)
			err := w.auth.Ready(t.Context())
			wantReason(t, err, auth.KeysUnavailable)
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestTwoKeysWithOneID(t *testing.T) {
	w := newWorld(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	id := w.entra.KeyIDs()[0]
	own := jwksKey(t, w.entra)
	key := func(n []byte) map[string]string {
		return map[string]string{"kty": "RSA", "kid": id, "e": "AQAB", "n": base64.RawURLEncoding.EncodeToString(n)}
	}
	w.entra.Replace("/common/discovery/keys", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(rw).Encode(map[string]any{"keys": []any{key(own.modulus), key(other.N.Bytes()),
			key(own.modulus)}})
	}))
	w.refuses(t, auth.KeysUnavailable)
}

// A workload that only ever sees known tokens notices a rotation too, and no call waits for it.
func TestKeysAreRenewedInTheBackground(t *testing.T) {
	w := newWorld(t)
	token := w.entra.SubjectToken(entratest.Expires(3 * time.Hour))
	check := func() {
		t.Helper()
		if _, err := w.auth.ValidateSubject(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	check()
	w.clock.Advance(59 * time.Minute)
	check()
	if n := w.entra.Counts().Keys; n != 1 {
		t.Errorf("%d fetches within the hour, want 1", n)
	}
	w.clock.Advance(2 * time.Minute)
	for deadline := time.Now().Add(10 * time.Second); w.entra.Counts().Keys != 2; time.Sleep(5 * time.Millisecond) {
		check()
		if time.Now().After(deadline) {
			t.Fatal("the keys were not renewed")
		}
	}
}
