package auth_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

const scope = "Forecast.Read.All"

var storage = auth.Resource{Name: "onelake", URI: "https://storage.azure.com", Scopes: []string{"user_impersonation"}}

// clock is a clock that a test moves.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// logBuffer is a log that a test reads.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// world is a local Entra and a workload that uses it.
type world struct {
	entra *entratest.Server
	auth  *auth.Authenticator
	log   *logBuffer
	clock *clock
}

func newWorld(t testing.TB, change ...func(*auth.Settings)) *world {
	t.Helper()
	w := &world{log: &logBuffer{}, clock: &clock{}}
	w.entra = entratest.New(t, func(o *entratest.Options) { o.Now = w.clock.Now })
	w.auth = w.another(t, change...)
	return w
}

// another is a further workload on the same Entra, with caches of its own.
func (w *world) another(t testing.TB, change ...func(*auth.Settings)) *auth.Authenticator {
	t.Helper()
	settings := w.entra.Settings()
	settings.Logger = slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	settings.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	for _, c := range change {
		c(&settings)
	}
	a, err := auth.New(settings)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return a
}

// as is the context of a data-plane call with a fresh token of the user.
func (w *world) as(t testing.TB, options ...entratest.TokenOption) context.Context {
	t.Helper()
	r := bearer(w.entra.SubjectToken(append([]entratest.TokenOption{entratest.Scopes(scope)}, options...)...))
	caller, err := w.auth.AuthenticateData(r, scope)
	if err != nil {
		t.Fatalf("AuthenticateData: %v", err)
	}
	return auth.WithCaller(t.Context(), caller)
}

func bearer(token string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/api/forecasts", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}
