package workload

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// APIPath is where the data plane stands.
const APIPath = "/api"

// Site puts the parts of a back-end together.
type Site struct {
	BasePath string       // where the Workload REST contract stands, such as /workload
	Control  http.Handler // the contract: a *Service
	Data     http.Handler // the data plane, as NewDataPlane gives it
	Ready    []Check      // what must be well for /readyz
	Logger   *slog.Logger // default: slog.Default()
}

// Check is one thing that a back-end cannot serve without.
type Check struct {
	Name string // shown by /readyz
	// Ready returns nil where all is well. Its error goes to the log alone.
	Ready func(context.Context) error
}

// Handler serves the control plane under the base path, the data plane under /api, /healthz and /readyz. Every answer
// carries the call's RequestId and ActivityId, every failure the contract's body, and every call has one line in the
// log.
func (s Site) Handler() (http.Handler, error) {
	if err := CheckBasePath(s.BasePath); err != nil {
		return nil, fmt.Errorf("workload: the base path: %w", err)
	}
	if s.Logger == nil {
		s.Logger = slog.Default()
	}
	router := &Router{}
	err := errors.Join(
		router.Handle(s.BasePath+"/", http.StripPrefix(s.BasePath, s.Control)),
		router.Handle(APIPath+"/", http.StripPrefix(APIPath, s.Data)),
		router.Handle("GET /healthz", http.HandlerFunc(healthz)),
		router.Handle("GET /readyz", http.HandlerFunc(s.readyz)),
	)
	if err != nil {
		return nil, err
	}
	return observe(s.Logger, router), nil
}

// CheckBasePath says whether the contract can be served under a path: it begins with a slash, ends without one, is
// clean, and is not in the way of the other paths of a Site.
func CheckBasePath(p string) error {
	first, _, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	switch {
	case !strings.HasPrefix(p, "/") || p == "/" || path.Clean(p) != p || strings.ContainsAny(p, "{}?#% \t\r\n"):
		return fmt.Errorf("found %q; a path such as /workload, without a slash at its end, is right", p)
	case first == "api", first == "healthz", first == "readyz":
		return fmt.Errorf("found %q, where the back-end serves something else; a path such as /workload is right", p)
	}
	return nil
}

// healthz says that the process lives.
func healthz(w http.ResponseWriter, r *http.Request) {
	if err := WriteJSON(w, http.StatusOK, map[string]string{"status": "ok"}); err != nil {
		apierror.Write(w, r, apierror.Internal(err))
	}
}

// readyz asks everything that must be well, all of it, for at most five seconds.
func (s Site) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	var failed []string
	for _, check := range s.Ready {
		if err := check.Ready(ctx); err != nil {
			s.Logger.WarnContext(ctx, "not ready", "check", check.Name, "error", err)
			failed = append(failed, check.Name)
		}
	}
	if len(failed) > 0 {
		apierror.Write(w, r, apierror.Newf(http.StatusServiceUnavailable, apierror.ServiceUnavailable,
			"Not ready: %s.", strings.Join(failed, ", ")).Permanent(false))
		return
	}
	healthz(w, r)
}
