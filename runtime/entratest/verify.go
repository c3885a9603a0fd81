package entratest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Token is what a token says, once Verify has found it to be the server's own.
type Token struct {
	// Audience, TenantID and ObjectID are aud, tid and oid; AppID is appid (v1.0) or azp (v2.0).
	Audience, TenantID, ObjectID, AppID string
	// Scopes are those of a user's token. None in an app's.
	Scopes []string
	// IsApp says that the token stands for an application alone.
	IsApp bool
	// Expired says that it would be right but for its age.
	Expired bool
	Expiry  time.Time
	// Claims are all of them.
	Claims map[string]any
}

// Verify checks, as a resource does, that a token is one that the server issued and that has not expired. It says
// nothing about whom the token is for: see VerifyFor. With an expired token both results are not nil.
func (s *Server) Verify(token string) (*Token, error) {
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(s.Options.Now)).ParseWithClaims(token, claims, s.publicKey)
	expired := errors.Is(err, jwt.ErrTokenExpired)
	if err != nil && !expired {
		return nil, fmt.Errorf("entratest: verifying a token: %w", err)
	}
	text := func(name string) string {
		value, _ := claims[name].(string)
		return value
	}
	out := &Token{
		Audience: text("aud"), TenantID: text("tid"), ObjectID: text("oid"), AppID: text("appid") + text("azp"),
		Scopes: strings.Fields(text("scp")), IsApp: text("idtyp") == "app", Expired: expired, Claims: claims,
	}
	if expiry, err := claims.GetExpirationTime(); err == nil && expiry != nil {
		out.Expiry = expiry.Time
	}
	if expired {
		return out, fmt.Errorf("entratest: verifying a token: %w", err)
	}
	return out, nil
}

// VerifyFor is Verify for a resource: the token's audience must be the resource, and a user's token must have one of
// the scopes, where any are given.
func (s *Server) VerifyFor(token, resource string, scopes ...string) (*Token, error) {
	t, err := s.Verify(token)
	switch {
	case err != nil:
		return nil, err
	case t.Audience != resource:
		return nil, fmt.Errorf("entratest: the token is for %q, want %q", t.Audience, resource)
	case !t.IsApp && len(scopes) > 0 && !slices.ContainsFunc(scopes,
		func(s string) bool { return slices.Contains(t.Scopes, s) }):
		return nil, fmt.Errorf("entratest: the token has the scopes %q, want one of %q", t.Scopes, scopes)
	}
	return t, nil
}

// satisfied says whether the token was made with ClaimsSatisfied.
func (t *Token) satisfied() bool {
	contexts, _ := t.Claims["acrs"].([]any)
	return slices.Contains(contexts, any(satisfiedContext))
}
