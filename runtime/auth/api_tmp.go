package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
)

var errTODO = errors.New("auth: being written")

// Credential proves the workload's application to Entra.
type Credential struct{ source *struct{} }

// Secret is a client secret.
func Secret(secret string) Credential { return Credential{} }

// SecretFile is a client secret in a file.
func SecretFile(path string) Credential { return Credential{} }

// CertificateFile is a PEM file with certificate and key.
func CertificateFile(path string) (Credential, error) { return Credential{}, errTODO }

// FederatedTokenFile is a file with a federated token.
func FederatedTokenFile(path string) Credential { return Credential{} }

// Claims are a validated token's.
type Claims struct {
	TenantID, ObjectID, AppID, Audience, Issuer, Version string
	Scopes                                               []string
	Roles                                                []string
	IsApp                                                bool
	Expiry, NotBefore, IssuedAt                          time.Time
}

// ValidateSubject validates a user's token.
func (a *Authenticator) ValidateSubject(ctx context.Context, token string) (*Claims, error) {
	return nil, errTODO
}

// ValidateApp validates an app token of Fabric.
func (a *Authenticator) ValidateApp(ctx context.Context, token string) (*Claims, error) {
	return nil, errTODO
}

// ControlPlaneRules say what an operation of the control plane requires.
type ControlPlaneRules struct{ SubjectOptional, TenantHeaderOptional bool }

// AuthenticateData validates a data-plane call.
func (a *Authenticator) AuthenticateData(r *http.Request, scopes ...string) (*Caller, error) {
	return nil, errTODO
}

// AuthenticateControl validates a control-plane call.
func (a *Authenticator) AuthenticateControl(r *http.Request, rules ControlPlaneRules) (*Caller, error) {
	return nil, errTODO
}

// DataPlane lets calls through that carry a user's token with one of the scopes.
func (a *Authenticator) DataPlane(scopes ...string) func(http.Handler) http.Handler { return nil }

// ControlPlane lets calls of Fabric through.
func (a *Authenticator) ControlPlane(rules ControlPlaneRules) func(http.Handler) http.Handler {
	return nil
}

// RequestIDs reads or makes ActivityId and RequestId, puts them into context, response headers; DataPlane and
// ControlPlane do the same where nobody did.
func RequestIDs(next http.Handler) http.Handler { return next }

// IDsFrom gives the request IDs in the context.
func IDsFrom(ctx context.Context) (activityID, requestID string) { return "", "" }

// AccessToken is a token for a resource.
type AccessToken struct {
	Value  Sensitive
	Expiry time.Time
}

// Token gets a token for a resource.
func (a *Authenticator) Token(ctx context.Context, resource Resource) (AccessToken, error) {
	return AccessToken{}, errTODO
}

// SubjectAndAppHeader is the Authorization header for workload control (flow C).
func (a *Authenticator) SubjectAndAppHeader(ctx context.Context) (string, error) { return "", errTODO }

// Client is an http.Client whose requests carry the token for the resource, by the caller in each request's context.
func (a *Authenticator) Client(resource Resource) *http.Client { return nil }

// Transport is the RoundTripper of Client over base (nil: that of Settings.HTTPClient).
func (a *Authenticator) Transport(resource Resource, base http.RoundTripper) http.RoundTripper {
	return nil
}

// LongRunning is ctx for work that may outlive the caller's token.
func (a *Authenticator) LongRunning(ctx context.Context, resource Resource) (context.Context, error) {
	return ctx, errTODO
}

// Ready says whether calls can be validated: Entra's keys are there.
func (a *Authenticator) Ready(ctx context.Context) error { return errTODO }

// KeyStatus is the state of the key set.
type KeyStatus struct {
	Keys      int
	FetchedAt time.Time
	Stale     bool
	LastError error
}

// KeyStatus tells the state of the key set.
func (a *Authenticator) KeyStatus() KeyStatus { return KeyStatus{} }

// Plane is who calls.
type Plane uint8

const (
	// DataPlane is the workload's own API, called by its front-end.
	DataPlane Plane = iota
	// ControlPlane is the Workload REST contract, called by Fabric.
	ControlPlane
)

// ErrorFor is the one mapping of errors to answers.
func ErrorFor(err error, plane Plane) *apierror.Error { return nil }

var _ = slog.Default
