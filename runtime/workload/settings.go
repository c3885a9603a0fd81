package workload

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
)

// Defaults are what a workload's own settings begin with; they stand in its fabgen.yaml.
type Defaults struct {
	// TenantID, ClientID and Audience are those of auth.Settings.
	TenantID, ClientID, Audience string
	Endpoint                     string // public address of the REST contract, for endpoint resolution
	Origin                       string // of the front-end
	FabricURL, OneLakeURL        string // empty: the public ones
}

// Settings are those that every back-end has. Load fills them in. They hold no secret that printing would show.
type Settings struct {
	// Each is what the setting of the same name says (LISTEN_ADDR or --listen-addr is ListenAddr), once it was checked.
	ListenAddr     string
	BasePath       string
	TenantID       string
	ClientID       string
	Audience       string
	Credential     auth.Credential
	Authority      string
	V1Issuer       string
	FabricURL      string
	OneLakeURL     string
	AllowedOrigins []string
	Endpoints      *RegionEndpoints
	LogLevel       slog.Level
	LogFormat      string       // json or text
	HTTPClient     *http.Client // trusts the further roots of EXTRA_CA_FILE, too

	DatabaseURL    auth.Sensitive // where items and jobs are kept, as sqlstore.Open takes it, or MemoryDatabase
	TokenCacheURL  auth.Sensitive // redis://…, or "" for memory
	TokenCacheKeys []auth.EncryptionKey
	OTLPEndpoint   string // where traces and metrics go; "" for nowhere
	TenantRate     int    // data-plane calls of a tenant in a minute; 0 for no limit

	credentials credentials
}

// MemoryDatabase is the DATABASE_URL that keeps items and jobs in this process alone, for tests.
const MemoryDatabase = "memory:"

// DefaultDatabase is the embedded database, in the folder that the server runs in.
const DefaultDatabase = "sqlite:data/workload.db"

// Load reads the settings, and the workload's own further ones, from the command line and the environment. The error
// tells every problem; none shows a secret. It is flag.ErrHelp where help was asked for and written.
func (s *Settings) Load(defaults Defaults, own []Setting, args []string, getenv func(string) string, help io.Writer) error {
	err := ReadSettings(append(s.table(defaults), own...), args, getenv, help)
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	credential, missing := s.credentials.one()
	s.Credential = credential
	return errors.Join(err, missing, s.checkTokenCache())
}

func (s *Settings) table(d Defaults) []Setting {
	client := func(file string) (err error) { s.HTTPClient, err = newHTTPClient(file); return err }
	return append([]Setting{
		{Name: "LISTEN_ADDR", Default: "127.0.0.1:5000", Help: "address to listen on", Set: address(&s.ListenAddr)},
		{Name: "WORKLOAD_BASE_PATH", Default: "/workload", Help: "path of the Workload REST contract",
			Set: checked(&s.BasePath, CheckBasePath)},
		{Name: "WORKLOAD_ENDPOINTS", Default: d.Endpoint, Set: s.setEndpoints,
			Help: "public addresses told to Fabric: one, and region=address for each region that has its own"},
		{Name: "FABRIC_TENANT_ID", Default: d.TenantID, Help: "publisher's tenant", Set: checked(&s.TenantID, isUUID)},
		{Name: "FABRIC_CLIENT_ID", Default: d.ClientID, Help: "workload's application", Set: checked(&s.ClientID, isUUID)},
		{Name: "FABRIC_AUDIENCE", Default: d.Audience, Help: "application ID URI", Set: checked(&s.Audience, isGiven)},
		{Name: "ENTRA_AUTHORITY", Default: auth.DefaultAuthority, Help: "Entra's origin", Set: secureURL(&s.Authority)},
		{Name: "ENTRA_V1_ISSUER", Default: auth.DefaultV1Issuer, Help: "issuer of v1 tokens, before the tenant",
			Set: secureURL(&s.V1Issuer)},
		URLSetting("FABRIC_API_URL", cmp.Or(d.FabricURL, DefaultFabricURL), "origin of Fabric's API", &s.FabricURL),
		URLSetting("ONELAKE_URL", cmp.Or(d.OneLakeURL, DefaultOneLakeURL), "OneLake's DFS endpoint", &s.OneLakeURL),
		{Name: "EXTRA_CA_FILE", Help: "PEM file of further roots to trust", Set: client},
		{Name: "ALLOWED_ORIGINS", Default: d.Origin, Help: "browsers' origins that may call, with commas between them",
			Set: s.setOrigins},
		{Name: "LOG_LEVEL", Default: "info", Help: "debug, info, warn or error", Set: s.setLogLevel},
		{Name: "LOG_FORMAT", Default: "json", Help: "json or text", Set: oneOf(&s.LogFormat, "json", "text")},
		{Name: "DATABASE_URL", Default: DefaultDatabase, Secret: true, Set: s.setDatabase,
			Help: "where items and jobs are kept: postgres://… for several replicas, else " + DefaultDatabase},
		{Name: "TOKEN_CACHE_URL", Secret: true, Set: s.setTokenCache,
			Help: "where tokens are kept: redis://… for several replicas, else memory"},
		{Name: "TOKEN_CACHE_KEYS", Secret: true, Set: s.setTokenCacheKeys,
			Help: "keys that encrypt them, each 32 random bytes in base64, with commas between; else of the client secret"},
		{Name: "TOKEN_CACHE_KEYS_FILE", Help: "file with these keys", Set: s.setTokenCacheKeysFile},
		{Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Help: "where traces and metrics go, over HTTP; else nowhere",
			Set: optional(secureURL(&s.OTLPEndpoint))},
		{Name: "TENANT_RATE_LIMIT", Default: "0", Help: "data-plane calls of a tenant in a minute; 0 for no limit",
			Set: wholeNumber(&s.TenantRate)},
	}, s.credentials.table()...)
}

// URLSetting is the setting of an API's address.
func URLSetting(name, fallback, help string, into *string) Setting {
	return Setting{Name: name, Default: fallback, Help: help, Set: secureURL(into)}
}

// Auth is what the settings say to auth.New.
func (s *Settings) Auth(logger *slog.Logger) auth.Settings {
	return auth.Settings{
		TenantID: s.TenantID, ClientID: s.ClientID, Audience: s.Audience, Credential: s.Credential,
		Authority: s.Authority, V1Issuer: s.V1Issuer, HTTPClient: s.HTTPClient, Logger: logger,
	}
}

// NewLogger makes the logger that the settings ask for.
func (s *Settings) NewLogger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.LogLevel}
	var handler slog.Handler = slog.NewJSONHandler(w, options)
	if s.LogFormat == "text" {
		handler = slog.NewTextHandler(w, options)
	}
	return slog.New(handler)
}

func (s *Settings) setOrigins(list string) (err error) {
	s.AllowedOrigins, err = ParseOrigins(list)
	return err
}

func (s *Settings) setEndpoints(list string) (err error) {
	if list == "" {
		return nil
	}
	s.Endpoints, err = ParseRegionEndpoints(list)
	return err
}

func (s *Settings) setLogLevel(value string) error {
	if s.LogLevel.UnmarshalText([]byte(value)) != nil {
		return fmt.Errorf("found %q; debug, info, warn or error is right", value)
	}
	return nil
}

// optional takes nothing as well.
func optional(set func(string) error) func(string) error {
	return func(value string) error {
		if value == "" {
			return nil
		}
		return set(value)
	}
}

func wholeNumber(into *int) func(string) error {
	return func(value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return fmt.Errorf("found %q; a whole number from 0 on is right", value)
		}
		*into = n
		return nil
	}
}

// checked takes a value that check finds nothing wrong with.
func checked(into *string, check func(string) error) func(string) error {
	return func(value string) error {
		*into = value
		return check(value)
	}
}

func isUUID(value string) error {
	if _, ok := canonicalUUID(value); !ok {
		return fmt.Errorf("found %q; a GUID is right", value)
	}
	return nil
}

func isGiven(value string) error {
	if value == "" {
		return errors.New("nothing is set and there is no default")
	}
	return nil
}

func oneOf(into *string, words ...string) func(string) error {
	return checked(into, func(value string) error {
		for _, word := range words {
			if value == word {
				return nil
			}
		}
		return fmt.Errorf("found %q; %s is right", value, strings.Join(words, " or "))
	})
}

func address(into *string) func(string) error {
	return checked(into, func(value string) error {
		if _, _, err := net.SplitHostPort(value); err != nil {
			return fmt.Errorf("found %q; host and port, such as 127.0.0.1:5000, are right", value)
		}
		return nil
	})
}

// secureURL takes an https address; http only on this machine, since tokens are sent there.
func secureURL(into *string) func(string) error {
	return func(value string) error {
		*into = strings.TrimSuffix(value, "/")
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return fmt.Errorf("found %q; an address such as https://api.example.com is right", value)
		}
		if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
			return fmt.Errorf("found %q; https is right, since tokens are sent there", value)
		}
		return nil
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// newHTTPClient makes a client that also trusts the roots of a PEM file, where one is given.
func newHTTPClient(caFile string) (*http.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 32
	transport.ResponseHeaderTimeout = 30 * time.Second
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	if caFile == "" {
		return client, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("reading the further roots: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", caFile)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return client, nil
}
