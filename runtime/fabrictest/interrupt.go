package fabrictest

import (
	"net/http"
	"strconv"
	"time"
)

// interruption is what keeps a service from answering.
type interruption struct {
	name, tooMany, away string // of the service, and its codes

	// Server.mu is held for what changes.
	throttled  int
	retryAfter time.Duration
	outage     bool
}

// Throttle answers the next n calls of Fabric's API and of workload control with 429 and, where it is not zero, with
// Retry-After in seconds. 0 takes it back.
func (s *Server) Throttle(n int, retryAfter time.Duration) { s.throttle(&s.fabricBreak, n, retryAfter) }

// SetOutage answers every call of Fabric's API and of workload control with 503 while it is on.
func (s *Server) SetOutage(on bool) { s.setOutage(&s.fabricBreak, on) }

// ThrottleOneLake answers the next n calls of OneLake with 429, as Throttle does.
func (s *Server) ThrottleOneLake(n int, retryAfter time.Duration) {
	s.throttle(&s.oneLakeBreak, n, retryAfter)
}

// SetOneLakeOutage answers every call of OneLake with 503 while it is on.
func (s *Server) SetOneLakeOutage(on bool) { s.setOutage(&s.oneLakeBreak, on) }

// Throttled says how many of the next calls of Fabric and of OneLake will be answered with 429.
func (s *Server) Throttled() (fabric, oneLake int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fabricBreak.throttled, s.oneLakeBreak.throttled
}

func (s *Server) throttle(i *interruption, n int, retryAfter time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i.throttled, i.retryAfter = n, retryAfter
}

func (s *Server) setOutage(i *interruption, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i.outage = on
}

// interrupted puts an interruption in front of a handler and its check of tokens.
func (s *Server) interrupted(i *interruption, refuse errorWriter, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.interrupt(w, i, refuse) {
			next.ServeHTTP(w, r)
		}
	})
}

// interrupt answers a call as the interruption says, and says whether it did.
func (s *Server) interrupt(w http.ResponseWriter, i *interruption, refuse errorWriter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case i.outage:
		noted(w).Injected = true
		refuse(w, http.StatusServiceUnavailable, i.away, "The local "+i.name+" has an outage.")
	case i.throttled > 0:
		i.throttled--
		noted(w).Injected = true
		if i.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(i.retryAfter.Seconds())))
		}
		refuse(w, http.StatusTooManyRequests, i.tooMany, "The local "+i.name+" asks to wait.")
	default:
		return false
	}
	return true
}
