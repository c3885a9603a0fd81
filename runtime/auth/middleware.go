package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// ControlPlaneRules say what one operation of the control plane does without. The zero value is the strict one: create,
// update, payload and jobs.
type ControlPlaneRules struct {
	// SubjectOptional lets calls in that carry no user: delete and endpoint resolution. A subject token that is there
	// is validated all the same.
	SubjectOptional bool
	// TenantHeaderOptional lets calls in without x-ms-client-tenant-id: endpoint resolution. A header that is there is
	// checked all the same.
	TenantHeaderOptional bool
}

// DataPlane is middleware for the workload's own API (flow A): it lets a call through that carries, as a Bearer token,
// a user's token for this workload with at least one of the scopes, and puts the Caller into the request's context.
// Others are answered as ErrorFor says. Without any scope nobody is let in.
func (a *Authenticator) DataPlane(scopes ...string) func(http.Handler) http.Handler {
	return a.middleware(DataPlane, func(r *http.Request, ids requestIDs) (*Caller, error) {
		return a.authenticateData(r, ids, scopes)
	})
}

// ControlPlane is middleware for the Workload REST contract (flow B): it lets a call through that Fabric makes, in a
// user's name or, where the rules allow it, in nobody's, and puts the Caller into the request's context. Others are
// answered as ErrorFor says.
func (a *Authenticator) ControlPlane(rules ControlPlaneRules) func(http.Handler) http.Handler {
	return a.middleware(ControlPlane, func(r *http.Request, ids requestIDs) (*Caller, error) {
		return a.authenticateControl(r, ids, rules)
	})
}

func (a *Authenticator) middleware(plane Plane, authenticate func(*http.Request, requestIDs) (*Caller, error),
) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ids, known := idsOf(r)
			ids.echo(w)
			ctx := r.Context()
			if !known {
				ctx = context.WithValue(ctx, requestIDsKey{}, ids)
			}
			caller, err := authenticate(r, ids)
			a.telemetry.call(ctx, plane, err)
			if err != nil {
				r = r.WithContext(ctx)
				a.logRefusal(r, plane, err)
				apierror.Write(w, r, ErrorFor(err, plane))
				return
			}
			next.ServeHTTP(w, r.WithContext(WithCaller(ctx, caller)))
		})
	}
}

// AuthenticateData is DataPlane without the HTTP around it. The error is a *ValidationError.
func (a *Authenticator) AuthenticateData(r *http.Request, scopes ...string) (*Caller, error) {
	ids, _ := idsOf(r)
	return a.authenticateData(r, ids, scopes)
}

func (a *Authenticator) authenticateData(r *http.Request, ids requestIDs, scopes []string) (*Caller, error) {
	token, err := cutBearer(r.Header)
	if err != nil {
		return nil, err
	}
	claims, sum, err := a.validateSubject(r.Context(), token)
	if err != nil {
		return nil, err
	}
	if !claims.HasAnyScope(scopes...) {
		return nil, missingScope(claims, scopes)
	}
	return newCaller(ids, claims, token, sum), nil
}

// AuthenticateControl is ControlPlane without the HTTP around it. The error is a *ValidationError.
func (a *Authenticator) AuthenticateControl(r *http.Request, rules ControlPlaneRules) (*Caller, error) {
	ids, _ := idsOf(r)
	return a.authenticateControl(r, ids, rules)
}

func (a *Authenticator) authenticateControl(r *http.Request, ids requestIDs, rules ControlPlaneRules) (*Caller, error) {
	tokens, err := cutSubjectAndApp(r.Header)
	if err != nil {
		return nil, err
	}
	tenant, err := clientTenant(r.Header, rules.TenantHeaderOptional)
	if err != nil {
		return nil, err
	}
	app, err := a.ValidateApp(r.Context(), tokens.App)
	if err != nil {
		return nil, err
	}
	if tokens.Subject == "" {
		if !rules.SubjectOptional {
			return nil, &ValidationError{Reason: MissingSubject, Token: subjectToken, Claim: headerAuthorization,
				Found: "an empty subjectToken", Want: "the user's token, which this operation needs"}
		}
		return &Caller{TenantID: tenant, AppID: app.AppID, ActivityID: ids.activity, RequestID: ids.request}, nil
	}
	claims, sum, err := a.validateSubject(r.Context(), tokens.Subject)
	if err != nil {
		return nil, err
	}
	if err := checkControlSubject(claims, app, tenant); err != nil {
		return nil, err
	}
	return newCaller(ids, claims, tokens.Subject, sum), nil
}

// checkControlSubject checks what ties a control-plane subject token to the rest of its call.
func checkControlSubject(claims, app *Claims, tenant string) error {
	switch {
	case !claims.HasAnyScope(ControlScope):
		return missingScope(claims, []string{ControlScope})
	case claims.AppID != app.AppID:
		return &ValidationError{Reason: WrongApp, Token: subjectToken, Claim: appClaim(claims.Version),
			Found: claims.AppID,
			Want:  app.AppID + ", which the app token names"}
	case tenant != "" && claims.TenantID != tenant:
		return &ValidationError{Reason: WrongTenant, Token: subjectToken, Claim: "tid", Found: claims.TenantID,
			Want: tenant + ", the tenant of " + HeaderClientTenantID}
	}
	return nil
}

// clientTenant reads the header in which Fabric names the tenant that the call is about.
func clientTenant(h http.Header, optional bool) (string, error) {
	values := h[canonicalClientTenantID]
	switch {
	case len(values) == 0 && optional:
		return "", nil
	case len(values) != 1:
		return "", &ValidationError{Reason: MalformedHeader, Claim: HeaderClientTenantID,
			Found: map[bool]string{true: "none", false: "several"}[len(values) == 0], Want: "one GUID"}
	case !isGUID(values[0]):
		return "", &ValidationError{Reason: MalformedHeader, Claim: HeaderClientTenantID, Found: quote(values[0]),
			Want: "one GUID"}
	}
	return canonicalGUID(values[0]), nil
}

func missingScope(claims *Claims, accepted []string) *ValidationError {
	want := "one of " + strings.Join(accepted, " ")
	if len(accepted) == 0 {
		want = "nothing: no scope lets anybody in here"
	}
	return &ValidationError{Reason: MissingScope, Token: subjectToken, Claim: "scp",
		Found: quote(strings.Join(claims.Scopes, " ")), Want: want, AcceptedScopes: accepted}
}

func newCaller(ids requestIDs, claims *Claims, token string, sum digest) *Caller {
	return &Caller{TenantID: claims.TenantID, ObjectID: claims.ObjectID, AppID: claims.AppID,
		Scopes:     slices.Clone(claims.Scopes),
		ActivityID: ids.activity, RequestID: ids.request,
		assertion: &assertion{token: token, digest: sum, expiry: claims.Expiry}}
}

// logRefusal tells the developer what the caller is not told.
func (a *Authenticator) logRefusal(r *http.Request, plane Plane, err error) {
	level := slog.LevelWarn
	var refusal *ValidationError
	attrs := []slog.Attr{idsFrom(r.Context(), nil).attr(), slog.String("plane", plane.String()), slog.String("method", r.Method)}
	if errors.As(err, &refusal) {
		attrs = append(attrs, slog.String("reason", string(refusal.Reason)), slog.String("token", refusal.Token))
		if refusal.Reason == KeysUnavailable {
			level = slog.LevelError
		}
	}
	attrs = append(attrs, slog.String("error", err.Error()))
	a.logger.LogAttrs(r.Context(), level, "auth: call refused", attrs...)
}
