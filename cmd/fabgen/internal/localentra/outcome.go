package localentra

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// Outcome is how a sign-in ended, for a host whose pop-up was closed before it could see.
type Outcome struct {
	// Done says that it ended; else the person is still at it, or has closed the window.
	Done bool
	// User is the object ID of who signed in, where the person got so far.
	User string
	// Error, Code and Reason are those of a refusal; empty and 0 where all went well.
	Error  string
	Code   int // of AADSTS
	Reason string
}

// Outcome tells how the sign-in with that state parameter goes. It is false where there was none, or too long ago.
func (s *Server) Outcome(state string) (Outcome, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outcomes.get(s.options.Now(), state)
}

func (s *Server) record(a *authorization, o Outcome) {
	if a.state == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes.set(s.options.Now(), a.state, o)
}

func (s *Server) recordRefusal(r *http.Request, a *authorization, refusal *Refusal) {
	e := eventOf(r)
	e.refuse(refusal)
	s.record(a, Outcome{Done: true, User: e.User, Error: refusal.Name, Code: refusal.Code(),
		Reason: refusal.Description})
}

// complete ends an interaction with what the application asked for.
func (s *Server) complete(w http.ResponseWriter, r *http.Request, ix *interaction) {
	s.forget(ix)
	a, u := ix.authorization, ix.user
	s.remember(w, r, ix)
	eventOf(r).User, eventOf(r).Tenant = u.ID, u.tenant.ID
	s.record(a, Outcome{Done: true, User: u.ID})
	if a.adminConsent {
		if a.redirect == "" {
			s.showDone(w, r, "The consent is given", "It holds for everybody in "+u.tenant.Name+". You can close this "+
				"window.")
			return
		}
		s.sendBack(w, r, a, url.Values{"admin_consent": {"True"}, "tenant": {u.tenant.ID},
			"scope": {strings.Join(a.scopes.strings(), " ")}})
		return
	}
	values := url.Values{"code": {s.newCode(a, u)}}
	if a.clientInfo {
		values.Set("client_info", clientInfo(u))
	}
	s.sendBack(w, r, a, values)
}

// clientInfo is what MSAL takes an account's ID from.
func clientInfo(u *user) string {
	info, _ := json.Marshal(map[string]string{"uid": u.ID, "utid": u.tenant.ID}) // strings always encode
	return base64.RawURLEncoding.EncodeToString(info)
}

// redirectRefusal tells the application of a refusal (RFC 6749 section 4.1.2.1).
func (s *Server) redirectRefusal(w http.ResponseWriter, r *http.Request, a *authorization, refusal *Refusal) {
	refusal = s.stamp(refusal, r)
	s.recordRefusal(r, a, refusal)
	values := url.Values{"error": {refusal.Name}, "error_description": {refusal.Description}}
	if refusal.Name == "access_denied" {
		values.Set("error_subcode", "cancel")
	}
	if refusal.Suberror != "" {
		values.Set("suberror", refusal.Suberror)
	}
	if refusal.Claims != "" {
		values.Set("claims", refusal.Claims)
	}
	if a.adminConsent {
		values.Set("admin_consent", "True")
	}
	s.sendBack(w, r, a, values)
}

// sendBack redirects to the application.
func (s *Server) sendBack(w http.ResponseWriter, r *http.Request, a *authorization, values url.Values) {
	if a.state != "" {
		values.Set("state", a.state)
	}
	if eventOf(r).Decision == "" {
		eventOf(r).Decision = redirected
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Location", withValues(a, values))
	status := http.StatusFound
	if r.Method == http.MethodPost {
		status = http.StatusSeeOther
	}
	w.WriteHeader(status)
}

func withValues(a *authorization, values url.Values) string {
	uri, fragment, _ := strings.Cut(a.redirect, "#")
	switch {
	case len(values) == 0:
	case a.fragment:
		return uri + "#" + values.Encode()
	case strings.Contains(uri, "?"):
		uri += "&" + values.Encode()
	default:
		uri += "?" + values.Encode()
	}
	if fragment != "" {
		uri += "#" + fragment
	}
	return uri
}
