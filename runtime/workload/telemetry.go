package workload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

const scopeName = "github.com/fabgen/fabgen/runtime/workload"

// callTelemetry tells OpenTelemetry of the calls that are served, in the words of its conventions for HTTP servers. A
// nil one costs nothing and tells nothing.
type callTelemetry struct {
	tracer   trace.Tracer
	duration metric.Float64Histogram
}

func newCallTelemetry(tracers trace.TracerProvider, meters metric.MeterProvider) (*callTelemetry, error) {
	if tracers == nil && meters == nil {
		return nil, nil
	}
	if tracers == nil {
		tracers = tracenoop.NewTracerProvider()
	}
	if meters == nil {
		meters = metricnoop.NewMeterProvider()
	}
	duration, err := meters.Meter(scopeName).Float64Histogram("http.server.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of HTTP server requests."),
		metric.WithExplicitBucketBoundaries(.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10))
	if err != nil {
		return nil, fmt.Errorf("workload: making the instruments of MeterProvider: %w", err)
	}
	return &callTelemetry{tracer: tracers.Tracer(scopeName), duration: duration}, nil
}

// call begins the span of a call, below that of the caller where it names one (W3C Trace Context). The function that it
// gives ends the span under the pattern that served the call: the path itself can hold what a person wrote.
func (t *callTelemetry) call(r *http.Request) (context.Context, func(*callLine, int)) {
	if t == nil {
		return r.Context(), func(*callLine, int) {}
	}
	began := time.Now()
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := t.tracer.Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindServer))
	return ctx, func(line *callLine, status int) {
		pattern, err := line.served()
		what := []attribute.KeyValue{attribute.String("http.request.method", method(r.Method)),
			attribute.Int("http.response.status_code", status)}
		if pattern != "" {
			span.SetName(pattern)
			what = append(what, attribute.String("http.route", pattern))
		}
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
		span.SetAttributes(what...)
		span.SetAttributes(line.ids(r)...)
		if err != nil {
			span.SetAttributes(attribute.String("error.type", errorType(err)))
		}
		t.duration.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(what...))
		span.End()
	}
}

// method keeps what a stranger makes up from becoming a name of its own.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return m
	}
	return "_OTHER"
}

// errorType is the type of the error at the bottom: its text is for the log.
func errorType(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return fmt.Sprintf("%T", err)
}
