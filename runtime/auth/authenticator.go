package auth

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Authenticator is the door of a workload: it validates the tokens that come in and exchanges them for the tokens that
// go out. Make one with New and share it: every method is safe for concurrent use.
type Authenticator struct {
	settings Settings
	logger   *slog.Logger
	now      func() time.Time
}

// New checks the settings and makes an Authenticator. It reaches for nothing yet: keys are fetched when they are first
// needed, or by Ready. The error holds every problem of the settings (errors.Join).
func New(settings Settings) (*Authenticator, error) {
	s := settings.withDefaults()
	if err := s.check(); err != nil {
		return nil, err
	}
	return &Authenticator{settings: s, logger: s.Logger, now: s.Now}, nil
}

// Sleeper waits for d and returns nil, or returns the context's error when that ends first.
type Sleeper func(ctx context.Context, d time.Duration) error

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func defaultHTTPClient() *http.Client { return &http.Client{Timeout: 10 * time.Second} }
