//go:build !fabgen_local

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
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func start(ctx context.Context, o Options) (*Providers, error) {
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
