package workload

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"strings"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
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

	// TracerProvider and MeterProvider get a span and a duration of each call, under the pattern of its path. Default:
	// none, at no cost.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
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
	telemetry, err := newCallTelemetry(s.TracerProvider, s.MeterProvider)
	if err != nil {
		return nil, err
	}
	return observe(s.Logger, telemetry, router), nil
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
