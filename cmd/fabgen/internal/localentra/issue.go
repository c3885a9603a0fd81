package localentra

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/google/uuid"
)

// claims is what every token has.
func (s *Server) claims(t *tenant, audience, issuer, version string) map[string]any {
	now := s.options.Now()
	s.mu.Lock()
	lifetime := s.lifetime
	s.mu.Unlock()
	return map[string]any{
		"aud": audience, "iss": issuer, "tid": t.ID, "ver": version, "uti": rand.Text(),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(lifetime).Unix(),
	}
}

// accessClaims is what every access token has. The resource decides on its version, and on how it is addressed: by the
// URI that was asked for, or, with version 2, by its application's ID.
func (s *Server) accessClaims(t *tenant, client *application, target group) map[string]any {
	if target.resource.version == 2 {
		claims := s.claims(t, target.resource.appID, s.URL+"/"+t.ID+"/v2.0", "2.0")
		claims["azp"] = client.id
		return claims
	}
	audience := target.uri
	if target.resource.workload && strings.EqualFold(audience, target.resource.appID) && len(target.resource.uris) > 0 {
		audience = target.resource.uris[0]
	}
	claims := s.claims(t, audience, s.V1Issuer()+"/"+t.ID+"/", "1.0")
	claims["appid"] = client.id
	return claims
}

// userToken issues an access token of a user's.
func (s *Server) userToken(g refreshGrant, target group, names []string, q *tokenRequest) string {
	claims := s.accessClaims(g.user.tenant, g.client, target)
	claims["scp"] = strings.Join(names, " ")
	claims["oid"], claims["name"] = g.user.ID, g.user.Name
	claims["sub"] = pairwise(g.user, target.resource.key())
	method := "appidacr"
	if claims["ver"] == "2.0" {
		claims["preferred_username"], method = g.user.signInName(), "azpacr"
	} else {
		claims["upn"], claims["unique_name"] = g.user.signInName(), g.user.signInName()
	}
	claims[method] = credentialClass(q.form.Has("client_secret"), q.form.Has("client_assertion"))
	amr := []string{"pwd"}
	if g.proven {
		amr, claims["acrs"] = append(amr, "mfa"), []string{authContext}
	}
	if claims["ver"] == "1.0" {
		claims["acr"], claims["amr"] = "1", amr
	}
	if target.resource.idtypUser {
		claims["idtyp"] = "user"
	}
	q.event.issue("access", claims)
	return s.entra.Sign(claims)
}

// credentialClass tells how the client proved itself: not, by a secret, or by an assertion.
func credentialClass(secret, assertion bool) string {
	switch {
	case secret:
		return "1"
	case assertion:
		return "2"
	}
	return "0"
}

// appToken issues an access token that stands for an application alone.
func (s *Server) appToken(t *tenant, client *application, target group, e *Event) string {
	claims := s.accessClaims(t, client, target)
	claims["oid"] = principal(t, client)
	claims["sub"] = claims["oid"]
	if target.resource.idtyp {
		claims["idtyp"] = "app"
	}
	e.Resource, e.Scopes = target.uri, target.names
	e.issue("access", claims)
	return s.entra.Sign(claims)
}

// idToken issues an ID token (OpenID Connect Core section 2), whose issuer is the address that was asked.
func (s *Server) idToken(q *tokenRequest, g refreshGrant, nonce string) string {
	claims := s.claims(g.user.tenant, g.client.id, q.base+"/"+g.user.tenant.ID+"/v2.0", "2.0")
	claims["oid"], claims["name"], claims["preferred_username"] = g.user.ID, g.user.Name, g.user.signInName()
	claims["sub"] = pairwise(g.user, g.client.id)
	if nonce != "" {
		claims["nonce"] = nonce
	}
	q.event.issue("id", claims)
	return s.entra.Sign(claims)
}

// pairwise is a subject that two clients cannot compare (OpenID Connect Core section 8.1).
func pairwise(u *user, to string) string {
	sum := sha256.Sum256([]byte(u.ID + "\x00" + u.tenant.ID + "\x00" + to))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// principal is the object ID of the client's service principal in the tenant.
func principal(t *tenant, client *application) string {
	return uuid.NewSHA1(uuid.Nil, []byte(t.ID+"\x00"+client.id)).String()
}
