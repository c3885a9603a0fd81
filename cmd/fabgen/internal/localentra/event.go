package localentra

import (
	"context"
	"net/http"
	"time"
)

// Kind is what an Event tells of.
type Kind string

// The kinds of events.
const (
	KindDiscovery    Kind = "discovery"
	KindKeys         Kind = "keys"
	KindAuthorize    Kind = "authorize"    // a sign-in begins
	KindAnswer       Kind = "answer"       // a person answers a page
	KindAdminConsent Kind = "adminConsent" // an administrator's consent begins
	KindLogout       Kind = "logout"
	KindToken        Kind = "token"   // a program asks for a token
	KindMint         Kind = "mint"    // Server.UserToken and Server.AppToken
	KindUnknown      Kind = "unknown" // a path that is not there
)

// Event is a request and what was decided about it. It holds no token, code or secret: of a token it has the claims.
type Event struct {
	Time     time.Time     `json:"time"`
	Duration time.Duration `json:"duration"` // nanoseconds
	Kind     Kind          `json:"kind"`
	Listener string        `json:"listener,omitempty"` // tls or pages
	Method   string        `json:"method,omitempty"`
	Path     string        `json:"path,omitempty"`
	Status   int           `json:"status,omitempty"` // of HTTP

	// Whom and what it was about, as far as that was found out. Tenant, Client and User are IDs.
	Tenant   string   `json:"tenant,omitempty"`
	Client   string   `json:"client,omitempty"`
	User     string   `json:"user,omitempty"`
	Grant    string   `json:"grant,omitempty"`
	Resource string   `json:"resource,omitempty"`
	Scopes   []string `json:"scopes,omitempty"`

	// Decision is issued, refused, shown (a page, see Page), redirected, or empty where nothing was to decide.
	Decision string `json:"decision,omitempty"`
	Page     string `json:"page,omitempty"` // signIn, proof, consent, approval, error, done
	// Error, Code and Reason are those of a refusal: OAuth's error, the number of the AADSTS code, Entra's description.
	Error    string `json:"error,omitempty"`
	Code     int    `json:"code,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Injected bool   `json:"injected,omitempty"` // FailNext, Throttle or SetOutage asked for it

	Tokens []IssuedToken `json:"tokens,omitempty"`
}

// IssuedToken is a token that was issued, without its text.
type IssuedToken struct {
	Kind   string         `json:"kind"`             // access, id or refresh
	Claims map[string]any `json:"claims,omitempty"` // of a JWT
}

// The values of Event.Decision.
const (
	issued     = "issued"
	refused    = "refused"
	shown      = "shown"
	redirected = "redirected"
)

type eventKey struct{}

// eventOf is the event of a request, for what handles it to fill in.
func eventOf(r *http.Request) *Event {
	if e, ok := r.Context().Value(eventKey{}).(*Event); ok {
		return e
	}
	return &Event{}
}

func (e *Event) refuse(r *Refusal) {
	e.Decision, e.Error, e.Code, e.Reason, e.Injected = refused, r.Name, r.Code(), r.Description, r.Injected
}

func (e *Event) issue(kind string, claims map[string]any) {
	e.Decision = issued
	e.Tokens = append(e.Tokens, IssuedToken{kind, claims})
}

// statusWriter remembers the status that was written.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// observe tells Options.OnEvent of each request.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := &Event{Time: s.options.Now(), Kind: KindUnknown, Listener: "pages", Method: r.Method,
			Path: shorten(r.URL.Path)}
		if r.TLS != nil {
			e.Listener = "tls"
		}
		recorder := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		start := time.Now()
		next.ServeHTTP(recorder, r.WithContext(context.WithValue(r.Context(), eventKey{}, e)))
		e.Duration, e.Status = time.Since(start), recorder.status
		if e.Decision == "" && e.Status >= 400 {
			e.Decision = refused
			e.Injected = e.Status == http.StatusTooManyRequests || e.Status >= 500
		}
		s.options.OnEvent(*e)
	})
}
