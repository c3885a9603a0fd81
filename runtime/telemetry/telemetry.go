// Package telemetry sends a workload's traces and metrics to a collector, by OTLP over HTTP:
//
//	providers, err := telemetry.Start(ctx, telemetry.Options{Endpoint: "http://collector:4318", Service: "forecast"})
//	…
//	defer providers.Shutdown(ctx)
//	settings.TracerProvider, settings.MeterProvider = providers.Tracer, providers.Meter
//
// It stands apart from auth and workload, which know OpenTelemetry's API alone, so that a workload which does not import
// it has no exporter in it.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Options say what is sent where. The further variables of OpenTelemetry's specification, such as
// OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER and OTEL_RESOURCE_ATTRIBUTES, are heeded too.
type Options struct {
	// Endpoint is the collector's base address, to which /v1/traces and /v1/metrics are added. "" sends nothing.
	Endpoint string
	// Service and Version name what is observed.
	Service, Version string
	// Logger gets failures to send, at most one line a minute. Default slog.Default().
	Logger *slog.Logger
}

// Providers are what spans and metrics are made with. Both are nil where nothing is sent, which auth and workload take
// for no telemetry at all.
type Providers struct {
	Tracer trace.TracerProvider // of spans
	Meter  metric.MeterProvider // of metrics

	shutdown []func(context.Context) error
}

// Start makes the providers. It does not wait for the collector, which may be away: what cannot be sent is dropped
// after some tries. The error says what is wrong with the endpoint.
func Start(ctx context.Context, o Options) (*Providers, error) {
	if o.Endpoint == "" {
		return &Providers{}, nil
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	otel.SetErrorHandler(&quiet{logger: o.Logger}) // exporters report there and nowhere else
	attributes, err := resource.New(ctx, resource.WithFromEnv(), resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", o.Service), attribute.String("service.version", o.Version)))
	if err != nil {
		return nil, fmt.Errorf("telemetry: describing this service: %w", err)
	}
	spans, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(o.Endpoint+"/v1/traces"))
	if err != nil {
		return nil, fmt.Errorf("telemetry: exporter of traces to %s: %w", o.Endpoint, err)
	}
	metrics, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(o.Endpoint+"/v1/metrics"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("telemetry: exporter of metrics to %s: %w", o.Endpoint, err), spans.Shutdown(ctx))
	}
	tracer := sdktrace.NewTracerProvider(sdktrace.WithBatcher(spans), sdktrace.WithResource(attributes))
	meter := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(metrics)),
		sdkmetric.WithResource(attributes))
	return &Providers{Tracer: tracer, Meter: meter,
		shutdown: []func(context.Context) error{tracer.Shutdown, meter.Shutdown}}, nil
}

// Shutdown sends what is left, for as long as ctx lasts. Of a Providers that sends nothing it does nothing.
func (p *Providers) Shutdown(ctx context.Context) error {
	var problems []error
	for _, shutdown := range p.shutdown {
		problems = append(problems, shutdown(ctx))
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("telemetry: sending what was left: %w", err)
	}
	return nil
}

// quiet logs the first failure of each minute: a collector that is away fails again and again.
type quiet struct {
	logger *slog.Logger

	mu   sync.Mutex
	last time.Time
}

// Handle implements OpenTelemetry's ErrorHandler.
func (q *quiet) Handle(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if time.Since(q.last) < time.Minute {
		return
	}
	q.last = time.Now()
	q.logger.Warn("telemetry could not be sent", "error", err)
}
