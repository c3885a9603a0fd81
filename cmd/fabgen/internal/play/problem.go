package play

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// kind is what a call fails with, by what a person or a page can do: the front-end's ProblemKind.
type kind int

const (
	consentRequired kind = iota + 1
	claimsRequired
	interactionFailed
	scopesRefused
	stillRefused
	consentImpossible
	misconfigured
	tokenRefused
	denied
	notFound
	rejected
	throttled
	unavailable
	broken
	unreached // the call has no answer
)

var words = map[kind]string{
	consentRequired: AskedConsent, claimsRequired: AskedMFA, // where nobody may be asked, they are the end
	interactionFailed: WindowFailed, scopesRefused: Declined, stillRefused: StillRefused, consentImpossible: Impossible,
	misconfigured: NoToken, tokenRefused: TokenRefused, denied: Denied, notFound: NotFound, rejected: Rejected,
	throttled: RetryLater, unavailable: RetryLater, broken: Failed, unreached: NoAnswer,
}

// problem is a failed call.
type problem struct {
	kind       kind
	status     int
	code       string // errorCode of the ErrorResponse, or Fabric's around it
	entraCode  string
	detail     string
	requestID  string
	retryAfter string
	header     http.Header
	remedy     *remedy
	err        error
}

// remedy is what may let the call succeed when it is made once more: to ask the person, or else a new token.
type remedy struct {
	ask    bool
	demand demand
}

// over is the problem of a window that a failed call led to: the answer's facts are that call's.
func (p *problem) over(call *problem) *problem {
	out := *call
	out.kind, out.remedy, out.err = p.kind, nil, p.err
	return &out
}

// errorResponse is the contract's.
type errorResponse struct {
	ErrorCode   string `json:"errorCode"`
	Message     string `json:"message"`
	MoreDetails []struct {
		ErrorCode            string `json:"errorCode"`
		Message              string `json:"message"`
		AdditionalParameters []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"additionalParameters"`
	} `json:"moreDetails"`
}

// readError reads an ErrorResponse; encoding/json takes PascalCase too. nil where it is none.
func readError(data []byte) *errorResponse {
	e := &errorResponse{}
	if json.Unmarshal(data, e) != nil || e.ErrorCode == "" && e.Message == "" {
		return nil
	}
	return e
}

// demand is what the person has to be asked for, as far as the error says it.
func (e *errorResponse) demand() (d demand, ok bool) {
	if e == nil {
		return demand{}, false
	}
	for _, detail := range e.MoreDetails {
		for _, p := range detail.AdditionalParameters {
			switch strings.ToLower(p.Name) {
			case "additionalscopestoconsent":
				for _, scope := range strings.FieldsFunc(p.Value, func(r rune) bool { return r == ',' || r == ' ' }) {
					if !slices.Contains(d.scopes, scope) {
						d.scopes = append(d.scopes, scope)
					}
				}
			case "claimsforconditionalaccesspolicy", "claimsforcondtionalaccesspolicy":
				if d.claims == "" {
					d.claims = p.Value
				}
			}
		}
	}
	return d, len(d.scopes) > 0 || d.claims != ""
}

var entraCode = regexp.MustCompile(`AADSTS\d+`)

// entraCode finds Entra's code in an error.
func (e *errorResponse) entraCode() string {
	if e == nil {
		return ""
	}
	texts := []string{e.ErrorCode, e.Message}
	for _, detail := range e.MoreDetails {
		texts = append(texts, detail.ErrorCode, detail.Message)
	}
	return entraCode.FindString(strings.Join(texts, "\n"))
}

// implied is what an error asks for by its code alone: all of the application's permissions.
func (e *errorResponse) implied(reason string) (demand, bool) {
	asks := e != nil && reason != "invalid_token" && (e.ErrorCode == "AuthUIRequired" || e.entraCode() == "AADSTS65001")
	return demand{scopes: []string{everything}}, asks
}

// everything is the scope that stands for all that the application is registered with.
const everything = ".default"

// facts takes over what the body says.
func (p *problem) facts(e *errorResponse) {
	if e != nil {
		p.code, p.detail, p.entraCode = e.ErrorCode, e.Message, e.entraCode()
	}
}

// asking makes it a problem that asks for what is demanded.
func (p *problem) asking(d demand) *problem {
	p.kind, p.remedy = consentRequired, &remedy{ask: true, demand: d}
	if d.claims != "" {
		p.kind = claimsRequired
	}
	return p
}

// refused makes it a problem that no window changes.
func (p *problem) refused(k kind) *problem {
	p.kind = k
	if p.entraCode == "AADSTS650052" || p.entraCode == "AADSTS65004" {
		p.kind = consentImpossible
	}
	return p
}

// kindOf sorts the statuses that have no challenge.
func kindOf(status int) kind {
	switch status {
	case http.StatusForbidden:
		return denied
	case http.StatusNotFound:
		return notFound
	case http.StatusTooManyRequests:
		return throttled
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return unavailable
	}
	if status >= 400 && status < 500 {
		return rejected
	}
	return broken
}
