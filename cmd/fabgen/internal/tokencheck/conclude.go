package tokencheck

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
)

// shownClaims are the claims that a back-end looks at, in the order in which it does. No other claim is ever shown.
var shownClaims = []string{"alg", "kid", "signature", "exp", "nbf", "iat", "ver", "tid", "iss", "aud", "appid", "azp", "oid",
	"idtyp", "scp"}

// conclude writes the report, once it is known what was refused.
func (e *examination) conclude(verdict *auth.ValidationError) {
	r := e.report
	r.Accepted = verdict == nil
	if verdict != nil {
		plane := auth.ControlPlane
		if r.Kind == DataSubject {
			plane = auth.DataPlane
		}
		answer := auth.ErrorFor(verdict, plane)
		r.Reason, r.HTTPStatus = verdict.Reason, answer.Status
		r.ErrorCode, r.ResponseMessage = answer.ErrorCode, answer.Message
	}
	original := &examination{pasted: e.pasted}
	original.parse()
	e.list("app", original.app)
	e.list("subject", original.subject)
	e.listRest()
	e.listRoutes(original.subject)
	e.addNotes(original)
}

// list tells each claim of a token: those that were refused with why, the others with what they say.
func (e *examination) list(name string, t *token) {
	if t == nil {
		return
	}
	for _, claim := range shownClaims {
		if refusal := e.refusalOf(name, claim); refusal != nil {
			e.report.Claims = append(e.report.Claims, ofRefusal(name, refusal))
			continue
		}
		if value, ok := e.value(name, t, claim); ok {
			status := OK
			if claim == "signature" && e.workload.Keys == nil {
				status = Unknown
			}
			e.report.Claims = append(e.report.Claims, Claim{Token: name, Name: claim, Status: status, Found: value})
		}
	}
}

// value is what a claim says, as far as a person may need to see it: object IDs are only said to be there.
func (e *examination) value(name string, t *token, claim string) (string, bool) {
	switch claim {
	case "alg":
		return "RS256", string(t.header["alg"]) == `"RS256"`
	case "kid":
		return "", false
	case "signature":
		if e.workload.Keys == nil {
			return "not checked: that takes Entra's keys; save them and give --keys FILE", true
		}
		for _, refusal := range e.refused {
			if refusal.Token == name && slices.Contains([]string{"alg", "typ", "header", "kid", ""}, refusal.Claim) {
				return "", false // it was not come to
			}
		}
		return "right, by the keys that were given", true
	case "exp", "nbf", "iat":
		return time.Unix(t.number(claim), 0).UTC().Format(time.RFC3339), t.has(claim)
	case "oid":
		return "there", t.has(claim)
	case "idtyp":
		if !t.has(claim) {
			return "none", t.readable()
		}
	}
	return shown(t.text(claim)), t.has(claim)
}

func shown(s string) string {
	const most = 300
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.Trim(fmt.Sprintf("%q", s), `"`)
}

func (e *examination) refusalOf(token, claim string) *auth.ValidationError {
	for _, r := range e.refused {
		if r.Claim == claim && (r.Token == token || r.Token == "") {
			return r
		}
	}
	return nil
}

func ofRefusal(token string, r *auth.ValidationError) Claim {
	found := r.Found
	if r.Cause != nil {
		found = strings.TrimPrefix(found+"; "+r.Cause.Error(), "; ")
	}
	return Claim{Token: token, Name: r.Claim, Status: Refused, Reason: r.Reason, Found: found, Want: r.Want, Hint: r.Hint}
}

// listRest tells of refusals that are about no claim: of the header, the payload, or the whole.
func (e *examination) listRest() {
	for _, r := range e.refused {
		if !slices.Contains(shownClaims, r.Claim) {
			claim := ofRefusal(r.Token, r)
			if claim.Name == "" {
				claim.Name = "token"
			}
			e.report.Claims = append(e.report.Claims, claim)
		}
	}
}

// listRoutes tells which routes a data-plane token's scopes open.
func (e *examination) listRoutes(subject *token) {
	if e.report.Kind != DataSubject || subject == nil {
		return
	}
	claims := auth.Claims{Scopes: strings.Split(subject.text("scp"), " ")}
	for _, r := range e.workload.Routes {
		r.Scoped = claims.HasAnyScope(r.Scopes...)
		r.Open = r.Scoped && e.report.Accepted
		e.report.Routes = append(e.report.Routes, r)
	}
}

func (e *examination) addNotes(original *examination) {
	note := func(text string) { e.report.Notes = append(e.report.Notes, text) }
	switch e.report.Kind {
	case ControlSubject:
		note("Fabric sends this token together with an app token; the rest of the call was taken to be right")
	case App:
		note("Fabric sends this token together with a user's, except on delete and endpoint resolution")
	case Composite:
		switch {
		case e.pasted.malformed != "":
			return
		case original.subject == nil:
			note("there is no user's token: delete and endpoint resolution take the call, every other operation answers 401")
		}
		note("the header x-ms-client-tenant-id has to name the user's tenant; it was taken to")
	case DataSubject:
		if len(e.workload.scopes()) == 0 {
			note("the workload has no route that a token opens")
		}
	}
}
