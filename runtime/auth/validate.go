package auth

import (
	"context"
	"errors"

	"github.com/golang-jwt/jwt/v5"
)

// The applications that call a workload's back-end in the control plane, and the scope that their users' tokens carry.
const (
	// FabricServiceAppID is Fabric's own service.
	FabricServiceAppID = "00000009-0000-0000-c000-000000000000"
	// FabricClientAppID is Fabric's client for workloads.
	FabricClientAppID = "d2450708-699c-41e3-8077-b0c8341509aa"
	// ControlScope is the delegated permission of the control plane.
	ControlScope = "FabricWorkloadControl"
)

const (
	subjectToken = "subject"
	appToken     = "app"
)

// validated is a token that was found to be Entra's and meant for this workload.
type validated struct {
	claims *Claims
	key    *signingKey
}

// ValidateSubject validates a user's token for this workload, of any tenant: signature, issuer, audience and time as in
// authenticate, then that it is delegated: it has scp and no idtyp. Which scopes are enough is for the caller to say,
// see Claims.HasAnyScope. The error is a *ValidationError.
func (a *Authenticator) ValidateSubject(ctx context.Context, token string) (*Claims, error) {
	claims, _, err := a.validateSubject(ctx, token)
	return claims, err
}

func (a *Authenticator) validateSubject(ctx context.Context, token string) (*Claims, digest, error) {
	claims, sum, err := a.authenticate(ctx, token)
	if err != nil {
		return nil, sum, err.of(subjectToken)
	}
	switch {
	case claims.IsApp:
		err = &ValidationError{Reason: NotSubjectToken, Claim: "idtyp", Found: `"app"`,
			Want: "a delegated token without it",
			Hint: "an app token in the place of the user's"}
	case len(claims.Scopes) == 0:
		err = &ValidationError{Reason: NotSubjectToken, Claim: "scp", Found: "none",
			Want: "a delegated token with scopes"}
	case claims.ObjectID == "":
		err = &ValidationError{Reason: MissingClaim, Claim: "oid", Found: "none", Want: "the user's object ID"}
	}
	if err != nil {
		return nil, sum, err.of(subjectToken)
	}
	return claims, sum, nil
}

// ValidateApp validates the token by which Fabric shows that a control-plane call is its own: an app-only token
// (idtyp is app, no scp) of the publisher tenant, asked for by one of Fabric's two applications. The error is a
// *ValidationError.
func (a *Authenticator) ValidateApp(ctx context.Context, token string) (*Claims, error) {
	claims, _, err := a.authenticate(ctx, token)
	if err != nil {
		return nil, err.of(appToken)
	}
	switch {
	case !claims.IsApp:
		err = &ValidationError{Reason: NotAppToken, Claim: "idtyp", Found: "none", Want: `"app"`,
			Hint: "a user's token in the app's place, or the registration lacks the optional claim idtyp"}
	case claims.TenantID != a.settings.TenantID:
		err = &ValidationError{Reason: WrongTenant, Claim: "tid", Found: claims.TenantID,
			Want: a.settings.TenantID + ", the publisher tenant"}
	case claims.AppID != FabricServiceAppID && claims.AppID != FabricClientAppID:
		err = &ValidationError{Reason: WrongApp, Claim: appClaim(claims.Version), Found: claims.AppID,
			Want: "Fabric: " + FabricServiceAppID + " or " + FabricClientAppID}
	case claims.ObjectID == "":
		err = &ValidationError{Reason: MissingClaim, Claim: "oid", Found: "none",
			Want: "the service principal's object ID"}
	}
	if err != nil {
		return nil, err.of(appToken)
	}
	return claims, nil
}

// authenticate validates what every token must have, whoever it is for. A token that was validated before is found
// again by its digest, as long as it has not expired and its key is still Entra's.
func (a *Authenticator) authenticate(ctx context.Context, token string) (*Claims, digest, *ValidationError) {
	w := workspaces.Get().(*workspace)
	defer w.release(min(len(token), maxToken))
	sum, err := w.load(token)
	if err != nil {
		return nil, sum, asValidation(err)
	}
	if known, ok := a.validated.get(&sum); ok {
		if now := a.now(); a.keys.current(known.key, now) {
			return known.claims, sum, a.checkTimes(known.claims, now)
		}
		a.validated.remove(&sum)
	}
	claims, key, err := a.verify(ctx, w, token)
	if err != nil {
		return nil, sum, asValidation(err)
	}
	a.validated.put(&sum, validated{claims: claims, key: key})
	return claims, sum, nil
}

// asValidation narrows an error of this package, all of which are of this type.
func asValidation(err error) *ValidationError {
	var e *ValidationError
	if errors.As(err, &e) {
		return e
	}
	return malformedToken("", "", "", err)
}

// verify does the work: header, key, signature, and only then the payload.
func (a *Authenticator) verify(ctx context.Context, w *workspace, token string) (*Claims, *signingKey, error) {
	parts, err := w.split(token)
	if err != nil {
		return nil, nil, err
	}
	head, err := w.readHeader(parts.header)
	if err != nil {
		return nil, nil, err
	}
	key, err := a.keys.find(ctx, head.kid)
	if err != nil {
		return nil, nil, err
	}
	if err := jwt.SigningMethodRS256.Verify(parts.signed, parts.signature, key.public); err != nil {
		return nil, nil, &ValidationError{Reason: BadSignature, Claim: "signature", Found: "another one than the key's",
			Hint: "the token was changed, or was signed by somebody else"}
	}
	raw, err := w.readClaims(parts.payload)
	if err != nil {
		return nil, nil, err
	}
	claims, err := a.checkClaims(raw, key)
	if err != nil {
		return nil, nil, err
	}
	return claims, key, nil
}
