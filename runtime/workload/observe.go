package workload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// observe gives each call its IDs, answers a panic with an internal error, and writes one log line when the call is
// over: the pattern of its path, its status, and its error with the cause that the caller does not see.
func observe(logger *slog.Logger, telemetry *callTelemetry, next http.Handler) http.Handler {
	return auth.RequestIDs(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := &callLine{began: time.Now()}
		answer := &answerWriter{ResponseWriter: w}
		ctx, ended := telemetry.call(r)
		r = r.WithContext(context.WithValue(ctx, callLineKey{}, line))
		defer func() {
			// http.ErrAbortHandler is how a handler ends a connection on purpose (net/http).
			p := recover()
			cause, _ := p.(error)
			aborts := errors.Is(cause, http.ErrAbortHandler)
			if p != nil && !aborts {
				recovered(answer, r, line, p)
			}
			status := cmp.Or(answer.status, http.StatusOK) // which net/http sends where nothing was written
			line.log(logger, r, status)
			ended(line, status)
			if aborts {
				panic(p)
			}
		}()
		next.ServeHTTP(answer, r)
	}))
}

func recovered(w *answerWriter, r *http.Request, line *callLine, p any) {
	line.setError(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
	if w.status == 0 {
		apierror.Write(w, r, apierror.Internal(nil))
	}
}

// answerWriter remembers the status of an answer.
type answerWriter struct {
	http.ResponseWriter
	status int
}

func (a *answerWriter) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answerWriter) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answerWriter) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// callLine gathers what the log says of a call while it is served.
type callLine struct {
	began time.Time

	mu      sync.Mutex
	pattern string
	caller  *auth.Caller
	item    ItemKey
	err     error
}

type callLineKey struct{}

// note changes the call's line, where the context belongs to a call that is observed.
func note(ctx context.Context, change func(*callLine)) {
	line, ok := ctx.Value(callLineKey{}).(*callLine)
	if !ok {
		return
	}
	line.mu.Lock()
	defer line.mu.Unlock()
	change(line)
}

func noteCaller(r *http.Request) {
	note(r.Context(), func(l *callLine) {
		l.caller, _ = auth.CallerFrom(r.Context())
		l.pattern = r.Pattern
	})
}

func noteItem(ctx context.Context, key ItemKey) { note(ctx, func(l *callLine) { l.item = key }) }

func noteError(ctx context.Context, err error) { note(ctx, func(l *callLine) { l.err = err }) }

func (l *callLine) setError(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// log writes the line to the logger's handler itself: a Logger would look up the line of code that it stands in, which
// tells nothing here.
func (l *callLine) log(logger *slog.Logger, r *http.Request, status int) {
	ctx, level := r.Context(), callLevel(r, status)
	if !logger.Enabled(ctx, level) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	activity, request := auth.IDsFrom(ctx)
	record := slog.NewRecord(time.Now(), level, "call", 0)
	record.AddAttrs(
		slog.String("method", r.Method), slog.String("path", l.path(r)), slog.Int("status", status),
		slog.Duration("duration", record.Time.Sub(l.began)),
		slog.String("activityId", activity), slog.String("requestId", request),
	)
	if l.caller != nil {
		record.AddAttrs(slog.String("tenantId", l.caller.TenantID))
	}
	if l.item != (ItemKey{}) {
		record.AddAttrs(slog.String("workspaceId", l.item.WorkspaceID), slog.String("itemId", l.item.ItemID))
	}
	if l.err != nil {
		record.AddAttrs(slog.String("error", l.err.Error()))
	}
	_ = logger.Handler().Handle(ctx, record) // whoever cannot log has nowhere to say so
}

func callLevel(r *http.Request, status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	case strings.HasPrefix(r.URL.Path, "/healthz"), strings.HasPrefix(r.URL.Path, "/readyz"):
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// path is the pattern that served the call, so that what a person wrote into a path or query stays out of the log;
// where none did, it is the path, bounded.
func (l *callLine) path(r *http.Request) string {
	const bound = 128
	if l.pattern != "" {
		return l.pattern
	}
	return r.URL.Path[:min(len(r.URL.Path), bound)]
}

// served is the pattern that served the call, "" for none, and the error that it ended with.
func (l *callLine) served() (pattern string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pattern, l.err
}

// ids are those by which the call's span and its log line find each other.
func (l *callLine) ids(r *http.Request) []attribute.KeyValue {
	l.mu.Lock()
	defer l.mu.Unlock()
	activity, request := auth.IDsFrom(r.Context())
	ids := []attribute.KeyValue{attribute.String("fabric.activity_id", activity), attribute.String("fabric.request_id", request)}
	if l.caller != nil {
		ids = append(ids, attribute.String("tenant.id", l.caller.TenantID))
	}
	return ids
}
