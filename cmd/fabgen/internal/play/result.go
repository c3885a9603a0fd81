package play

import (
	"net/http"
	"strings"
)

// Result is what became of something that a person did.
type Result struct {
	// Outcome is it in words: what the person was asked, and how it ended. See the constants of this package.
	Outcome string `json:"outcome"`
	// Status is that of the last answer: of the back-end, or of Fabric where it stood between. 0 where there was none.
	Status int `json:"status,omitempty"`
	// Code is the errorCode of the contract's ErrorResponse, EntraCode such as AADSTS65001, both from the last answer.
	Code      string `json:"code,omitempty"`
	EntraCode string `json:"entraCode,omitempty"`
	// Detail is the answer's message, for a developer.
	Detail     string `json:"detail,omitempty"`
	RequestID  string `json:"requestId,omitempty"`
	RetryAfter string `json:"retryAfter,omitempty"` // as it was sent
	// Asked are the windows that the person saw, in their order.
	Asked   []Ask `json:"asked,omitempty"`
	Renewed bool  `json:"renewed,omitempty"` // a new token was got, and the call made again
	// Err is why there was no answer, such as the context's end.
	Err error `json:"-"`
	// Body is that of the last answer where all went well.
	Body   []byte      `json:"-"`
	Header http.Header `json:"-"`
}

// Ask is one window that a person was shown.
type Ask struct {
	Scopes []string `json:"scopes,omitempty"` // to consent to
	MFA    bool     `json:"mfa,omitempty"`    // to prove more
	Answer string   `json:"answer"`           // given, or how it ended
	// Early says that nothing had failed: the front-end asks so before it creates its first item.
	Early bool `json:"early,omitempty"`
}

// How things end. An Outcome is one of these, after what the person was asked: "asked to consent, then ok".
const (
	OK           = "ok"
	Declined     = "declined"                  // the person declined, or failed a proof
	WindowFailed = "window failed"             // it was shut, or Entra showed an error
	NoToken      = "no token"                  // Fabric gives none: audience, redirect URI or application are wrong
	TokenRefused = "token refused"             // 401, and nothing that the person can do
	Denied       = "denied"                    // 403
	Impossible   = "an administrator must act" // AADSTS650052, AADSTS65004
	StillRefused = "still refused"             // what was asked for was given, and did not help
	RetryLater   = "retry later"               // 429, 503 and the like
	NotFound     = "not found"
	Rejected     = "rejected" // another 4xx
	Failed       = "failed"   // 500
	NoAnswer     = "no answer"

	AskedConsent = "asked to consent"
	AskedMFA     = "asked for MFA"
	GotNewToken  = "token renewed"
)

// After joins what happened on the way with how it ended: After(OK, AskedConsent) is "asked to consent, then ok".
func After(end string, before ...string) string {
	if end == Declined || end == WindowFailed {
		return strings.Join(append(before, end), ", ")
	}
	return strings.Join(append(before, end), ", then ")
}

// OK says whether the call reached its end without a failure.
func (r *Result) OK() bool { return strings.HasSuffix(r.Outcome, OK) }

// end notes the last answer.
func (r *Result) end(got reply, failed *problem) {
	word := OK
	r.Status, r.Header, r.Body = got.status, got.header, got.body
	if failed != nil {
		word = words[failed.kind]
		r.Status, r.Code, r.EntraCode, r.Detail = failed.status, failed.code, failed.entraCode, failed.detail
		r.RequestID, r.RetryAfter, r.Header, r.Err = failed.requestID, failed.retryAfter, failed.header, failed.err
	}
	r.Outcome = After(word, r.before()...)
}

func (r *Result) before() []string {
	var before []string
	for _, ask := range r.Asked {
		switch {
		case ask.Early && ask.Answer == "given": // nobody had to be asked, for all that is known
		case ask.MFA:
			before = append(before, AskedMFA)
		default:
			before = append(before, AskedConsent)
		}
	}
	if r.Renewed {
		before = append(before, GotNewToken)
	}
	return before
}
