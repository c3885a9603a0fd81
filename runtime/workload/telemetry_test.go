package workload_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/workload"
)

func TestCallsAreTraced(t *testing.T) {
	spans, reader := tracetest.NewSpanRecorder(), metric.NewManualReader()
	entra := entratest.New(t)
	settings := entra.Settings()
	settings.Logger = slog.New(slog.DiscardHandler)
	a, err := auth.New(settings)
	must(t, err)
	data, err := workload.NewDataPlane(workload.DataPlaneConfig{Auth: a, Routes: []workload.Route{
		{Pattern: "GET /people/{name}", Scopes: []string{scope}, Handler: func(w http.ResponseWriter, r *http.Request) error {
			if r.PathValue("name") == "fails" {
				return fmt.Errorf("of a secret: %w", io.ErrUnexpectedEOF)
			}
			return workload.WriteJSON(w, http.StatusOK, nil)
		}},
	}})
	must(t, err)
	site, err := workload.Site{BasePath: "/workload", Control: http.NotFoundHandler(), Data: data, Logger: settings.Logger,
		TracerProvider: trace.NewTracerProvider(trace.WithSpanProcessor(spans)),
		MeterProvider:  metric.NewMeterProvider(metric.WithReader(reader))}.Handler()
	must(t, err)
	const parent = "4bf92f3577b34da6a3ce929d0e0e4736"
	for path, method := range map[string]string{"/api/people/jane.doe": "GET", "/api/people/fails": "GET", "/x": "MADEUP"} {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Authorization", "Bearer "+entra.SubjectToken(entratest.Scopes(scope)))
		r.Header.Set("traceparent", "00-"+parent+"-00f067aa0ba902b7-01")
		site.ServeHTTP(httptest.NewRecorder(), r)
	}
	var text strings.Builder
	failed := 0
	for _, span := range spans.Ended() {
		fmt.Fprintln(&text, span.Name(), span.Attributes(), span.Status())
		if span.SpanContext().TraceID().String() != parent {
			t.Errorf("%s is no part of the caller's trace", span.Name())
		}
		if span.Status().Code == codes.Error {
			failed++
		}
	}
	for _, want := range []string{"GET /people/{name}", "_OTHER", "*errors.errorString", "fabric.request_id"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%s is missing in:\n%s", want, &text)
		}
	}
	if failed != 1 || strings.Contains(text.String(), "jane.doe") || strings.Contains(text.String(), "secret") {
		t.Errorf("%d spans failed, want 1, and no text of a person or an error:\n%s", failed, &text)
	}
	if n := recorded(t, reader); n != 3 {
		t.Errorf("%d durations were recorded, want 3", n)
	}
}

// recorded counts the durations of calls.
func recorded(t *testing.T, reader *metric.ManualReader) (n uint64) {
	t.Helper()
	var all metricdata.ResourceMetrics
	must(t, reader.Collect(t.Context(), &all))
	for _, m := range all.ScopeMetrics[0].Metrics {
		for _, p := range m.Data.(metricdata.Histogram[float64]).DataPoints {
			n += p.Count
		}
	}
	return n
}

func TestATenantsRateIsLimited(t *testing.T) {
	entra := entratest.New(t)
	settings := entra.Settings()
	settings.Logger = slog.New(slog.DiscardHandler)
	a, err := auth.New(settings)
	must(t, err)
	data, err := workload.NewDataPlane(workload.DataPlaneConfig{Auth: a, TenantRate: 8,
		Routes: []workload.Route{{Pattern: "GET /me", Scopes: []string{scope}, Handler: workload.Me}}})
	must(t, err)
	call := func(options ...entratest.TokenOption) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/me", nil)
		r.Header.Set("Authorization", "Bearer "+entra.SubjectToken(append(options, entratest.Scopes(scope))...))
		data.ServeHTTP(w, r)
		return w
	}
	for n := range 2 {
		if w := call(); w.Code != http.StatusOK {
			t.Errorf("call %d: %d %s", n, w.Code, w.Body)
		}
	}
	w := call()
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" ||
		!strings.Contains(w.Body.String(), "TooManyRequests") {
		t.Errorf("one call too many: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := call(entratest.Tenant("11111111-2222-4333-8444-555555555555")); w.Code != http.StatusOK {
		t.Errorf("another tenant: %d %s", w.Code, w.Body)
	}
}
