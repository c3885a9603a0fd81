package auth

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// Token gives a token for the resource, as the user whom the context's caller stands for (flows D and E) or as the
// workload's application in the publisher tenant, as Resource.As says. Tokens are kept in memory, and in
// Settings.TokenCache where there is one, renewed in the background before they expire, and asked for once where many
// want the same at the same time. ctx bounds the waiting.
//
// Errors: ErrNoSubject where a user is needed and the context has none; a *ValidationError with Expired where the
// caller's own token has expired meanwhile (see LongRunning); otherwise an *ExchangeError. ErrorFor turns each of them
// into the answer that makes the front-end do the right thing.
func (a *Authenticator) Token(ctx context.Context, resource Resource) (AccessToken, error) {
	q, err := a.query(ctx, resource)
	if err != nil {
		return AccessToken{}, err
	}
	return a.exchanger.get(ctx, q)
}

// query says what token the resource needs for the context's caller.
func (a *Authenticator) query(ctx context.Context, resource Resource) (*query, error) {
	if err := resource.check(); err != nil {
		return nil, err
	}
	caller, _ := CallerFrom(ctx)
	q := &query{resource: resource, tenant: a.settings.TenantID, ids: idsFrom(ctx, caller)}
	if a.telemetry != nil {
		q.span = trace.SpanContextFromContext(ctx)
	}
	if resource.As == AsApp {
		return q, nil
	}
	if !caller.HasSubject() {
		return nil, ErrNoSubject
	}
	q.tenant, q.assertion = caller.TenantID, caller.assertion
	if s, ok := ctx.Value(sessionKey{}).(*session); ok && s.serves(a, caller) {
		q.session, q.caller = s, caller
		return q, nil
	}
	if q.assertion.token == "" {
		return nil, ErrNoSession
	}
	if now := a.now(); !now.Before(q.assertion.expiry.Add(a.settings.ClockSkew)) {
		return nil, &ValidationError{Reason: Expired, Token: subjectToken, Claim: "exp",
			Found: stamp(q.assertion.expiry),
			Want:  "later than " + stamp(now), Hint: "work that outlives its call needs LongRunning"}
	}
	return q, nil
}

// SubjectAndAppHeader is the value of the Authorization header for Fabric's workload control (flow C): a token on
// behalf of the caller's user and one of the workload's application, both for Fabric. Errors are those of Token.
func (a *Authenticator) SubjectAndAppHeader(ctx context.Context) (string, error) {
	resource := Fabric()
	subject, err := a.Token(ctx, resource)
	if err != nil {
		return "", err
	}
	resource.As = AsApp
	app, err := a.Token(ctx, resource)
	if err != nil {
		return "", err
	}
	return SubjectAndApp{Subject: string(subject.Value), App: string(app.Value)}.HeaderValue(), nil
}

// idsFrom gives the IDs of the call, or of the call that the caller came with.
func idsFrom(ctx context.Context, caller *Caller) requestIDs {
	ids, _ := ctx.Value(requestIDsKey{}).(requestIDs)
	if ids.request == "" && caller != nil {
		return requestIDs{activity: caller.ActivityID, request: caller.RequestID}
	}
	return ids
}
