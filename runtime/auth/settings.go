package auth

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// Defaults of Settings.
const (
	DefaultAuthority          = "https://login.microsoftonline.com"
	DefaultV1Issuer           = "https://sts.windows.net"
	DefaultClockSkew          = time.Minute
	DefaultKeyRefreshInterval = 30 * time.Second
	DefaultMaxKeyAge          = 24 * time.Hour
	DefaultExchangeTimeout    = 30 * time.Second
	DefaultTokenCacheSize     = 100_000
	DefaultValidatedCacheSize = 50_000
)

// Settings are what an Authenticator must know. The first group is required.
type Settings struct {
	// TenantID is the publisher tenant: where the workload's application is registered. A GUID.
	TenantID string
	// ClientID is the workload's application (client) ID. A GUID. v2.0 tokens have it as their audience.
	ClientID string
	// Audience is the workload's application ID URI, the audience of v1.0 tokens, without a slash at the end.
	Audience string
	// Credential proves the application to Entra: Secret, SecretFile, CertificateFile or FederatedTokenFile. Without
	// one tokens can be validated and none exchanged.
	Credential Credential

	// Authority is Entra's origin, https only. Default DefaultAuthority.
	Authority string
	// V1Issuer is the issuer of v1.0 tokens before "/{tenant}/". Default DefaultV1Issuer.
	V1Issuer string
	// HTTPClient reaches Entra and is the base of Client. It is copied; redirects of Entra are never followed. Default:
	// a client with ten seconds for a call.
	HTTPClient *http.Client
	// Logger gets refusals, failed exchanges and changes of the key set. Default slog.Default().
	Logger *slog.Logger
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Sleep waits between attempts to reach Entra, or returns the context's error. Default: a timer.
	Sleep Sleeper
	// ClockSkew is how far clocks may differ for exp, nbf and iat. 0 means DefaultClockSkew; negative means none.
	ClockSkew time.Duration
	// KeyRefreshInterval is the least time between two fetches of Entra's keys. Default DefaultKeyRefreshInterval.
	KeyRefreshInterval time.Duration
	// MaxKeyAge is how long keys serve while Entra is away. Default DefaultMaxKeyAge.
	MaxKeyAge time.Duration
	// ExchangeTimeout bounds one exchange with all its attempts. Default DefaultExchangeTimeout.
	ExchangeTimeout time.Duration
	// TokenCacheSize bounds the exchanged tokens that are kept in memory. Default DefaultTokenCacheSize.
	TokenCacheSize int
	// TokenCache is where replicas of the workload share exchanged tokens and long-running sessions. Default: none, so
	// that each replica has its own, in memory.
	TokenCache TokenCache
	// TokenCacheKeys encrypt what goes into TokenCache: the first encrypts, all decrypt. Required with TokenCache.
	TokenCacheKeys []EncryptionKey
	// TracerProvider and MeterProvider get spans and metrics of exchanges, key fetches and calls, for example those of
	// otel.GetTracerProvider and otel.GetMeterProvider. Default: none, at no cost.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
	// ValidatedCacheSize bounds the validated tokens that are remembered, by digest. Default DefaultValidatedCacheSize.
	ValidatedCacheSize int
}

// AdminConsentURL is where an administrator of tenantID consents to the workload for everybody there. For "" it is the
// publisher tenant.
func (s Settings) AdminConsentURL(tenantID string) string {
	if tenantID == "" {
		tenantID = s.TenantID
	}
	authority := s.Authority
	if authority == "" {
		authority = DefaultAuthority
	}
	return authority + "/" + url.PathEscape(tenantID) + "/adminconsent?client_id=" + url.QueryEscape(s.ClientID)
}

// withDefaults fills in what was left out and brings IDs and URLs into one form.
func (s Settings) withDefaults() Settings {
	s.TenantID, s.ClientID = canonicalGUID(s.TenantID), canonicalGUID(s.ClientID)
	s.Authority = strings.TrimSuffix(orDefault(s.Authority, DefaultAuthority), "/")
	s.V1Issuer = strings.TrimSuffix(orDefault(s.V1Issuer, DefaultV1Issuer), "/")
	s.KeyRefreshInterval = orDefault(s.KeyRefreshInterval, DefaultKeyRefreshInterval)
	s.MaxKeyAge = orDefault(s.MaxKeyAge, DefaultMaxKeyAge)
	s.ExchangeTimeout = orDefault(s.ExchangeTimeout, DefaultExchangeTimeout)
	s.TokenCacheSize = orDefault(s.TokenCacheSize, DefaultTokenCacheSize)
	s.ValidatedCacheSize = orDefault(s.ValidatedCacheSize, DefaultValidatedCacheSize)
	s.ClockSkew = max(orDefault(s.ClockSkew, DefaultClockSkew), 0)
	s.Logger = orDefault(s.Logger, slog.Default())
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Sleep == nil {
		s.Sleep = sleep
	}
	if s.HTTPClient == nil {
		s.HTTPClient = defaultHTTPClient()
	}
	return s
}

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// check finds every problem of settings that have their defaults.
func (s Settings) check() error {
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf("auth: "+format, args...)) }
	if !isGUID(s.TenantID) {
		problem("TenantID is %q, want the publisher tenant's GUID", s.TenantID)
	}
	if !isGUID(s.ClientID) {
		problem("ClientID is %q, want the application's GUID", s.ClientID)
	}
	if s.Audience == "" || !scopeText(s.Audience) || strings.HasSuffix(s.Audience, "/") {
		problem("Audience is %q, want the application ID URI, for example "+
			"api://localdevinstance/<tenant>/<workload>, without a slash at the end", s.Audience)
	}
	if err := checkOrigin(s.Authority); err != nil {
		problem("Authority: %w", err)
	}
	if u, err := url.Parse(s.V1Issuer); err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		problem("V1Issuer is %q, want an https URL such as %s", s.V1Issuer, DefaultV1Issuer)
	}
	for name, d := range map[string]time.Duration{"KeyRefreshInterval": s.KeyRefreshInterval,
		"MaxKeyAge": s.MaxKeyAge, "ExchangeTimeout": s.ExchangeTimeout} {
		if d < 0 {
			problem("%s is %s, want more than zero", name, d)
		}
	}
	if s.TokenCacheSize < 0 || s.ValidatedCacheSize < 0 {
		problem("a cache size is negative, want more than zero")
	}
	if (s.TokenCache == nil) != (len(s.TokenCacheKeys) == 0) {
		problem("TokenCache and TokenCacheKeys go together: without a key nothing may be shared")
	}
	if slices.ContainsFunc(s.TokenCacheKeys, EncryptionKey.IsZero) {
		problem("one of TokenCacheKeys is empty, want what NewEncryptionKey or ParseEncryptionKeys make")
	}
	return errors.Join(problems...)
}

// checkOrigin wants https, a host, and nothing after them.
func checkOrigin(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" ||
		u.User != nil {
		return fmt.Errorf("found %q, want an https origin such as %s", text, DefaultAuthority)
	}
	return nil
}
