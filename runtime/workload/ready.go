package workload

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// Check is one thing that a back-end cannot serve without.
type Check struct {
	Name string // shown by /readyz
	// Ready returns nil where calls can be served. Its error goes to the log alone.
	Ready func(context.Context) error
	// Degraded says what is not as it should be although calls are served; "" where all is well. /readyz shows it, and
	// is 200 all the same. nil is never degraded.
	Degraded func(context.Context) string
}

// KeysCheck is ready while Entra's keys are at hand, and degraded while Entra is away and older ones serve.
func KeysCheck(a *auth.Authenticator) Check {
	return Check{Name: "keys", Ready: a.Ready, Degraded: func(context.Context) string {
		status := a.KeyStatus()
		if !status.Stale {
			return ""
		}
		return fmt.Sprintf("Entra gives no keys; those of %s serve on", status.FetchedAt.UTC().Format(time.RFC3339))
	}}
}

// Optional is the check of something that the back-end can do without for a while: it is always ready, and degraded while
// ping fails, whose error /readyz does not show.
func Optional(name string, ping func(context.Context) error) Check {
	return Check{Name: name, Ready: func(context.Context) error { return nil }, Degraded: func(ctx context.Context) string {
		if ping(ctx) != nil {
			return "it does not answer; the back-end goes on without it"
		}
		return ""
	}}
}

// health is the body of /healthz and of a good /readyz.
type health struct {
	Status   string            `json:"status"`
	Degraded map[string]string `json:"degraded,omitempty"` // by the name of the check
}

// healthz says that the process lives.
func healthz(w http.ResponseWriter, r *http.Request) { writeHealth(w, r, health{Status: "ok"}) }

func writeHealth(w http.ResponseWriter, r *http.Request, h health) {
	if err := WriteJSON(w, http.StatusOK, h); err != nil {
		apierror.Write(w, r, apierror.Internal(err))
	}
}

// readyz asks everything that must be well, all of it, for at most five seconds.
func (s Site) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	var failed []string
	degraded := map[string]string{}
	for _, check := range s.Ready {
		if err := check.Ready(ctx); err != nil {
			s.Logger.WarnContext(ctx, "not ready", "check", check.Name, "error", err)
			failed = append(failed, check.Name)
			continue
		}
		if check.Degraded == nil {
			continue
		}
		if what := check.Degraded(ctx); what != "" {
			degraded[check.Name] = what
		}
	}
	if len(failed) > 0 {
		apierror.Write(w, r, apierror.Newf(http.StatusServiceUnavailable, apierror.ServiceUnavailable,
			"Not ready: %s.", strings.Join(failed, ", ")).SetHeader("Retry-After", defaultRetryAfter).Permanent(false))
		return
	}
	writeHealth(w, r, health{Status: "ok", Degraded: degraded})
}
