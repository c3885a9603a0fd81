package fabrictest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
)

// The services of a Call, besides the URIs of resources.
const (
	ServiceFabric  = "fabric"
	ServiceOneLake = "onelake"
)

// Call is one call of a Server and what became of it. It holds no token: of each it has the claims.
type Call struct {
	Time     time.Time // when it came
	Duration time.Duration
	Service  string // ServiceFabric, ServiceOneLake, or a resource's URI
	Method   string
	Path     string // decoded, without a query
	Query    string // those parameters that say what is to be done
	Status   int
	Tokens   []CallToken
	// Code and Reason are those of a refusal: the API's error code, and words.
	Code, Reason string
	Injected     bool   // Throttle or SetOutage asked for it
	ActivityID   string // where the caller sent one
}

// CallToken is a token of a Call, without its text.
type CallToken struct {
	Role    string         // bearer, subject or app
	Claims  map[string]any // as the token says them: verified where there is no Problem
	Problem string         // why it was refused; empty also where nobody looked at it
}

// The roles of tokens.
const (
	roleBearer  = "bearer"
	roleSubject = "subject"
	roleApp     = "app"
)

// observer is the writer of a call's answer, and notes what the handlers say of it.
type observer struct {
	http.ResponseWriter
	call Call
}

func (o *observer) WriteHeader(status int) {
	if o.call.Status == 0 {
		o.call.Status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

// noted is the call that a writer belongs to, for handlers to note things in. Where nobody observes it is nobody's.
func noted(w http.ResponseWriter) *Call {
	if o, ok := w.(*observer); ok {
		return &o.call
	}
	return &Call{}
}

// observed tells Options.Observe of each call.
func (s *Server) observed(service string, next http.Handler) http.Handler {
	if s.options.Observe == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o := &observer{ResponseWriter: w, call: Call{
			Time: time.Now(), Service: service, Method: r.Method, Path: r.URL.Path, Query: told(r.URL.Query()),
			Tokens: tokensOf(r.Header), ActivityID: r.Header.Get(auth.HeaderActivityID),
		}}
		next.ServeHTTP(o, r)
		if o.call.Status == 0 {
			o.call.Status = http.StatusOK
		}
		o.call.Duration = time.Since(o.call.Time)
		s.options.Observe(o.call)
	})
}

// told are the parameters that are known to hold no secret.
func told(query url.Values) string {
	known := url.Values{}
	for _, name := range []string{"resource", "action", "position", "directory", "recursive", "continuation",
		"continuationToken", "type"} {
		if values, ok := query[name]; ok {
			known[name] = values
		}
	}
	return known.Encode()
}

// tokensOf are the tokens of a call, before anybody has verified them.
func tokensOf(h http.Header) []CallToken {
	if token, err := auth.ParseBearer(h); err == nil {
		return []CallToken{{Role: roleBearer, Claims: claimsOf(token)}}
	}
	if tokens, err := auth.ParseSubjectAndApp(h); err == nil {
		return []CallToken{{Role: roleSubject, Claims: claimsOf(tokens.Subject)}, {Role: roleApp, Claims: claimsOf(tokens.App)}}
	}
	return nil
}

// claimsOf is what a token says, true or not; nil where it is no JWT.
func claimsOf(token string) map[string]any {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	data, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return nil
	}
	var claims map[string]any
	if json.Unmarshal(data, &claims) != nil {
		return nil
	}
	return claims
}

// refuse notes why a token was refused.
func (c *Call) refuse(role string, why error) {
	for i := range c.Tokens {
		if c.Tokens[i].Role == role && why != nil {
			c.Tokens[i].Problem = why.Error()
		}
	}
}
