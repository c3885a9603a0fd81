package localentra

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/fabgen/fabgen/generator/registration"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// Mark begins what must not be taken for real: key IDs, the root's name, the application's secret.
const Mark = "fabgen-local-"

// Options say which workload a Server knows, and where it listens. Dir, TenantID, ClientID and Registration are
// required.
type Options struct {
	// Dir is the folder in which the root is kept. It is made where it is missing.
	Dir string
	// TenantID and ClientID are the workload's publisher tenant and application, both GUIDs.
	TenantID, ClientID string
	// Registration is the application's, as in entra/application.json.
	Registration *registration.Application
	// LookedUp are the permissions that application.json has no IDs of: entra/provision.sh would add them.
	LookedUp []Permission
	// Resources are those of the user's own.
	Resources []Resource
	// Seed is who there is. Default: DefaultSeed.
	Seed *Seed
	// TLSAddr and PagesAddr are where to listen, on addresses of this machine alone. Default: 127.0.0.1:0, a free port.
	TLSAddr, PagesAddr string
	// PortalRedirectURIs are those of Fabric's front-end, which is the local portal.
	PortalRedirectURIs []string
	// Certificate is the DER of a certificate that the application may prove itself with, besides its secret.
	Certificate []byte
	// Unattended answers every page as the Seed says that the person would, and shows none.
	Unattended bool
	// OnEvent is told of each request when it is answered, from several goroutines. It must not block. Default: nobody.
	OnEvent func(Event)
	// Now is the clock that tokens are issued and checked by. Default time.Now.
	Now func() time.Time
}

// Permission is a delegated permission by its resource's URI and its name.
type Permission struct{ URI, Scope string }

// Bounds on what is kept. The oldest goes first.
const (
	mostInteractions = 200
	mostCodes        = 200
	mostSessions     = 200
	mostOutcomes     = 1000
	mostRefresh      = 5000
)

// How long things live. Codes and refresh tokens as Entra's do.
const (
	interactionLife = 15 * time.Minute
	codeLife        = 10 * time.Minute
	sessionLife     = 24 * time.Hour
	refreshLife     = 90 * 24 * time.Hour
	spaRefreshLife  = 24 * time.Hour
	tokenLife       = time.Hour
)

// Server is a local Entra. Its methods are safe for concurrent use, and what they change is in force for the next
// request.
type Server struct {
	// URL is the authority for programs, over TLS: ENTRA_AUTHORITY.
	URL string
	// PagesURL is the authority for a person's browser, in plain HTTP.
	PagesURL string
	// CAFile has the certificate to trust for URL, as PEM: EXTRA_CA_FILE.
	CAFile string
	// ClientSecret is the application's: FABRIC_CLIENT_SECRET. It is made anew each time.
	ClientSecret string

	options   Options
	directory *directory
	catalog   *catalog
	entra     *entratest.Server
	pages     *http.Server
	ready     chan struct{} // closed when all of the above is there
	done      chan struct{}

	mu           sync.Mutex
	lifetime     time.Duration // of tokens
	consents     consents
	mfa          map[mfaKey]bool // what RequireProof changed
	proven       map[string]bool // by user
	faults       []Fault
	interactions *box[*interaction]
	codes        *box[*codeGrant]
	refresh      *box[*refreshGrant]
	sessions     *box[[]*user]
	outcomes     *box[Outcome]
}

// Start starts a Server. Close it when it is no longer needed.
func Start(o Options) (*Server, error) {
	if err := o.complete(); err != nil {
		return nil, fmt.Errorf("starting the local Entra: %w", err)
	}
	s := &Server{
		options: o, directory: newDirectory(o.Seed, o.TenantID), catalog: newCatalog(o),
		ClientSecret: Mark + rand.Text(), CAFile: filepath.Join(o.Dir, caFile), ready: make(chan struct{}),
		done:     make(chan struct{}),
		lifetime: tokenLife, consents: consents{}, mfa: map[mfaKey]bool{}, proven: map[string]bool{},
		interactions: newBox[*interaction](mostInteractions, interactionLife),
		codes:        newBox[*codeGrant](mostCodes, codeLife),
		refresh:      newBox[*refreshGrant](mostRefresh, refreshLife),
		sessions:     newBox[[]*user](mostSessions, sessionLife),
		outcomes:     newBox[Outcome](mostOutcomes, interactionLife),
	}
	s.consentOfSeed()
	if err := s.listen(); err != nil {
		return nil, fmt.Errorf("starting the local Entra: %w", err)
	}
	return s, nil
}

func (o *Options) complete() error {
	if o.OnEvent == nil {
		o.OnEvent = func(Event) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	switch {
	case o.Dir == "":
		return errors.New("Options.Dir is empty")
	case o.Registration == nil:
		return errors.New("Options.Registration is missing")
	case uuid.Validate(o.TenantID) != nil || uuid.Validate(o.ClientID) != nil:
		return fmt.Errorf("the tenant ID %q or the client ID %q is no GUID", o.TenantID, o.ClientID)
	}
	if o.Seed == nil {
		o.Seed = DefaultSeed()
	}
	for _, t := range o.Seed.Tenants {
		if !t.Home && strings.EqualFold(t.ID, o.TenantID) {
			return fmt.Errorf("the seed's tenant %q has the ID of the publisher's, which is the one with home: true",
				t.Name)
		}
	}
	for _, addr := range []*string{&o.TLSAddr, &o.PagesAddr} {
		if *addr == "" {
			*addr = "127.0.0.1:0"
		}
		host, _, err := net.SplitHostPort(*addr)
		if err != nil {
			return err
		}
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			return fmt.Errorf("it listens on addresses of this machine alone, such as 127.0.0.1:0, and not on %s",
				*addr)
		}
	}
	return o.Seed.check()
}

func (s *Server) listen() error {
	authority, err := root(s.options.Dir, s.options.Now())
	if err != nil {
		return fmt.Errorf("setting up the root certificate: %w", err)
	}
	pages, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", s.options.PagesAddr)
	if err != nil {
		return err
	}
	s.PagesURL = "http://" + pages.Addr().String()
	s.entra, err = entratest.Start(entratest.Options{
		TenantID: s.options.TenantID, ClientID: s.options.ClientID, ClientSecret: s.ClientSecret,
		Certificate: s.options.Certificate, Addr: s.options.TLSAddr, Now: s.options.Now,
		Authority: authority, KeyIDPrefix: Mark, Endpoints: s.endpoints(), Middleware: s.around,
	})
	if err != nil {
		return errors.Join(err, pages.Close())
	}
	s.URL = s.entra.URL
	if err := writeCA(s.CAFile, s.entra.CAPEM()); err != nil {
		s.entra.Close()
		return errors.Join(err, pages.Close())
	}
	close(s.ready)
	s.pages = &http.Server{Handler: s.around(s.entra), ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: log.New(io.Discard, "", 0)}
	go func() {
		defer close(s.done)
		_ = s.pages.Serve(pages) // ends with Close
	}()
	return nil
}

// Close stops both listeners and their connections.
func (s *Server) Close() {
	s.entra.Close()
	_ = s.pages.Close() // the listener is gone, whatever it says
	<-s.done
}

// endpoints are what is served below a tenant, besides keys.
func (s *Server) endpoints() map[string]entratest.Endpoint {
	return map[string]entratest.Endpoint{
		".well-known/openid-configuration":      s.discoveryV1,
		"v2.0/.well-known/openid-configuration": s.discoveryV2,
		"oauth2/v2.0/authorize":                 s.authorize,
		"oauth2/v2.0/token":                     s.token,
		"oauth2/v2.0/logout":                    s.logout,
		"adminconsent":                          s.adminConsent,
		"v2.0/adminconsent":                     s.adminConsent,
		answerPath:                              s.answer,
	}
}

// V1Issuer is the issuer of v1.0 tokens before "/{tenant}/": ENTRA_V1_ISSUER.
func (s *Server) V1Issuer() string { return s.entra.V1Issuer() }

// Client is an HTTP client that trusts the server, and whatever else Certify made a certificate for.
func (s *Server) Client() *http.Client { return s.entra.Client() }

// Certify makes the TLS configuration of another server of this machine, whose certificate CAFile vouches for too.
// Without hosts it is for localhost and the loopback addresses.
func (s *Server) Certify(hosts ...string) (*tls.Config, error) { return s.entra.Certify(hosts...) }

// VerifyFor checks a token as a resource does: that it was issued here and has not expired, that it is for the
// resource, and that a user's has one of the scopes, where any are given.
func (s *Server) VerifyFor(token, resource string, scopes ...string) (*entratest.Token, error) {
	return s.entra.VerifyFor(token, resource, scopes...)
}

// Settings are those of an Authenticator of the workload's back-end.
func (s *Server) Settings(audience string) auth.Settings {
	return auth.Settings{TenantID: s.options.TenantID, ClientID: s.options.ClientID, Audience: audience,
		Credential: auth.Secret(s.ClientSecret), Authority: s.URL, V1Issuer: s.V1Issuer(), HTTPClient: s.Client(),
		Now: s.options.Now}
}
