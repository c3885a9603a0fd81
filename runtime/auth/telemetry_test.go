package auth_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// attributes writes a set of attributes as name=value,name=value.
type attributes struct{}

var encoderID = attribute.NewEncoderID()

func (attributes) ID() attribute.EncoderID { return encoderID }

func (attributes) Encode(i attribute.Iterator) string {
	var all []string
	for i.Next() {
		all = append(all, string(i.Attribute().Key)+"="+i.Attribute().Value.AsString())
	}
	return strings.Join(all, ",")
}

// observed is a world whose workload tells OpenTelemetry what it does.
type observed struct {
	*world
	spans  *tracetest.SpanRecorder
	tracer *trace.TracerProvider
	reader *metric.ManualReader
}

func newObserved(t *testing.T) *observed {
	t.Helper()
	o := &observed{spans: tracetest.NewSpanRecorder(), reader: metric.NewManualReader()}
	o.tracer = trace.NewTracerProvider(trace.WithSpanProcessor(o.spans))
	meter := metric.NewMeterProvider(metric.WithReader(o.reader))
	o.world = newWorld(t, func(s *auth.Settings) { s.TracerProvider, s.MeterProvider = o.tracer, meter })
	return o
}

// points are the data points of all metrics, as "name{attribute=value …}" and how often each was counted.
func (o *observed) points(t *testing.T) map[string]int64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := o.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	points := map[string]int64{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if m.Unit == "" || m.Description == "" {
				t.Errorf("%s has no unit or no description", m.Name)
			}
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					points[m.Name+" "+p.Attributes.Encoded(attributes{})] += p.Value
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					points[m.Name+" "+p.Attributes.Encoded(attributes{})] += int64(p.Count)
				}
			}
		}
	}
	return points
}

func TestMetrics(t *testing.T) {
	o := newObserved(t)
	server := o.serve(t)
	good, bad := o.entra.SubjectToken(entratest.Scopes(scope)), o.entra.SubjectToken(entratest.Scopes("Other"))
	for _, token := range []string{good, good, bad, "x"} {
		call(t, server.URL+"/api/forecasts", http.Header{"Authorization": {"Bearer " + token}})
	}
	ctx := o.as(t)
	for range 3 {
		o.verified(t, ctx, storage)
	}
	o.entra.SetConsent(graph.URI, false)
	_, err := o.auth.Token(ctx, graph)
	wantKind(t, err, auth.ConsentRequired)
	points := o.points(t)
	for point, want := range map[string]int64{
		"fabgen.auth.calls outcome=ok,plane=data":                                       2,
		"fabgen.auth.calls outcome=missing_scope,plane=data":                            1,
		"fabgen.auth.calls outcome=malformed_token,plane=data":                          1,
		"fabgen.auth.tokens as=user,resource=onelake,source=entra":                      1,
		"fabgen.auth.tokens as=user,resource=onelake,source=memory":                     2,
		"fabgen.auth.exchange.duration as=user,outcome=ok,resource=onelake":             1,
		"fabgen.auth.exchange.duration as=user,outcome=consent_required,resource=graph": 1,
		"fabgen.auth.key_fetches outcome=ok":                                            1,
	} {
		if points[point] != want {
			t.Errorf("%s: %d, want %d; all: %v", point, points[point], want, points)
		}
	}
}

func TestSpans(t *testing.T) {
	o := newObserved(t)
	ctx, parent := o.tracer.Tracer("test").Start(o.as(t), "call")
	o.verified(t, ctx, storage)
	o.entra.RequireClaims(graph.URI, `{"access_token":{"secret":"challenge-value"}}`)
	_, err := o.auth.Token(ctx, graph)
	wantKind(t, err, auth.ClaimsChallenge)
	parent.End()
	var text strings.Builder
	statuses := map[string]codes.Code{}
	for _, span := range o.spans.Ended() {
		fmt.Fprintf(&text, "%s %v %v %v\n", span.Name(), span.Attributes(), span.Events(), span.Status())
		for _, a := range span.Attributes() {
			if a.Key == "resource" {
				statuses[a.Value.AsString()] = span.Status().Code
			}
		}
		if span.Name() == "auth.exchange" && (span.Parent().SpanID() != parent.SpanContext().SpanID() ||
			span.SpanContext().TraceID() != parent.SpanContext().TraceID()) {
			t.Errorf("the exchange is not below the call's span")
		}
	}
	if statuses["onelake"] != codes.Unset || statuses["graph"] != codes.Error || len(statuses) != 2 {
		t.Errorf("statuses = %v", statuses)
	}
	if !strings.Contains(text.String(), "auth.fetch_keys") || !strings.Contains(text.String(), "AADSTS50076") {
		t.Errorf("spans:\n%s", &text)
	}
	for _, secret := range []string{"eyJ", "challenge-value", "user@example.com", entratest.DefaultUserID} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("a span has %q:\n%s", secret, &text)
		}
	}
}

func TestOneProviderIsEnough(t *testing.T) {
	for name, change := range map[string]func(*auth.Settings){
		"traces":  func(s *auth.Settings) { s.TracerProvider = trace.NewTracerProvider() },
		"metrics": func(s *auth.Settings) { s.MeterProvider = metric.NewMeterProvider() },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, change)
			w.verified(t, w.as(t), storage)
		})
	}
}
