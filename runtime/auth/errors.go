package auth

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Reason is why a call was refused. It is stable, so that metrics and tests can go by it.
type Reason string

// Reasons of a ValidationError.
const (
	// MissingCredentials: there is no Authorization header.
	MissingCredentials Reason = "missing_credentials"
	// MalformedHeader: the Authorization or tenant header is not of the one form that is right, or is there twice.
	MalformedHeader Reason = "malformed_header"
	// TooLarge: a header or token exceeds its bound.
	TooLarge Reason = "too_large"
	// MalformedToken: the token is not a strictly encoded JWT.
	MalformedToken Reason = "malformed_token"
	// UnsupportedAlgorithm: the token's alg is not RS256.
	UnsupportedAlgorithm Reason = "unsupported_algorithm"
	// UnknownKey: no current key of Entra has the token's kid.
	UnknownKey Reason = "unknown_key"
	// KeysUnavailable: Entra's keys could not be fetched, so that nothing can be said about the token.
	KeysUnavailable Reason = "keys_unavailable"
	// BadSignature: the signature does not fit the key.
	BadSignature Reason = "bad_signature"
	// MissingClaim: a claim that every token must have is absent.
	MissingClaim Reason = "missing_claim"
	// InvalidClaim: a claim has the wrong type or form.
	InvalidClaim Reason = "invalid_claim"
	// Expired: exp has passed.
	Expired Reason = "expired"
	// NotYetValid: nbf or iat lies in the future.
	NotYetValid Reason = "not_yet_valid"
	// UnsupportedVersion: ver is neither 1.0 nor 2.0.
	UnsupportedVersion Reason = "unsupported_version"
	// WrongIssuer: iss is not Entra's issuer for the token's own tenant.
	WrongIssuer Reason = "wrong_issuer"
	// WrongAudience: the token was issued for somebody else.
	WrongAudience Reason = "wrong_audience"
	// WrongTenant: the token is of another tenant than the one that the call is about.
	WrongTenant Reason = "wrong_tenant"
	// WrongApp: the application that called is not one that may.
	WrongApp Reason = "wrong_app"
	// MissingScope: scp has none of the scopes that let a caller in.
	MissingScope Reason = "missing_scope"
	// NotAppToken: an app-only token was wanted and this is another.
	NotAppToken Reason = "not_app_token"
	// NotSubjectToken: a user's token was wanted and this is another.
	NotSubjectToken Reason = "not_subject_token"
	// MissingSubject: the operation needs a subject token and its place is empty.
	MissingSubject Reason = "missing_subject"
)

// ValidationError is a refused call or token. Its text is for the developer's log: it names the claim, what was found,
// what is right and what to do next, and never holds a token. What the caller may see comes from ErrorFor.
type ValidationError struct {
	// Reason is the kind of refusal.
	Reason Reason
	// Token says which token: "subject", "app", or "" where it is about the call as a whole.
	Token string
	// Claim is the header or claim at fault, for example "aud" or "Authorization".
	Claim string
	// Found and Want are what the claim says and what it should say. Found is cut to a bounded length and quoted.
	Found, Want string
	// Hint is what to do next, where that is known.
	Hint string
	// AcceptedScopes are the scopes of which one was wanted, with MissingScope only.
	AcceptedScopes []string
	// Cause is the error below, or nil.
	Cause error
}

// Error is one line for the developer's log.
func (e *ValidationError) Error() string {
	var b strings.Builder
	b.WriteString("auth: ")
	if e.Token != "" {
		b.WriteString(e.Token + " token: ")
	}
	b.WriteString(string(e.Reason))
	if e.Claim != "" {
		b.WriteString(": " + e.Claim)
	}
	if e.Found != "" {
		b.WriteString(": found " + e.Found)
	}
	if e.Want != "" {
		b.WriteString("; want " + e.Want)
	}
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *ValidationError) Unwrap() error { return e.Cause }

// of returns e as one about the given token; e is not shared yet.
func (e *ValidationError) of(token string) *ValidationError {
	e.Token = token
	return e
}

// maxFound bounds what of a foreign value goes into an error.
const maxFound = 128

// quote makes a foreign value fit for a log: bounded, in quotes, without control characters.
func quote(s string) string {
	if len(s) > maxFound {
		return fmt.Sprintf("%.*q… (%d bytes)", maxFound, s[:maxFound], len(s))
	}
	return fmt.Sprintf("%q", s)
}

// ErrNoSubject says that a token on behalf of the user was asked for where the call carries no user: Fabric sends
// delete and endpoint resolution without a subject token, and background work has no caller at all. Use AsApp there.
var ErrNoSubject = errors.New("auth: no subject token to exchange: this call carries no user; " +
	"call the resource as the app")

// Kind is what went wrong in an exchange, by what can be done about it.
type Kind string

// Kinds of an ExchangeError.
const (
	// ConsentRequired: the user, or an administrator, has not consented to the resource yet.
	ConsentRequired Kind = "consent_required"
	// ClaimsChallenge: a policy wants more, for example a second factor; Claims says what.
	ClaimsChallenge Kind = "claims_challenge"
	// Declined: the user declined, or the tenant has no service principal; only an administrator can help.
	Declined Kind = "declined"
	// AssertionRejected: Entra no longer takes the user's token (expired or revoked); a new one is needed.
	AssertionRejected Kind = "assertion_rejected"
	// Misconfigured: the workload's credential or registration is wrong; nothing that a caller does can help.
	Misconfigured Kind = "misconfigured"
	// Throttled: Entra asked to wait.
	Throttled Kind = "throttled"
	// Unavailable: Entra is away or answered nonsense.
	Unavailable Kind = "unavailable"
)

// ExchangeError is a token that could not be had. Its text holds neither tokens nor secrets nor claims.
type ExchangeError struct {
	// Kind says what can be done about it.
	Kind Kind
	// Resource is the name of the resource that the token was for.
	Resource string
	// Code is Entra's own, such as AADSTS65001, or "".
	Code string
	// OAuthError is the error member of Entra's answer (RFC 6749 section 5.2), such as invalid_grant, or "".
	OAuthError string
	// Claims is the claims challenge as JSON, with ClaimsChallenge only. It is for the front-end, not for a log.
	Claims Sensitive
	// Scopes are the full scopes that were asked for.
	Scopes []string
	// RetryAfter is how long to wait, with Throttled and Unavailable; 0 where Entra did not say.
	RetryAfter time.Duration
	// Status is the HTTP status of Entra's answer, 0 where there was none.
	Status int
	// CorrelationID is what Microsoft's support asks for, or "".
	CorrelationID string
	// AdminConsentURL is where an administrator of the caller's tenant can consent for everybody.
	AdminConsentURL string

	cause error
}

// Error is one line for the developer's log.
func (e *ExchangeError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "auth: token for %s: %s", e.Resource, e.Kind)
	for _, fact := range []string{e.Code, e.OAuthError} {
		if fact != "" {
			b.WriteString(": " + fact)
		}
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, " (status %d)", e.Status)
	}
	if e.CorrelationID != "" {
		b.WriteString(" correlation " + e.CorrelationID)
	}
	if next := kindAdvice[e.Kind]; next != "" {
		b.WriteString("; " + next)
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause: a context's error, an error of the network or of the credential's file, or nil.
func (e *ExchangeError) Unwrap() error { return e.cause }

var kindAdvice = map[Kind]string{
	ConsentRequired:   "the front-end should call acquireAccessToken with additionalScopesToConsent",
	ClaimsChallenge:   "the front-end should call acquireAccessToken with claimsForConditionalAccessPolicy",
	Declined:          "an administrator of the user's tenant has to consent",
	AssertionRejected: "the front-end should acquire a new token and repeat the call",
	Misconfigured:     "check the workload's client ID, credential and API permissions",
}
