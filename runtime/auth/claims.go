package auth

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Claims are those of a validated token that a workload has use for. They are shared by all who present the same
// token: read them, and do not change them. The token itself is not among them. Printing them gives tenant,
// application, audience and version only.
type Claims struct {
	// TenantID is tid: the tenant that issued the token. Lower case.
	TenantID string
	// ObjectID is oid: the user's, or the calling application's service principal's, object ID in that tenant.
	ObjectID string
	// AppID is appid (v1.0) or azp (v2.0): the client ID of the application that asked for the token. Lower case.
	AppID string
	// Audience is aud.
	Audience string
	// Issuer is iss.
	Issuer string
	// Version is ver: 1.0 or 2.0.
	Version string
	// Scopes are the words of scp. None in an app token.
	Scopes []string
	// IsApp says that idtyp is app: the token stands for an application and for no user.
	IsApp bool
	// Expiry, NotBefore and IssuedAt are exp, nbf and iat; the latter two are zero where they are absent.
	Expiry, NotBefore, IssuedAt time.Time
}

// HasAnyScope says whether the token has one of the scopes. Scopes are compared as they are, case included.
func (c *Claims) HasAnyScope(scopes ...string) bool {
	for _, scope := range scopes {
		if slices.Contains(c.Scopes, scope) {
			return true
		}
	}
	return false
}

// String is the claims as a log may show them.
func (c *Claims) String() string {
	if c == nil {
		return "Claims(nil)"
	}
	return fmt.Sprintf("Claims{tenant: %s, app: %s, audience: %s, version: %s, isApp: %t}",
		c.TenantID, c.AppID, c.Audience, c.Version, c.IsApp)
}

// Format writes String for every verb.
func (c *Claims) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(c.String())) }

// LogValue is String.
func (c *Claims) LogValue() slog.Value { return slog.StringValue(c.String()) }

// claimNames are those that are looked at; a token may have any others besides.
const (
	claimAudience = 1 << iota
	claimIssuer
	claimTenant
	claimObject
	claimAppID
	claimAZP
	claimVersion
	claimScopes
	claimIDType
	claimExpiry
	claimNotBefore
	claimIssuedAt
)

// rawClaims are a payload's claims as they stand, parts of a workspace's memory.
type rawClaims struct {
	has                                             int
	aud, iss, tid, oid, appid, azp, ver, scp, idtyp []byte
	exp, nbf, iat                                   int64
}

// claimError is a claim of the wrong type or form.
type claimError struct{ name, found, want string }

func (e *claimError) Error() string { return e.name + ": found " + e.found + "; want " + e.want }

func (c *rawClaims) member(name []byte, s *jsonScanner) error {
	switch string(name) {
	case "aud":
		return c.text(claimAudience, "aud", &c.aud, s)
	case "iss":
		return c.text(claimIssuer, "iss", &c.iss, s)
	case "tid":
		return c.text(claimTenant, "tid", &c.tid, s)
	case "oid":
		return c.text(claimObject, "oid", &c.oid, s)
	case "appid":
		return c.text(claimAppID, "appid", &c.appid, s)
	case "azp":
		return c.text(claimAZP, "azp", &c.azp, s)
	case "ver":
		return c.text(claimVersion, "ver", &c.ver, s)
	case "scp":
		return c.text(claimScopes, "scp", &c.scp, s)
	case "idtyp":
		return c.text(claimIDType, "idtyp", &c.idtyp, s)
	case "exp":
		return c.date(claimExpiry, "exp", &c.exp, s)
	case "nbf":
		return c.date(claimNotBefore, "nbf", &c.nbf, s)
	case "iat":
		return c.date(claimIssuedAt, "iat", &c.iat, s)
	}
	return s.skip()
}

func (c *rawClaims) text(claim int, name string, into *[]byte, s *jsonScanner) error {
	c.has |= claim
	value, err := s.textValue()
	if errors.Is(err, errNotText) {
		return &claimError{name, "another type", "one string"}
	}
	*into = value
	return err
}

// maxDate is the last second of the year 9999.
const maxDate = 253402300799

// date reads a NumericDate (RFC 7519 section 2) as Entra writes it: whole seconds.
func (c *rawClaims) date(claim int, name string, into *int64, s *jsonScanner) error {
	c.has |= claim
	if b := s.next(); b != '-' && !isDigit(b) {
		return &claimError{name, "another type", "a number of seconds"}
	}
	digits, err := s.number()
	if err != nil {
		return err
	}
	if len(digits) > 12 {
		return &claimError{name, "a number out of bounds", "seconds since 1970, before the year 10000"}
	}
	var seconds int64
	for _, d := range digits {
		if !isDigit(d) {
			return &claimError{name, quote(string(digits)), "whole seconds since 1970"}
		}
		seconds = seconds*10 + int64(d-'0')
	}
	if seconds > maxDate {
		return &claimError{name, quote(string(digits)), "seconds since 1970, before the year 10000"}
	}
	*into = seconds
	return nil
}

// readClaims decodes the payload of a token whose signature is right.
func (w *workspace) readClaims(data []byte) (*rawClaims, error) {
	w.claims = rawClaims{}
	if err := w.scanner.scanObject(data, &w.claims); err != nil {
		return nil, claimsRefused(err)
	}
	return &w.claims, nil
}

func claimsRefused(err error) *ValidationError {
	var wrong *claimError
	if errors.As(err, &wrong) {
		return &ValidationError{Reason: InvalidClaim, Claim: wrong.name, Found: wrong.found, Want: wrong.want}
	}
	return malformedToken("payload", "", "", err)
}
