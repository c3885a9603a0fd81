package auth

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

// scopeName is the instrumentation scope of this package's spans and metrics.
const scopeName = "github.com/fabgen/fabgen/runtime/auth"

// telemetry is what OpenTelemetry is told. A nil one costs nothing and tells nothing.
type telemetry struct {
	tracer      trace.Tracer
	calls       metric.Int64Counter
	tokens      metric.Int64Counter
	exchanges   metric.Float64Histogram
	keyFetches  metric.Int64Counter
	sharedCalls metric.Int64Counter
}

// newTelemetry makes the instruments where the settings name a provider. The error is the provider's.
func newTelemetry(s Settings) (*telemetry, error) {
	if s.TracerProvider == nil && s.MeterProvider == nil {
		return nil, nil
	}
	if s.TracerProvider == nil {
		s.TracerProvider = tracenoop.NewTracerProvider()
	}
	if s.MeterProvider == nil {
		s.MeterProvider = metricnoop.NewMeterProvider()
	}
	t := &telemetry{tracer: s.TracerProvider.Tracer(scopeName)}
	meter := s.MeterProvider.Meter(scopeName)
	var err error
	counter := func(name, unit, description string) metric.Int64Counter {
		c, problem := meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
		err = errors.Join(err, problem)
		return c
	}
	t.calls = counter("fabgen.auth.calls", "{call}", "Calls that the door let in or refused, by plane and outcome")
	t.tokens = counter("fabgen.auth.tokens", "{token}", "Tokens for resources, by resource, identity and source")
	t.keyFetches = counter("fabgen.auth.key_fetches", "{fetch}", "Fetches of Entra's signing keys, by outcome")
	t.sharedCalls = counter("fabgen.auth.shared_cache_calls", "{call}",
		"Calls of the shared token cache, by operation and outcome")
	exchanges, problem := meter.Float64Histogram("fabgen.auth.exchange.duration", metric.WithUnit("s"),
		metric.WithDescription("How long exchanges with Entra took, attempts included, by resource, identity and outcome"))
	t.exchanges = exchanges
	return t, errors.Join(err, problem)
}

// outcomeOK is the outcome of what went well; every other is a Reason or a Kind.
const outcomeOK = "ok"

// call counts a call at the door. In the span that is under way, an event says why it was refused.
func (t *telemetry) call(ctx context.Context, plane Plane, err error) {
	if t == nil {
		return
	}
	outcome := outcomeOK
	if err != nil {
		outcome = reasonOf(err)
		trace.SpanFromContext(ctx).AddEvent("auth: call refused", trace.WithAttributes(attribute.String("reason", outcome)))
	}
	t.calls.Add(ctx, 1, metric.WithAttributes(attribute.String("plane", plane.String()),
		attribute.String("outcome", outcome)))
}

func reasonOf(err error) string {
	var refusal *ValidationError
	if errors.As(err, &refusal) {
		return string(refusal.Reason)
	}
	return "error"
}

// Sources of a token.
const (
	fromMemory = "memory"
	fromShared = "shared"
	fromEntra  = "entra"
)

// token counts a token that was given out.
func (t *telemetry) token(ctx context.Context, q *query, source string) {
	if t == nil {
		return
	}
	t.tokens.Add(ctx, 1, metric.WithAttributes(attribute.String("resource", q.resource.label()),
		attribute.String("as", q.resource.As.String()), attribute.String("source", source)))
}

// exchange begins the span of an exchange with Entra, below the span of the call that wants the token although the
// call's context does not bound it. The function that it gives ends the span.
func (t *telemetry) exchange(ctx context.Context, q *query) (context.Context, func(*ExchangeError)) {
	if t == nil {
		return ctx, func(*ExchangeError) {}
	}
	began := time.Now()
	what := []attribute.KeyValue{attribute.String("resource", q.resource.label()),
		attribute.String("as", q.resource.As.String())}
	ctx, span := t.tracer.Start(trace.ContextWithSpanContext(ctx, q.span), "auth.exchange",
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(what...),
		trace.WithAttributes(attribute.String("tenant.id", q.tenant)))
	return ctx, func(failure *ExchangeError) {
		outcome := outcomeOK
		if failure != nil {
			outcome = string(failure.Kind)
			span.SetStatus(codes.Error, outcome)
			span.SetAttributes(attribute.String("entra.code", failure.Code),
				attribute.Int("http.response.status_code", failure.Status))
		}
		t.exchanges.Record(ctx, time.Since(began).Seconds(),
			metric.WithAttributes(append(what, attribute.String("outcome", outcome))...))
		span.End()
	}
}

// keyFetch begins the span of a fetch of Entra's keys.
func (t *telemetry) keyFetch(ctx context.Context) (context.Context, func(error)) {
	if t == nil {
		return ctx, func(error) {}
	}
	ctx, span := t.tracer.Start(ctx, "auth.fetch_keys", trace.WithSpanKind(trace.SpanKindClient))
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		t.keyFetches.Add(ctx, 1, metric.WithAttributes(attribute.String("outcome", errorOutcome(err))))
		span.End()
	}
}

// sharedCall counts a call of the shared token cache.
func (t *telemetry) sharedCall(ctx context.Context, operation string, err error) {
	if t == nil {
		return
	}
	t.sharedCalls.Add(ctx, 1, metric.WithAttributes(attribute.String("operation", operation),
		attribute.String("outcome", errorOutcome(err))))
}

func errorOutcome(err error) string {
	if err != nil {
		return "error"
	}
	return outcomeOK
}
