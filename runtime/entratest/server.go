package entratest

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
)

// The identities of a Server for which Options name no others.
const (
	DefaultTenantID     = "853d9f4f-c71b-4420-b6ec-60e503458946" // the publisher's
	DefaultClientID     = "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"
	DefaultUserTenantID = "2c8e6a3d-90f1-4f57-b1a8-7d2e5c4f6b90" // a customer's
	DefaultUserID       = "7b1d0f52-3c64-4e0a-8f29-1a5b6c7d8e9f"
)

// Options say which workload a Server knows and how it behaves. The zero value is complete.
type Options struct {
	// TenantID and ClientID are the workload's publisher tenant and application. Defaults: DefaultTenantID,
	// DefaultClientID.
	TenantID, ClientID string
	// Audience is the application ID URI. Default: api://localdevinstance/<TenantID>/Org.Example.
	Audience string
	// ClientSecret is the application's secret. Default: one made anew.
	ClientSecret string
	// Certificate is the DER of a certificate that the application may prove itself with, besides the secret.
	Certificate []byte
	// FederatedSubject is the subject of FederatedToken, which the application may prove itself with too. Default:
	// "system:serviceaccount:default:workload".
	FederatedSubject string
	// UserTenantID and UserID are the tenant and object ID of the user in SubjectToken. Defaults: DefaultUserTenantID,
	// DefaultUserID.
	UserTenantID, UserID string
	// StaticScopes are what ".default" stands for in a token on behalf of a user, by resource URI. Where a resource is
	// not among them it is user_impersonation.
	StaticScopes map[string][]string
	// TokenLifetime is how long tokens live. Default one hour.
	TokenLifetime time.Duration
	// KeyIssuer is the issuer that the published keys carry, with {tenantid} for any tenant. Default: none.
	KeyIssuer string
	// Addr is where to listen. Default 127.0.0.1:0, a free port.
	Addr string
	// Hosts are further DNS names and addresses for the server's certificate, besides localhost and 127.0.0.1.
	Hosts []string
	// Authority signs the certificates of the server and of Certify; it has the authority's own certificate and key.
	// Default: one made anew.
	Authority *tls.Certificate
	// KeyIDPrefix begins the ID of every signing key. Default: none.
	KeyIDPrefix string
	// Endpoints answer a path below any tenant, such as oauth2/v2.0/token, in place of what the server has there or
	// besides it. Outages, throttling and the counts hold for them too.
	Endpoints map[string]Endpoint
	// Middleware stands before everything that the server answers over TLS. Default: none.
	Middleware func(http.Handler) http.Handler
	// Now is the clock that tokens are issued and checked by. Default time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	set(&o.TenantID, DefaultTenantID)
	set(&o.ClientID, DefaultClientID)
	set(&o.Audience, "api://localdevinstance/"+o.TenantID+"/Org.Example")
	set(&o.ClientSecret, randomText())
	set(&o.FederatedSubject, "system:serviceaccount:default:workload")
	set(&o.UserTenantID, DefaultUserTenantID)
	set(&o.UserID, DefaultUserID)
	set(&o.Addr, "127.0.0.1:0")
	if o.TokenLifetime == 0 {
		o.TokenLifetime = time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func randomText() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program first
	return hex.EncodeToString(b[:])
}

// Server is a local Entra over TLS. Its methods are safe for concurrent use, and what they change is in force for the
// next request.
type Server struct {
	// URL is the authority, for example https://127.0.0.1:41234: Settings.Authority, or ENTRA_AUTHORITY.
	URL string
	// Options are those that it was started with, defaults filled in.
	Options Options

	authority *certificateAuthority
	server    *http.Server
	client    *http.Client
	done      chan struct{}

	mu       sync.Mutex
	keys     []*signingKey // the last one signs
	script   script
	counts   Counts
	refresh  map[string]grant
	replaced map[string]http.Handler
}

// TB is the part of testing.TB that New needs.
type TB interface {
	// What they do is said in package testing; Fatalf does not return.
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// New starts a Server for a test and closes it when the test ends. Each change is applied to the Options first.
func New(t TB, change ...func(*Options)) *Server {
	t.Helper()
	var options Options
	for _, c := range change {
		c(&options)
	}
	s, err := Start(options)
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// Start starts a Server outside of a test. Close it when it is no longer needed.
func Start(options Options) (*Server, error) {
	options = options.withDefaults()
	authority, err := authorityOf(options)
	if err != nil {
		return nil, fmt.Errorf("entratest: setting up the certificate authority: %w", err)
	}
	key, err := newSigningKey(options.KeyIDPrefix)
	if err != nil {
		return nil, fmt.Errorf("entratest: making a signing key: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", options.Addr)
	if err != nil {
		return nil, fmt.Errorf("entratest: %w", err)
	}
	s := &Server{
		URL: "https://" + listener.Addr().String(), Options: options, authority: authority,
		keys: []*signingKey{key}, refresh: map[string]grant{}, replaced: map[string]http.Handler{},
		script: newScript(), done: make(chan struct{}),
	}
	config, err := authority.serverConfig(append([]string{"localhost", "127.0.0.1", "::1"}, options.Hosts...))
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("entratest: making the server's certificate: %w", err)
	}
	var handler http.Handler = s
	if options.Middleware != nil {
		handler = options.Middleware(s)
	}
	s.server = &http.Server{Handler: handler, TLSConfig: config, ReadHeaderTimeout: 10 * time.Second, ErrorLog: silent}
	s.client = authority.client()
	go func() {
		defer close(s.done)
		_ = s.server.ServeTLS(listener, "", "") // ends with Close
	}()
	return s, nil
}

// Close stops the server and its connections. Calling it again does nothing.
func (s *Server) Close() {
	s.client.CloseIdleConnections()
	if err := s.server.Close(); err == nil || errors.Is(err, http.ErrServerClosed) {
		<-s.done
	}
}

// V1Issuer is the issuer of v1.0 tokens before "/{tenant}/": Settings.V1Issuer, or ENTRA_V1_ISSUER.
func (s *Server) V1Issuer() string { return s.URL + "/sts" }

// CAPEM is the certificate of the authority that signed the server's, as PEM: what EXTRA_CA_FILE wants in a file.
func (s *Server) CAPEM() []byte { return s.authority.pem() }

// Client is an HTTP client that trusts the server, and whatever else Certify made a certificate for.
func (s *Server) Client() *http.Client { return s.client }

// Settings are those of an Authenticator for the workload that the server knows, with its secret.
func (s *Server) Settings() auth.Settings {
	return auth.Settings{
		TenantID: s.Options.TenantID, ClientID: s.Options.ClientID, Audience: s.Options.Audience,
		Credential: auth.Secret(s.Options.ClientSecret),
		Authority:  s.URL, V1Issuer: s.V1Issuer(), HTTPClient: s.client, Now: s.Options.Now,
	}
}

// Replace answers a path, such as /common/discovery/keys, by another handler; nil gives the path back. Requests are
// counted all the same.
func (s *Server) Replace(path string, handler http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if handler == nil {
		delete(s.replaced, path)
		return
	}
	s.replaced[path] = handler
}

// ServeHTTP answers as Entra does, under any tenant's path: discovery documents (v1.0 and v2.0), key sets, and the
// token endpoint.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tenant, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	handle := s.endpoint(path)
	s.mu.Lock()
	away := s.script.outage
	if other := s.replaced[r.URL.Path]; other != nil {
		handle = func(w http.ResponseWriter, r *http.Request, _ string) { other.ServeHTTP(w, r) }
	}
	s.mu.Unlock()
	switch {
	case away:
		http.Error(w, "entratest: an outage", http.StatusServiceUnavailable)
	case handle == nil:
		http.NotFound(w, r)
	default:
		handle(w, r, tenant)
	}
}

// Endpoint answers requests at a path below a tenant, which is the first segment of the URL's path.
type Endpoint func(w http.ResponseWriter, r *http.Request, tenant string)

const tokenPath = "oauth2/v2.0/token"

// endpoint finds what is served at a path below a tenant, and counts the request.
func (s *Server) endpoint(path string) Endpoint {
	handle := s.own(path)
	if other := s.Options.Endpoints[path]; other != nil {
		handle = other
	}
	if path != tokenPath {
		return handle
	}
	return func(w http.ResponseWriter, r *http.Request, tenant string) {
		if !s.interrupt(w) {
			handle(w, r, tenant)
		}
	}
}

func (s *Server) own(path string) Endpoint {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch path {
	case ".well-known/openid-configuration":
		s.counts.Discovery++
		return s.discoveryV1
	case "v2.0/.well-known/openid-configuration":
		s.counts.Discovery++
		return s.discoveryV2
	case "discovery/keys", "discovery/v2.0/keys":
		s.counts.Keys++
		return s.keySet
	case tokenPath:
		s.counts.Token++
		return s.token
	}
	return nil
}

// Counts are the requests that a Server has had, outages and replaced paths included.
type Counts struct {
	// Discovery, Keys and Token are the requests by endpoint, of either version and any tenant.
	Discovery, Keys, Token int
	// OnBehalfOf, ClientCredentials and Refresh are the requests for a token by grant, as far as they got past the
	// script of outages and throttling.
	OnBehalfOf, ClientCredentials, Refresh int
}

// Counts tells the requests so far.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}
