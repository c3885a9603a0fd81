package auth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
)

// oauthError is an error of the token endpoint (RFC 6749 section 5.2 with Entra's additions). Its description is only
// looked at for Entra's code and is not kept: it names people.
type oauthError struct {
	Error         string `json:"error"`
	SubError      string `json:"suberror"`
	Codes         []int  `json:"error_codes"`
	Description   string `json:"error_description"`
	Claims        string `json:"claims"`
	CorrelationID string `json:"correlation_id"`
}

var (
	entraCode  = regexp.MustCompile(`AADSTS([0-9]{4,8})`)
	oauthWords = regexp.MustCompile(`^[a-z_]{1,64}$`)
)

// parseOAuthError reads the error members of an answer; an answer without any gives the zero value.
func parseOAuthError(data []byte) oauthError {
	var e oauthError
	if json.Unmarshal(data, &e) != nil || e.Error == "" {
		return oauthError{}
	}
	if len(e.Codes) == 0 {
		if m := entraCode.FindStringSubmatch(e.Description); m != nil {
			code, _ := strconv.Atoi(m[1]) // eight digits always fit
			e.Codes = []int{code}
		}
	}
	e.Description = ""
	if !oauthWords.MatchString(e.Error) {
		e.Error = "unknown_error"
	}
	e.Claims = string(claimsObject([]byte(e.Claims)))
	if !isGUID(e.CorrelationID) {
		e.CorrelationID = ""
	}
	return e
}

// maxClaims bounds a claims challenge.
const maxClaims = 8 << 10

// Entra's codes by what can be done about them
// (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
var codeKinds = map[int]Kind{
	65001: ConsentRequired, // the user or an administrator has not consented
	65004: Declined,        // the user declined
	90094: Declined,        // an administrator has to consent
	90095: Declined,        // likewise

	650052: Declined, // the tenant has no service principal for the resource
	650051: Declined, // likewise, by policy
	500011: Declined, // the resource is unknown in the tenant

	50076:  ClaimsChallenge, // a second factor
	50079:  ClaimsChallenge, // enrolment for one
	50158:  ClaimsChallenge, // an external factor
	50072:  ClaimsChallenge, // enrolment for one
	50074:  ClaimsChallenge, // a strong one
	50097:  ClaimsChallenge, // a known device
	53000:  ClaimsChallenge, // a compliant device
	53001:  ClaimsChallenge, // a joined device
	53002:  ClaimsChallenge, // an approved application
	53003:  ClaimsChallenge, // conditional access
	530003: ClaimsChallenge, // a managed device
	530034: ClaimsChallenge, // a step up

	50013:  AssertionRejected, // the assertion's signature or audience
	50027:  AssertionRejected, // the assertion's form
	50173:  AssertionRejected, // revoked
	50132:  AssertionRejected, // the session is no longer valid
	500133: AssertionRejected, // expired
	500137: AssertionRejected, // not yet valid or expired
	700082: AssertionRejected, // the refresh token has expired
	700084: AssertionRejected, // likewise
	70043:  AssertionRejected, // the session has ended by policy
	70044:  AssertionRejected, // likewise

	700016:  Misconfigured, // unknown application
	700027:  Misconfigured, // the certificate
	7000112: Misconfigured, // disabled
	7000215: Misconfigured, // wrong secret
	7000222: Misconfigured, // expired secret
	700211:  Misconfigured, // no such federated credential
	700212:  Misconfigured, // the federated token's audience
	700213:  Misconfigured, // the federated token's subject
}

// kind says what an answer means. Entra's code decides first, then the words of RFC 6749, then the status.
func (n *answer) kind() Kind {
	switch {
	case n.status == http.StatusTooManyRequests:
		return Throttled
	case n.transient() || n.status < http.StatusBadRequest:
		return Unavailable
	case n.oauth.Claims != "":
		return ClaimsChallenge
	}
	for _, code := range n.oauth.Codes {
		if kind, ok := codeKinds[code]; ok {
			return kind
		}
	}
	switch {
	case n.oauth.SubError == "consent_required" || n.oauth.Error == "consent_required":
		return ConsentRequired
	case n.oauth.Error == "interaction_required" || n.oauth.Error == "login_required":
		return ClaimsChallenge
	case n.oauth.Error == "access_denied":
		return Declined
	case n.oauth.Error == "invalid_grant":
		return AssertionRejected
	}
	return Misconfigured
}

// Errors that stand for one of MSAL's, whose own text may hold tokens.
var (
	errMSALLocal  = errors.New("MSAL refused before asking Entra")
	errMSALAnswer = errors.New("no token in Entra's answer that MSAL takes: " +
		"scopes were declined, it lives under five minutes, or it is no OAuth answer")
)

// classify makes an attempt's failure into an ExchangeError. MSAL's error itself goes no further, since its text holds
// Entra's answer and can hold the request.
func (x *exchanger) classify(q *query, note *answer, err error) *ExchangeError {
	e := q.failure(Misconfigured, errMSALLocal)
	e.AdminConsentURL = x.adminConsentURL(q.tenant)
	switch {
	case note.sent:
		x.fromAnswer(e, note)
	case contextError(err) != nil:
		e.Kind, e.cause = Unavailable, contextError(err)
	}
	return e
}

func (x *exchanger) fromAnswer(e *ExchangeError, note *answer) {
	e.Kind, e.Status, e.RetryAfter, e.cause = note.kind(), note.status, note.retryAfter, note.err
	e.OAuthError, e.CorrelationID = note.oauth.Error, note.oauth.CorrelationID
	if len(note.oauth.Codes) > 0 {
		e.Code = "AADSTS" + strconv.Itoa(note.oauth.Codes[0])
	}
	if e.Kind == ClaimsChallenge {
		e.Claims = Sensitive(note.oauth.Claims)
	}
	if note.err == nil && note.status < http.StatusBadRequest {
		e.cause = errMSALAnswer
	}
}

func contextError(err error) error {
	for _, end := range []error{context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, end) {
			return end
		}
	}
	return nil
}
