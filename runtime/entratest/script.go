package entratest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// script is what the server was told to do otherwise than usual.
type script struct {
	outage        bool
	latency       time.Duration
	throttled     int
	retryAfter    time.Duration
	failing       []failure
	secretExpired bool
	unconsented   map[string]bool
	declined      map[string]bool
	claims        map[string]string
}

type failure struct {
	status int
	body   string
}

func newScript() script {
	return script{unconsented: map[string]bool{}, declined: map[string]bool{}, claims: map[string]string{}}
}

func (s *Server) change(f func(*script)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.script)
}

// SetConsent says whether users have consented to the resource (its URI). At first they have, to every resource.
// Without it tokens on behalf of a user are refused with AADSTS65001, for which the front-end asks for consent.
func (s *Server) SetConsent(resource string, given bool) {
	s.change(func(c *script) { c.unconsented[resource] = !given })
}

// SetDeclined says whether the resource is one that the tenant does not have: tokens on behalf of a user are refused
// with AADSTS650052, which only an administrator can change.
func (s *Server) SetDeclined(resource string, declined bool) {
	s.change(func(c *script) { c.declined[resource] = declined })
}

// RequireClaims makes the resource one that conditional access guards: tokens on behalf of a user are refused with
// AADSTS50076 and the claims (JSON), unless the user's token is made with ClaimsSatisfied. Empty claims end it.
func (s *Server) RequireClaims(resource, claims string) {
	s.change(func(c *script) { c.claims[resource] = claims })
}

// Throttle answers the next n requests for a token with 429 and, where it is not zero, Retry-After.
func (s *Server) Throttle(n int, retryAfter time.Duration) {
	s.change(func(c *script) { c.throttled, c.retryAfter = n, retryAfter })
}

// FailToken answers the next request for a token with any status and body; calls line up.
func (s *Server) FailToken(status int, body string) {
	s.change(func(c *script) { c.failing = append(c.failing, failure{status, body}) })
}

// SetOutage answers everything with 503 while it is on.
func (s *Server) SetOutage(on bool) { s.change(func(c *script) { c.outage = on }) }

// SetLatency makes every request for a token take that long.
func (s *Server) SetLatency(d time.Duration) { s.change(func(c *script) { c.latency = d }) }

// ExpireSecret says whether the application's secret has expired (AADSTS7000222).
func (s *Server) ExpireSecret(expired bool) { s.change(func(c *script) { c.secretExpired = expired }) }

// interrupt answers a request for a token where the script wants it otherwise, and says whether it has.
func (s *Server) interrupt(w http.ResponseWriter) bool {
	s.mu.Lock()
	c := &s.script
	latency, throttle, after := c.latency, c.throttled > 0, c.retryAfter
	var fail *failure
	switch {
	case throttle:
		c.throttled--
	case len(c.failing) > 0:
		fail = &c.failing[0]
		c.failing = c.failing[1:]
	}
	s.mu.Unlock()
	time.Sleep(latency)
	switch {
	case throttle:
		if after > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())))
		}
		writeJSON(w, http.StatusTooManyRequests, Refusal{Name: "temporarily_unavailable", Codes: []int{90055}})
	case fail != nil:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(fail.status)
		_, _ = fmt.Fprint(w, fail.body)
	default:
		return false
	}
	return true
}

// guard refuses a token on behalf of a user as the script says; satisfied is whether the user has done what
// RequireClaims asks for.
func (s *Server) guard(resource string, satisfied bool) *Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch claims := s.script.claims[resource]; {
	case s.script.declined[resource]:
		return Refuse(http.StatusBadRequest, "invalid_client", 650052,
			"The app needs access to a service that the organization has not enabled.")
	case s.script.unconsented[resource]:
		e := Refuse(http.StatusBadRequest, "invalid_grant", 65001,
			"The user user@example.com or administrator has not consented to use the application.")
		e.Suberror = "consent_required"
		return e
	case claims != "" && !satisfied:
		e := Refuse(http.StatusBadRequest, "interaction_required", 50076,
			"The user user@example.com must use multi-factor authentication.")
		e.Suberror, e.Claims = "basic_action", claims
		return e
	}
	return nil
}
