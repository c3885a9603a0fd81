package benchmarks

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/lestrrat-go/httprc/v3"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

// jwxKeys finds the key by its ID in a cached set. It says RS256 itself, since Entra's keys have no alg, and jwx warns
// of letting it be guessed.
func jwxKeys(t testing.TB, w *world) jws.KeyProvider {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	cache, err := jwk.NewCache(ctx, httprc.NewClient())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cache.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	if err := cache.Register(ctx, w.keysURL, jwk.WithHTTPClient(w.entra.Client())); err != nil {
		t.Fatal(err)
	}
	set, err := cache.CachedSet(w.keysURL)
	if err != nil {
		t.Fatal(err)
	}
	return jws.KeyProviderFunc(func(_ context.Context, sink jws.KeySink, s *jws.Signature, _ *jws.Message) error {
		id, _ := s.ProtectedHeaders().KeyID()
		key, ok := set.LookupKeyID(id)
		if !ok {
			return errors.New("no key has this ID")
		}
		sink.Key(jwa.RS256(), key)
		return nil
	})
}

// jwxToken is jwx with the checks that it has.
func jwxToken(t testing.TB, w *world) func(string) (user, error) {
	t.Helper()
	options := []jwt.ParseOption{jwt.WithKeyProvider(jwxKeys(t, w)), jwt.WithAudience(w.audience),
		jwt.WithIssuer(w.issuer), jwt.WithRequiredClaim(jwt.ExpirationKey)}
	return func(token string) (user, error) {
		parsed, err := jwt.ParseString(token, options...)
		if err != nil {
			return user{}, err
		}
		var found user
		return found, errors.Join(parsed.Get("tid", &found.Tenant), parsed.Get("oid", &found.Object),
			parsed.Get("appid", &found.App), parsed.Get("scp", &found.Scopes))
	}
}

// jwxClaims are what jwxStruct checks, and the user.
type jwxClaims struct {
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
	Expiry    int64  `json:"exp"`
	NotBefore int64  `json:"nbf"`
	user
}

// jwxStruct leaves the signature to jwx and checks the claims itself.
func jwxStruct(t testing.TB, w *world) func(string) (user, error) {
	t.Helper()
	options := []jws.VerifyOption{jws.WithKeyProvider(jwxKeys(t, w)), jws.WithCompact(), jws.WithCritValidation(true),
		jws.WithAlgorithmMatch(true)}
	return func(token string) (user, error) {
		payload, err := jws.Verify([]byte(token), options...)
		if err != nil {
			return user{}, err
		}
		var claims jwxClaims
		if err := json.Unmarshal(payload, &claims); err != nil {
			return user{}, err
		}
		now := time.Now().Unix()
		if claims.Issuer != w.issuer || claims.Audience != w.audience || now >= claims.Expiry || now < claims.NotBefore {
			return user{}, errors.New("issuer, audience or time is wrong")
		}
		return claims.user, nil
	}
}
