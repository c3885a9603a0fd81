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

	"go.opentelemetry.io/otel/metric"
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
	return start(ctx, o)
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
