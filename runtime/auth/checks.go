package auth

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// requiredClaims are those that every token has, with what they should hold.
var requiredClaims = []struct {
	bit        int
	name, want string
}{
	{claimVersion, "ver", "1.0 or 2.0"},
	{claimTenant, "tid", "the tenant's GUID"},
	{claimIssuer, "iss", "Entra's issuer for the token's tenant"},
	{claimAudience, "aud", "this workload"},
	{claimExpiry, "exp", "a number of seconds"},
}

// checkClaims checks what a signature alone does not say and makes the claims that are kept.
func (a *Authenticator) checkClaims(raw *rawClaims, key *signingKey) (*Claims, error) {
	for _, c := range requiredClaims {
		if raw.has&c.bit == 0 {
			return nil, &ValidationError{Reason: MissingClaim, Claim: c.name, Found: "none", Want: c.want}
		}
	}
	claims := &Claims{Expiry: time.Unix(raw.exp, 0)}
	if raw.has&claimNotBefore != 0 {
		claims.NotBefore = time.Unix(raw.nbf, 0)
	}
	if raw.has&claimIssuedAt != 0 {
		claims.IssuedAt = time.Unix(raw.iat, 0)
	}
	if err := a.checkTimes(claims, a.now()); err != nil {
		return nil, err
	}
	for _, check := range []func(*rawClaims, *Claims) *ValidationError{
		checkVersion, checkTenant, a.checkIssuer, a.checkAudience, checkApp, checkKind,
	} {
		if err := check(raw, claims); err != nil {
			return nil, err
		}
	}
	return claims, a.checkKeyIssuer(key, claims)
}

// checkTimes checks exp, nbf and iat (RFC 7519 section 4.1) with the clock's skew.
func (a *Authenticator) checkTimes(c *Claims, now time.Time) *ValidationError {
	skew := a.settings.ClockSkew
	early := now.Add(skew)
	switch {
	case !now.Before(c.Expiry.Add(skew)):
		return &ValidationError{Reason: Expired, Claim: "exp", Found: stamp(c.Expiry), Want: "later than " + stamp(now)}
	case c.NotBefore.After(early):
		return &ValidationError{Reason: NotYetValid, Claim: "nbf", Found: stamp(c.NotBefore),
			Want: "not after " + stamp(early), Hint: "check this machine's clock"}
	case c.IssuedAt.After(early):
		return &ValidationError{Reason: NotYetValid, Claim: "iat", Found: stamp(c.IssuedAt),
			Want: "not after " + stamp(early), Hint: "check this machine's clock"}
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func checkVersion(raw *rawClaims, c *Claims) *ValidationError {
	switch string(raw.ver) {
	case "1.0":
		c.Version = "1.0"
	case "2.0":
		c.Version = "2.0"
	default:
		return &ValidationError{Reason: UnsupportedVersion, Claim: "ver", Found: quote(string(raw.ver)),
			Want: "1.0 or 2.0"}
	}
	return nil
}

func checkTenant(raw *rawClaims, c *Claims) *ValidationError {
	tenant := string(raw.tid)
	if !isGUID(tenant) {
		return &ValidationError{Reason: InvalidClaim, Claim: "tid", Found: quote(tenant), Want: "a GUID"}
	}
	c.TenantID = canonicalGUID(tenant)
	return nil
}

// checkIssuer wants Entra's issuer for the token's own tenant: that is what keeps one tenant from speaking for another.
func (a *Authenticator) checkIssuer(raw *rawClaims, c *Claims) *ValidationError {
	prefix, suffix := a.settings.V1Issuer, "/"
	if c.Version == "2.0" {
		prefix, suffix = a.settings.Authority, "/v2.0"
	}
	rest, ok1 := bytes.CutPrefix(raw.iss, []byte(prefix+"/"))
	rest, ok2 := bytes.CutSuffix(rest, []byte(suffix))
	if !ok1 || !ok2 || !bytes.Equal(rest, raw.tid) {
		return &ValidationError{Reason: WrongIssuer, Claim: "iss", Found: quote(string(raw.iss)),
			Want: prefix + "/" + c.TenantID + suffix}
	}
	c.Issuer = string(raw.iss)
	return nil
}

func (a *Authenticator) checkAudience(raw *rawClaims, c *Claims) *ValidationError {
	want := a.settings.Audience
	if c.Version == "2.0" {
		want = a.settings.ClientID
	}
	if string(raw.aud) != want {
		return &ValidationError{Reason: WrongAudience, Claim: "aud", Found: quote(string(raw.aud)),
			Want: fmt.Sprintf("%s for a v%s token", want, c.Version), Hint: a.audienceHint(string(raw.aud), c.Version)}
	}
	c.Audience = want
	return nil
}

// audienceHint says what people usually got wrong who see this.
func (a *Authenticator) audienceHint(found, version string) string {
	switch {
	case version == "1.0" && strings.EqualFold(found, a.settings.ClientID):
		return "a v1.0 token that was asked for by client ID: ask for the scope " + a.settings.Audience + "/" +
			defaultScope
	case version == "1.0" && strings.EqualFold(strings.TrimSuffix(found, "/"), a.settings.Audience):
		return "the audiences differ in case or in a slash at the end only: set FABRIC_AUDIENCE to what the token says"
	case version == "2.0" && strings.EqualFold(found, a.settings.Audience):
		return "a v2.0 token with a v1.0 audience: set api.requestedAccessTokenVersion to null or 1 in the registration"
	case version == "2.0" && isGUID(found):
		return "a v2.0 token for another application: its registration issues v2.0 tokens, whose audience is a client " +
			"ID; " +
			"set FABRIC_CLIENT_ID to it, or api.requestedAccessTokenVersion to null or 1 to get the v1.0 audience " +
			a.settings.Audience
	}
	return "the token was issued for another API: check the audience in fabgen.yaml, the registration and the front-end"
}

// appClaim is the claim that names the calling application.
func appClaim(version string) string {
	if version == "2.0" {
		return "azp"
	}
	return "appid"
}

func checkApp(raw *rawClaims, c *Claims) *ValidationError {
	name, bit, value := "appid", claimAppID, raw.appid
	if c.Version == "2.0" {
		name, bit, value = "azp", claimAZP, raw.azp
	}
	if raw.has&bit == 0 {
		return &ValidationError{Reason: MissingClaim, Claim: name, Found: "none", Want: "the calling application's ID"}
	}
	app := string(value)
	if !isGUID(app) {
		return &ValidationError{Reason: InvalidClaim, Claim: name, Found: quote(app), Want: "a GUID"}
	}
	c.AppID = canonicalGUID(app)
	return nil
}

// checkKind reads oid, scp and idtyp, of which a token has either scp (delegated) or idtyp (app-only).
func checkKind(raw *rawClaims, c *Claims) *ValidationError {
	if raw.has&claimObject != 0 {
		if c.ObjectID = string(raw.oid); !isGUID(c.ObjectID) {
			return &ValidationError{Reason: InvalidClaim, Claim: "oid", Found: "another form", Want: "a GUID"}
		}
		c.ObjectID = canonicalGUID(c.ObjectID)
	}
	hasScopes, hasType := raw.has&claimScopes != 0, raw.has&claimIDType != 0
	switch {
	case hasScopes && hasType:
		return &ValidationError{Reason: InvalidClaim, Claim: "idtyp", Found: quote(string(raw.idtyp)) + " beside scp",
			Want: "one of idtyp (app-only) and scp (delegated)"}
	case hasType && string(raw.idtyp) != "app":
		return &ValidationError{Reason: InvalidClaim, Claim: "idtyp", Found: quote(string(raw.idtyp)),
			Want: `"app" or none`}
	}
	c.IsApp = hasType
	if !hasScopes {
		return nil
	}
	for _, scope := range strings.Split(string(raw.scp), " ") {
		if !scopeText(scope) {
			return &ValidationError{Reason: InvalidClaim, Claim: "scp", Found: quote(scope),
				Want: "words with a space between them (RFC 6749 section 3.3)"}
		}
		if scope != "" {
			c.Scopes = append(c.Scopes, scope)
		}
	}
	return nil
}

// checkKeyIssuer keeps a key that Entra restricts to an issuer to that issuer. The document names it in the v1.0 or the
// v2.0 form whatever the token's version; what it restricts is the tenant.
func (a *Authenticator) checkKeyIssuer(key *signingKey, c *Claims) error {
	if key.issuer == "" {
		return nil
	}
	issuer := key.issuer
	if i := strings.Index(strings.ToLower(issuer), "{tenantid}"); i >= 0 {
		issuer = issuer[:i] + c.TenantID + issuer[i+len("{tenantid}"):]
	}
	v1 := a.settings.V1Issuer + "/" + c.TenantID + "/"
	v2 := a.settings.Authority + "/" + c.TenantID + "/v2.0"
	if issuer != v1 && issuer != v2 {
		return &ValidationError{Reason: WrongIssuer, Claim: "iss", Found: quote(c.Issuer),
			Want: quote(key.issuer) + ", which the signing key is for"}
	}
	return nil
}
