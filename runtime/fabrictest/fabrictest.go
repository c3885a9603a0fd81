// Package fabrictest is a local Fabric over TLS, for tests and for running a workload without a cloud account.
//
// It has what a workload calls: workload control, which resolves permissions by both tokens of flow C, a part of
// Fabric's API (flow D), a OneLake that keeps files in memory or on the disk, and servers in place of the workload's own
// resources (flow E). Each checks, with the keys of a local Entra (entratest), that the token was issued for it and has a
// scope for it, and, where roles were set, that its owner may do what is asked. Client calls a workload as Fabric does
// (flow B):
//
//	entra := entratest.New(t)
//	fabric := fabrictest.New(t, entra)
//	fabric.Grant(itemID, "Read", "Write")
//	control := fabric.Client("https://127.0.0.1:5000/workload")
//	response, err := control.Create(ctx, fabrictest.Item{…}, body)
//
// Never use it where real users are.
package fabrictest

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// OneLakeURI is the resource that OneLake's tokens are for.
const OneLakeURI = "https://storage.azure.com"

// Server is a local Fabric. Its methods are safe for concurrent use, and what they change is in force for the next
// request.
type Server struct {
	URL        string // of Fabric's API and of workload control: FABRIC_API_URL
	OneLakeURL string // ONELAKE_URL

	options   Options
	files     *oneLake
	listeners []*localServer

	mu           sync.Mutex
	permissions  map[string][]string        // of everybody, by item ID
	roles        map[string]map[string]Role // by workspace and user ID
	fabricBreak  interruption
	oneLakeBreak interruption
	pageSize     int
	workspaces   []Workspace
	items        []FabricItem
	asked        int
}

// Entra is what a Server needs of a local Entra, such as an entratest.Server.
type Entra interface {
	// VerifyFor checks a token as a resource does; see entratest.Server.VerifyFor.
	VerifyFor(token, resource string, scopes ...string) (*entratest.Token, error)
	// Certify makes the TLS configuration of a server of this machine, whose certificate Client trusts.
	Certify(hosts ...string) (*tls.Config, error)
	// Client is for calls of the workload.
	Client() *http.Client
}

// Options say which workload a Server serves. All of it but OneLakeDir and Observe is required.
type Options struct {
	Entra Entra // whose tokens are taken
	// TenantID and ClientID are the workload's publisher tenant and application, both GUIDs.
	TenantID, ClientID string
	// UserTenantID is the tenant of the user for whom Client calls, and Tokens are those of a call of it.
	UserTenantID string
	Tokens       func() auth.SubjectAndApp
	// OneLakeDir is the folder in which OneLake keeps files, over restarts too; it is made where it is not there. "" keeps
	// them in memory.
	OneLakeDir string
	// Observe is told of each call when it is answered. It must not block, and is called from several goroutines.
	Observe func(Call)
}

// TB is the part of testing.TB that New needs.
type TB = entratest.TB

// New starts a Server for a test and closes it when the test ends.
func New(t TB, entra *entratest.Server) *Server {
	t.Helper()
	s, err := Start(Options{
		Entra: entra, TenantID: entra.Options.TenantID, ClientID: entra.Options.ClientID, UserTenantID: entra.Options.UserTenantID,
		Tokens: func() auth.SubjectAndApp {
			return auth.SubjectAndApp{Subject: entra.SubjectToken(), App: entra.AppToken()}
		},
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// Start starts a Server outside of a test, on free ports of this machine. Close it when it is no longer needed.
func Start(o Options) (*Server, error) {
	files, err := newOneLake(o.OneLakeDir)
	if err != nil {
		return nil, fmt.Errorf("fabrictest: %w", err)
	}
	s := &Server{options: o, files: files, permissions: map[string][]string{}, roles: map[string]map[string]Role{}, pageSize: 100,
		fabricBreak:  interruption{name: "Fabric", tooMany: "RequestBlocked", away: "ServiceUnavailable"},
		oneLakeBreak: interruption{name: "OneLake", tooMany: "TooManyRequests", away: "ServerBusy"}}
	files.may = s.mayUseFiles
	if s.URL, err = s.listen(s.observed(ServiceFabric, s.routes())); err != nil {
		s.Close()
		return nil, err
	}
	guarded := s.bearer(OneLakeURI, anyOf("user_impersonation"), dfsError, files)
	if s.OneLakeURL, err = s.listen(s.observed(ServiceOneLake, s.interrupted(&s.oneLakeBreak, dfsError, guarded))); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/workload-control/workspaces/{workspace}/items/{item}/resolvepermissions", s.resolvePermissions)
	for pattern, operation := range map[string]struct {
		scopes scopesOf
		answer http.HandlerFunc
	}{
		"GET /v1/workspaces":                          {workspaceScopes, s.listWorkspaces},
		"GET /v1/workspaces/{workspace}":              {workspaceScopes, s.getWorkspace},
		"GET /v1/workspaces/{workspace}/items":        {workspaceScopes, s.listItems},
		"GET /v1/workspaces/{workspace}/items/{item}": {s.itemScopes, s.getItem},
	} {
		guarded := s.bearer(auth.FabricURI, operation.scopes, fabricError, operation.answer)
		mux.Handle(pattern, s.interrupted(&s.fabricBreak, fabricError, guarded))
	}
	return mux
}

// Close stops everything that the Server has started.
func (s *Server) Close() {
	s.mu.Lock()
	listeners := s.listeners
	s.listeners = nil
	s.mu.Unlock()
	for _, l := range listeners {
		l.close()
	}
	_ = s.files.tree.close() // what was written is on the disk already
}

// Serve serves a handler of the test's own over TLS, with a certificate that the local Entra's Client and CAPEM trust,
// and gives its address. It stops with the Server.
func (s *Server) Serve(handler http.Handler) (string, error) { return s.listen(handler) }

func (s *Server) listen(handler http.Handler) (string, error) {
	l, err := startLocal(s.options.Entra, handler)
	if err != nil {
		return "", fmt.Errorf("fabrictest: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listeners = append(s.listeners, l)
	return l.url, nil
}

// localServer is one listener over TLS.
type localServer struct {
	url    string
	server *http.Server
	done   chan struct{}
}

func startLocal(entra Entra, handler http.Handler) (*localServer, error) {
	config, err := entra.Certify()
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &localServer{url: "https://" + listener.Addr().String(), done: make(chan struct{})}
	// Clients that hang up in the middle of a handshake make noise that says nothing of a test.
	silent := log.New(io.Discard, "", 0)
	l.server = &http.Server{Handler: handler, TLSConfig: config, ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes: 128 << 10, ErrorLog: silent}
	go func() {
		defer close(l.done)
		_ = l.server.ServeTLS(listener, "", "") // ends with close
	}()
	return l, nil
}

func (l *localServer) close() {
	if err := l.server.Close(); err == nil || errors.Is(err, http.ErrServerClosed) {
		<-l.done
	}
}

// Client calls the workload at baseURL as Fabric does, for the user of Options.Tokens.
func (s *Server) Client(baseURL string) *Client {
	return &Client{BaseURL: baseURL, HTTP: s.options.Entra.Client(), TenantID: s.options.UserTenantID, Tokens: s.options.Tokens}
}

// NewID makes a random UUID (RFC 9562, version 4), for workspaces, items and jobs of a test.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program first
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
