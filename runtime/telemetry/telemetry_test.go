package telemetry_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/fabgen/fabgen/runtime/telemetry"
)

// collector takes what is sent by OTLP over HTTP.
type collector struct {
	*httptest.Server

	mu       sync.Mutex
	spans    []string
	metrics  []string
	services map[string]bool
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{services: map[string]bool{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unzipped
	}
	data, err := io.ReadAll(body)
	if err == nil {
		err = c.take(r.URL.Path, data)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (c *collector) take(path string, data []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if path == "/v1/traces" {
		var request collectortrace.ExportTraceServiceRequest
		err := proto.Unmarshal(data, &request)
		for _, r := range request.ResourceSpans {
			c.services[r.Resource.String()] = true
			for _, scope := range r.ScopeSpans {
				for _, span := range scope.Spans {
					c.spans = append(c.spans, span.Name)
				}
			}
		}
		return err
	}
	var request collectormetrics.ExportMetricsServiceRequest
	err := proto.Unmarshal(data, &request)
	for _, r := range request.ResourceMetrics {
		for _, scope := range r.ScopeMetrics {
			for _, m := range scope.Metrics {
				c.metrics = append(c.metrics, m.Name)
			}
		}
	}
	return err
}

func TestWhatIsMeasuredReachesTheCollector(t *testing.T) {
	c := newCollector(t)
	providers, err := telemetry.Start(t.Context(), telemetry.Options{Endpoint: c.URL, Service: "forecast", Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	_, span := providers.Tracer.Tracer("test").Start(t.Context(), "a call")
	span.End()
	counter, err := providers.Meter.Meter("test").Int64Counter("calls")
	if err != nil {
		t.Fatal(err)
	}
	counter.Add(t.Context(), 1)
	if err := providers.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.spans) != 1 || c.spans[0] != "a call" || len(c.metrics) != 1 || c.metrics[0] != "calls" {
		t.Errorf("the collector got spans %q and metrics %q", c.spans, c.metrics)
	}
	for service := range c.services {
		if !strings.Contains(service, "forecast") || !strings.Contains(service, "1.2.3") {
			t.Errorf("the service is %s", service)
		}
	}
}

func TestNoEndpointSendsNothing(t *testing.T) {
	providers, err := telemetry.Start(t.Context(), telemetry.Options{})
	if err != nil || providers.Tracer != nil || providers.Meter != nil {
		t.Errorf("providers = %+v, %v", providers, err)
	}
	if err := providers.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// A collector that is away costs a line in the log, and no call.
func TestACollectorThatIsAway(t *testing.T) {
	c := newCollector(t)
	c.Close()
	var log bytes.Buffer
	providers, err := telemetry.Start(t.Context(), telemetry.Options{Endpoint: c.URL,
		Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for range 10_000 { // more than are kept to be sent
		_, span := providers.Tracer.Tracer("test").Start(t.Context(), "a call")
		span.End()
	}
	ctx := t.Context()
	if err := providers.Shutdown(ctx); err == nil && !strings.Contains(log.String(), "could not be sent") {
		t.Error("nobody learns that nothing was sent")
	}
	if n := strings.Count(log.String(), "could not be sent"); n > 1 {
		t.Errorf("%d lines in the log, want one a minute", n)
	}
}
