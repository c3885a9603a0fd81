package hops

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// maxErrorBody bounds what is read of an error's body, in bytes. All of it is passed on.
const maxErrorBody = 64 << 10

var (
	aadsts        = regexp.MustCompile(`\bAADSTS\d{4,9}\b`)
	bearerError   = regexp.MustCompile(`(?i)\bBearer\b.*\berror="([a-z_]{1,64})"`)
	askForClaims  = regexp.MustCompile(`(?i)\bBearer\b.*\b(claims|scope)="`)
	askForConsent = "additionalScopesToConsent"
	askForPolicy  = "claimsForConditionalAccessPolicy"
)

// explain fills in why an answer of the back-end's is a refusal: by the contract's error in its body, otherwise by its
// WWW-Authenticate header. Of a challenge it tells that there is one, and not what it asks for.
func (h *Hop) explain(header http.Header, body []byte) {
	challenges := header.Values("WWW-Authenticate")
	for _, c := range challenges {
		h.Challenge = h.Challenge || askForClaims.MatchString(c)
		if found := bearerError.FindStringSubmatch(c); found != nil && h.Code == "" {
			h.Code = found[1]
		}
	}
	var e apierror.Response
	if json.Unmarshal(body, &e) == nil && e.ErrorCode != "" {
		h.Code, h.Reason = e.ErrorCode, e.Message
		for _, d := range e.MoreDetails {
			for _, p := range d.AdditionalParameters {
				h.Challenge = h.Challenge || p.Name == askForConsent || p.Name == askForPolicy
			}
		}
	} else if header.Get("Content-Encoding") == "" && !json.Valid(body) && strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		h.Reason = strings.TrimSpace(cut(string(body), maxReason))
	}
	if number := aadsts.FindString(h.Reason); number != "" && number != h.Code {
		h.Code = strings.TrimSpace(h.Code + " " + number)
	}
	h.Code, h.Reason = said(h.Code, 128), said(h.Reason, maxReason)
}

// said is a text of others as a Hop tells it.
func said(text string, most int) string { return cut(oneLine(withoutTokens(text)), most) }
