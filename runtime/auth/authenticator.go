package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Authenticator is the door of a workload: it validates the tokens that come in and exchanges them for the tokens that
// go out. Make one with New and share it: every method is safe for concurrent use.
type Authenticator struct {
	settings  Settings
	logger    *slog.Logger
	now       func() time.Time
	keys      *keyStore
	validated *cache[validated]
	exchanger *exchanger
	sessions  *cache[remembered]
	telemetry *telemetry
}

// New checks the settings and makes an Authenticator. It reaches for nothing yet: keys are fetched when they are first
// needed, or by Ready. The error holds every problem of the settings (errors.Join).
func New(settings Settings) (*Authenticator, error) {
	s := settings.withDefaults()
	if err := s.check(); err != nil {
		return nil, err
	}
	telemetry, err := newTelemetry(s)
	if err != nil {
		return nil, fmt.Errorf("auth: making the instruments of MeterProvider: %w", err)
	}
	client := entraClient(s.HTTPClient)
	return &Authenticator{
		settings:  s,
		logger:    s.Logger,
		now:       s.Now,
		keys:      newKeyStore(s, client, telemetry),
		validated: newCache[validated](s.ValidatedCacheSize),
		exchanger: newExchanger(s, client, telemetry),
		sessions:  newCache[remembered](s.TokenCacheSize),
		telemetry: telemetry,
	}, nil
}

func newKeyStore(s Settings, client *http.Client, telemetry *telemetry) *keyStore {
	fetcher := &keyFetcher{client: client, authority: s.Authority, refused: func(why []error) {
		s.Logger.Warn("auth: some of Entra's keys cannot be used", "error", errors.Join(why...))
	}}
	return &keyStore{fetch: fetcher.fetch, now: s.Now, logger: s.Logger, interval: s.KeyRefreshInterval,
		maxAge: s.MaxKeyAge, telemetry: telemetry}
}

func newExchanger(s Settings, client *http.Client, telemetry *telemetry) *exchanger {
	return &exchanger{
		credential:      s.Credential,
		clientID:        s.ClientID,
		http:            &msalHTTP{client: client, authority: s.Authority, now: s.Now},
		cache:           newCache[cachedToken](s.TokenCacheSize),
		shared:          newSharedCache(s, telemetry),
		telemetry:       telemetry,
		cooling:         newCache[cooling](s.TokenCacheSize),
		now:             s.Now,
		sleep:           s.Sleep,
		logger:          s.Logger,
		timeout:         s.ExchangeTimeout,
		adminConsentURL: s.AdminConsentURL,
	}
}

// Ready says whether calls can be validated: Entra's keys are at hand and not older than Settings.MaxKeyAge. It fetches
// them where there are none yet. While Entra is away and older keys serve it is nil; KeyStatus tells the difference.
// The error is a *ValidationError with KeysUnavailable.
func (a *Authenticator) Ready(ctx context.Context) error { return a.keys.ready(ctx) }

// KeyStatus tells how fresh Entra's keys are.
func (a *Authenticator) KeyStatus() KeyStatus { return a.keys.status() }

// AdminConsentURL is where an administrator of the tenant consents to the workload for everybody there; "" is the
// publisher tenant.
func (a *Authenticator) AdminConsentURL(tenantID string) string {
	return a.settings.AdminConsentURL(tenantID)
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

// defaultHTTPClient has a transport of its own, so that nothing that a program does to http.DefaultTransport shows
// here.
func defaultHTTPClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = time.Minute // for Client, which has no timeout of its own
	return &http.Client{Timeout: entraTimeout, Transport: transport}
}

// entraTimeout bounds one call of Entra where Settings.HTTPClient has no timeout.
const entraTimeout = 10 * time.Second
