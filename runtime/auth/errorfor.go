package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// Plane says who calls: it decides the form of an error.
type Plane uint8

const (
	// DataPlane is the workload's own API, called by its front-end, which sees the response itself.
	DataPlane Plane = iota
	// ControlPlane is the Workload REST contract, called by Fabric, which hands only the body on to the front-end.
	ControlPlane
)

// String returns "data" or "control".
func (p Plane) String() string {
	if p == ControlPlane {
		return "control"
	}
	return "data"
}

// Names of the parameters by which the front-end learns what to ask the user for, and where an administrator consents.
const (
	ParameterScopes          = "additionalScopesToConsent"
	ParameterClaims          = "claimsForConditionalAccessPolicy"
	ParameterAdminConsentURL = "adminConsentUrl"
)

// defaultRetryAfter is told where nobody knows better.
const defaultRetryAfter = 5 * time.Second

// ErrorFor says how a call that failed with err is answered: the one place where errors of this package become a
// status, headers (RFC 6750 section 3, RFC 9470 section 3) and the contract's body. It looks for the types of this
// package, and for *apierror.Error, anywhere in err's chain; whatever else fails is an internal error, whose cause the
// caller does not see. The caller learns no more of a refused token than RFC 6750 asks for. err must not be nil.
func ErrorFor(err error, plane Plane) *apierror.Error {
	var (
		ready    *apierror.Error
		refusal  *ValidationError
		exchange *ExchangeError
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &refusal):
		return forValidation(refusal, plane).Because(err)
	case errors.As(err, &exchange):
		return forExchange(exchange, plane).Because(err)
	case errors.Is(err, ErrNoSubject):
		return unauthorized(plane, apierror.AuthError,
			"This operation acts for a user, and the call carries no user's token.",
			"invalid_token").Permanent(true).Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return unavailable("The workload could not complete the call in time.", 0).Because(err)
	}
	return apierror.Internal(err)
}

// refusalTexts are what callers are told, in words that fit into error_description (RFC 6750 section 3).
var refusalTexts = map[Reason]string{
	MissingCredentials: "The call carries no token.",
	MalformedHeader:    "The Authorization or tenant header is malformed.",
	TooLarge:           "The Authorization header is too large.",
	Expired:            "The token has expired.",
	NotYetValid:        "The token is not valid yet.",
	WrongAudience:      "The token is for another audience.",
	WrongIssuer:        "The token is from another issuer.",
	WrongTenant:        "The token is from another tenant.",
	WrongApp:           "The calling application may not call this workload.",
	MissingScope:       "The token lacks a scope that this operation needs.",
	MissingSubject:     "This operation needs a user's token.",
}

func forValidation(e *ValidationError, plane Plane) *apierror.Error {
	text := refusalTexts[e.Reason]
	if text == "" {
		text = "The token is not valid."
	}
	switch e.Reason {
	case KeysUnavailable:
		return unavailable("The workload cannot check tokens at the moment.", 0)
	case WrongApp:
		return apierror.New(http.StatusForbidden, apierror.AccessDenied, text).Permanent(true)
	case MissingScope:
		out := apierror.New(http.StatusForbidden, apierror.AuthError, text).Permanent(true)
		if plane == DataPlane {
			out.SetHeader("WWW-Authenticate", newChallenge("Bearer").with("error", "insufficient_scope").
				with("error_description", text).with("scope", strings.Join(e.AcceptedScopes, " ")).String())
		}
		return out
	case MissingCredentials:
		return unauthorized(plane, apierror.AuthError, text, "")
	case MalformedHeader, TooLarge:
		return unauthorized(plane, apierror.AuthError, text, "invalid_request")
	}
	return unauthorized(plane, apierror.AuthError, text, "invalid_token")
}

// unauthorized is a 401. In the data plane the header says why; in the control plane it only names the scheme, as
// RFC 9110 section 11.6.1 asks, since Fabric hands on the body alone.
func unauthorized(plane Plane, code, text, reason string) *apierror.Error {
	header := newChallenge(compositeScheme)
	if plane == DataPlane {
		header = newChallenge("Bearer")
		if reason != "" {
			header.with("error", reason).with("error_description", text)
		}
	}
	return apierror.New(http.StatusUnauthorized, code, text).SetHeader("WWW-Authenticate", header.String())
}

func unavailable(text string, after time.Duration) *apierror.Error {
	if after <= 0 {
		after = defaultRetryAfter
	}
	seconds := strconv.Itoa(int(math.Ceil(after.Seconds())))
	out := apierror.New(http.StatusServiceUnavailable, apierror.ServiceUnavailable, text).Permanent(false).
		SetHeader("Retry-After", seconds)
	out.Source = apierror.External
	return out
}

func forExchange(e *ExchangeError, plane Plane) *apierror.Error {
	switch e.Kind {
	case ConsentRequired:
		return consentRequired(e, plane)
	case ClaimsChallenge:
		return claimsChallenge(e, plane)
	case Declined:
		return declined(e)
	case AssertionRejected:
		return unauthorized(plane, apierror.AuthError, "The user's token is no longer accepted.", "invalid_token")
	case Throttled:
		return unavailable("Microsoft Entra ID asks to wait.", e.RetryAfter)
	case Unavailable:
		return unavailable("Microsoft Entra ID cannot be reached at the moment.", e.RetryAfter)
	}
	return apierror.Internal(nil).Permanent(true)
}

func consentRequired(e *ExchangeError, plane Plane) *apierror.Error {
	text := withCode(e.Code, "The user has not consented to what this operation needs.")
	out := unauthorized(plane, apierror.AuthUIRequired, text, "")
	if plane == DataPlane {
		out.SetHeader("WWW-Authenticate", newChallenge("Bearer").with("error", "insufficient_scope").
			with("error_description", text).with("scope", strings.Join(e.Scopes, " ")).String())
	}
	return uiRequired(out, e, text, apierror.Parameter{Name: ParameterScopes, Value: strings.Join(e.Scopes, ",")})
}

func claimsChallenge(e *ExchangeError, plane Plane) *apierror.Error {
	text := withCode(e.Code, "A policy asks the user for more, such as a second factor.")
	out := unauthorized(plane, apierror.AuthUIRequired, text, "")
	if plane == DataPlane {
		out.SetHeader("WWW-Authenticate", newChallenge("Bearer").with("error", "insufficient_claims").
			with("error_description", text).with("claims",
			base64.StdEncoding.EncodeToString([]byte(e.Claims))).String())
	}
	if e.Claims == "" {
		return uiRequired(out, e, text)
	}
	return uiRequired(out, e, text, apierror.Parameter{Name: ParameterClaims, Value: string(e.Claims)})
}

// uiRequired makes out the answer on which the front-end asks for a token once more.
func uiRequired(out *apierror.Error, e *ExchangeError, text string, params ...apierror.Parameter) *apierror.Error {
	out.Source = apierror.System
	return out.Permanent(false).With(apierror.Detail{ErrorCode: detailCode(e), Message: text,
		AdditionalParameters: params})
}

func declined(e *ExchangeError) *apierror.Error {
	text := withCode(e.Code, "The user's tenant has not allowed this workload what it needs. "+
		"An administrator can, at "+e.AdminConsentURL)
	return apierror.New(http.StatusForbidden, apierror.AccessDenied, text).Permanent(true).With(apierror.Detail{
		ErrorCode: detailCode(e), Message: text,
		AdditionalParameters: []apierror.Parameter{{Name: ParameterAdminConsentURL, Value: e.AdminConsentURL}},
	})
}

func withCode(code, text string) string {
	if code == "" {
		return text
	}
	return code + ": " + text
}

func detailCode(e *ExchangeError) string {
	if e.Code != "" {
		return e.Code
	}
	return string(e.Kind)
}
