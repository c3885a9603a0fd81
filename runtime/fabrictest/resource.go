package fabrictest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// Resource is a server in place of one of the workload's own resources. It answers every call whose token is right with
// what it got: {"method", "path", "identity": "user" or "app", "tenantId", "body"}.
type Resource struct {
	URL string // its setting, such as PRICING_URL

	mu    sync.Mutex
	calls []ResourceCall
}

// ResourceCall is one call that a Resource has answered.
type ResourceCall struct {
	// Path is decoded and has no query; Body is what was sent, JSON or not.
	Method, Path string
	Body         []byte
	Token        *entratest.Token // verified
}

// NewResource starts a Resource that wants tokens for uri, and in a user's token one of the scopes. It stops with the
// Server.
func (s *Server) NewResource(uri string, scopes ...string) (*Resource, error) {
	resource := &Resource{}
	var err error
	resource.URL, err = s.listen(s.observed(uri, s.bearer(uri, anyOf(scopes...), fabricError, resource)))
	return resource, err
}

// Calls are the calls so far.
func (r *Resource) Calls() []ResourceCall {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]ResourceCall{}, r.calls...)
}

// ServeHTTP answers a call whose token bearer has verified.
func (r *Resource) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxAnswer))
	if err != nil {
		fabricError(w, http.StatusRequestEntityTooLarge, "TooLarge", "The body is too large.")
		return
	}
	token, _ := req.Context().Value(tokenKey{}).(*entratest.Token)
	r.mu.Lock()
	r.calls = append(r.calls, ResourceCall{req.Method, req.URL.Path, body, token})
	r.mu.Unlock()
	identity := "user"
	if token.IsApp {
		identity = "app"
	}
	var sent any
	_ = json.Unmarshal(body, &sent) // what is no JSON is answered as null
	writeJSON(w, http.StatusOK, map[string]any{
		"method": req.Method, "path": req.URL.Path, "identity": identity, "tenantId": token.TenantID, "body": sent,
	})
}

type tokenKey struct{}

// scopesOf gives those scopes of which a user's token needs one for a call.
type scopesOf func(*http.Request) []string

func anyOf(scopes ...string) scopesOf { return func(*http.Request) []string { return scopes } }

// bearer lets calls through that carry a token for the resource, and, in a user's token, one of the scopes. refuse answers
// the others.
func (s *Server) bearer(resource string, scopes scopesOf, refuse errorWriter, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := auth.ParseBearer(r.Header)
		if err != nil {
			refuse(w, http.StatusUnauthorized, "TokenMissing", err.Error())
			return
		}
		token, err := s.options.Entra.VerifyFor(text, resource)
		if err != nil {
			noted(w).refuse(roleBearer, err)
			refuse(w, http.StatusUnauthorized, "TokenNotValid", err.Error())
			return
		}
		if _, err := s.options.Entra.VerifyFor(text, resource, scopes(r)...); err != nil {
			noted(w).refuse(roleBearer, err)
			refuse(w, http.StatusForbidden, "InsufficientScopes", err.Error())
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tokenKey{}, token)))
	})
}

// errorWriter writes an error in a service's own form.
type errorWriter func(w http.ResponseWriter, status int, code, message string)

// checkComposite checks both tokens of flow C: the user's and the workload's, both for Fabric and both by the workload's
// application, the latter from the publisher tenant. It notes in the call what is wrong with which.
func (s *Server) checkComposite(r *http.Request, call *Call) (*entratest.Token, error) {
	tokens, err := auth.ParseSubjectAndApp(r.Header)
	if err != nil {
		return nil, err
	}
	subject, err := s.checkSubject(tokens.Subject)
	if err != nil {
		call.refuse(roleSubject, err)
		return nil, fmt.Errorf("the subject token: %w", err)
	}
	if err := s.checkApp(tokens.App); err != nil {
		call.refuse(roleApp, err)
		return nil, fmt.Errorf("the app token: %w", err)
	}
	return subject, nil
}

func (s *Server) checkSubject(text string) (*entratest.Token, error) {
	if text == "" {
		return nil, errors.New("it is missing")
	}
	token, err := s.options.Entra.VerifyFor(text, auth.FabricURI)
	switch {
	case err != nil:
		return nil, err
	case token.IsApp || len(token.Scopes) == 0:
		return nil, errors.New("it is no user's")
	case token.AppID != s.options.ClientID:
		return nil, errors.New("it is not the workload's")
	}
	return token, nil
}

func (s *Server) checkApp(text string) error {
	token, err := s.options.Entra.VerifyFor(text, auth.FabricURI)
	switch {
	case err != nil:
		return err
	case !token.IsApp:
		return errors.New("it is no application's")
	case token.AppID != s.options.ClientID:
		return errors.New("it is not the workload's")
	case token.TenantID != s.options.TenantID:
		return errors.New("it is not of the publisher tenant")
	}
	return nil
}
