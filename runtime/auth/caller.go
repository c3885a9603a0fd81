package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Caller is who made a call, after its tokens were validated. It is shared by everything that serves the call: read
// it, and do not change it. Printing it gives tenant, application and request IDs, never a token.
type Caller struct {
	// TenantID is the tenant that the call is about: the user's, or, without a user, the one that Fabric names. Empty
	// on an endpoint resolution that names none. Lower case.
	TenantID string
	// ObjectID is the user's object ID in that tenant. Empty without a user.
	ObjectID string
	// AppID is the client ID of the application that called.
	AppID string
	// Scopes are the delegated permissions in the user's token. None without a user.
	Scopes []string
	// ActivityID and RequestID name the call in the logs on both sides. Never empty behind the middleware.
	ActivityID, RequestID string

	assertion *assertion
}

// assertion is a user's token while a call lasts. It is behind a pointer, so that no printing of a Caller can reach it.
type assertion struct {
	token  string
	digest [sha256.Size]byte
	expiry time.Time
}

// HasSubject says whether the call carries a user, so that tokens on behalf of that user can be had.
func (c *Caller) HasSubject() bool { return c != nil && c.assertion != nil }

// HasScope says whether the user's token has the scope. Scopes are compared as they are, case included.
func (c *Caller) HasScope(scope string) bool { return c != nil && slices.Contains(c.Scopes, scope) }

// String is the caller as a log may show it.
func (c *Caller) String() string {
	if c == nil {
		return "Caller(nil)"
	}
	return fmt.Sprintf("Caller{tenant: %s, app: %s, subject: %t, activity: %s, request: %s}",
		c.TenantID, c.AppID, c.HasSubject(), c.ActivityID, c.RequestID)
}

// Format writes String for every verb.
func (c *Caller) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(c.String())) }

// LogValue gives what String says, as attributes.
func (c *Caller) LogValue() slog.Value {
	if c == nil {
		return slog.StringValue("none")
	}
	return slog.GroupValue(slog.String("tenantId", c.TenantID), slog.String("appId", c.AppID),
		slog.Bool("subject", c.HasSubject()), slog.String("activityId", c.ActivityID),
		slog.String("requestId", c.RequestID))
}

type callerKey struct{}

// CallerFrom is the caller that DataPlane or ControlPlane put into the context. For work that outlives its call, such
// as a job, carry the context's values on with context.WithoutCancel, and see LongRunning.
func CallerFrom(ctx context.Context) (*Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(*Caller)
	return c, ok && c != nil
}

// WithCaller is ctx with a caller in it, for those who authenticate with AuthenticateData or AuthenticateControl
// instead of the middleware.
func WithCaller(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}
