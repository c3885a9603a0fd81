package localentra

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/fabgen/fabgen/runtime/entratest"
)

// Fault is a way in which an exchange can fail.
type Fault string

// The faults that FailNext knows.
const (
	FaultConsent       Fault = "consent"       // AADSTS65001
	FaultClaims        Fault = "claims"        // AADSTS50076 with a claims challenge
	FaultNotEnabled    Fault = "notEnabled"    // AADSTS650052
	FaultSecretInvalid Fault = "secretInvalid" // AADSTS7000215
	FaultSecretExpired Fault = "secretExpired" // AADSTS7000222
	FaultThrottled     Fault = "throttled"     // 429 with Retry-After: 1
	FaultOutage        Fault = "outage"        // 503
)

// Faults are all that FailNext knows.
func Faults() []Fault {
	return []Fault{FaultConsent, FaultClaims, FaultNotEnabled, FaultSecretInvalid, FaultSecretExpired, FaultThrottled,
		FaultOutage}
}

// FailNext makes the next exchange on behalf of a user fail; calls line up. A person who then consents, or proves more,
// changes nothing that was not so before: the exchange after it goes by what holds.
func (s *Server) FailNext(f Fault) error {
	if !slices.Contains(Faults(), f) {
		return fmt.Errorf("localentra: there is no fault %q, want one of %q", f, Faults())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
	return nil
}

// Waiting are the faults that FailNext has lined up and that no exchange has met yet, the next first.
func (s *Server) Waiting() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.faults)
}

// ForgetFaults takes back those that FailNext has lined up and that no exchange has met yet.
func (s *Server) ForgetFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// injected is the refusal that FailNext wants for this exchange, or nil.
func (s *Server) injected(client *application, t *tenant, r *resource) *Refusal {
	s.mu.Lock()
	if len(s.faults) == 0 {
		s.mu.Unlock()
		return nil
	}
	fault := s.faults[0]
	s.faults = s.faults[1:]
	s.mu.Unlock()
	out := fault.refusal(client, t, r)
	out.Injected = true
	return out
}

func (f Fault) refusal(client *application, t *tenant, r *resource) *Refusal {
	switch f {
	case FaultConsent:
		return notConsented(client)
	case FaultClaims:
		return proofMissing("interaction_required", r)
	case FaultNotEnabled:
		return notEnabled(t, r)
	case FaultSecretInvalid:
		return refuse("invalid_client", 7000215, "Invalid client secret provided.")
	case FaultSecretExpired:
		return refuse("invalid_client", 7000222, "The provided client secret keys are expired.")
	case FaultThrottled:
		return &Refusal{Refusal: *entratest.Refuse(http.StatusTooManyRequests, "temporarily_unavailable", 90055,
			"The server is busy. Retry later.")}
	}
	return &Refusal{Refusal: *entratest.Refuse(http.StatusServiceUnavailable, "temporarily_unavailable", 90033,
		"A transient error has occurred. Please try again.")}
}

// SetOutage answers everything with 503 while it is on.
func (s *Server) SetOutage(on bool) { s.entra.SetOutage(on) }

// SetLatency makes every request for a token take that long.
func (s *Server) SetLatency(d time.Duration) { s.entra.SetLatency(d) }

// Throttle answers the next n requests for a token, of whatever grant, with 429 and, where it is not zero, Retry-After.
func (s *Server) Throttle(n int, retryAfter time.Duration) { s.entra.Throttle(n, retryAfter) }

// ExpireSecret says whether the application's secret has expired.
func (s *Server) ExpireSecret(expired bool) { s.entra.ExpireSecret(expired) }

// RotateKeys makes a new signing key. The earlier ones stay published until RetireKeys.
func (s *Server) RotateKeys() error { return s.entra.RotateKeys() }

// RetireKeys takes all keys but the current one out of the key set.
func (s *Server) RetireKeys() { s.entra.RetireKeys() }

// SetTokenLifetime says how long tokens live that are issued from now on.
func (s *Server) SetTokenLifetime(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lifetime = d
}

// RevokeRefreshTokens forgets all refresh tokens that were issued.
func (s *Server) RevokeRefreshTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh.clear()
}
