package flowtest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// damage makes the headers of a call that is wrong in one way. Of the control plane they replace those of a call that
// is right.
type damage func(r *runner, f flow, user string) (http.Header, error)

// pair is the two tokens of the control plane; the data plane has the subject's alone.
type pair = auth.SubjectAndApp

// tokens are those of a call that is right.
func (r *runner) tokens(f flow, user string) (pair, error) {
	if f.data() {
		token, err := r.Cloud.FrontendToken(user)
		return pair{Subject: token}, err
	}
	return r.Cloud.Control(user).Tokens(), nil
}

// header is the Authorization of tokens.
func (f flow) header(t pair) http.Header {
	if f.data() {
		return http.Header{"Authorization": {"Bearer " + t.Subject}}
	}
	return http.Header{"Authorization": {t.HeaderValue()}}
}

// sound does no damage.
func sound(r *runner, f flow, user string) (http.Header, error) {
	t, err := r.tokens(f, user)
	return f.header(t), err
}

// changed damages tokens.
func changed(change func(r *runner, f flow, user string, t pair) (pair, error)) damage {
	return func(r *runner, f flow, user string) (http.Header, error) {
		t, err := r.tokens(f, user)
		if err != nil {
			return nil, err
		}
		t, err = change(r, f, user, t)
		return f.header(t), err
	}
}

// subject damages the user's token alone, and app the application's.
func subject(change func(token string) string) damage {
	return changed(func(_ *runner, _ flow, _ string, t pair) (pair, error) {
		t.Subject = change(t.Subject)
		return t, nil
	})
}

func app(change func(token string) string) damage {
	return changed(func(_ *runner, _ flow, _ string, t pair) (pair, error) {
		t.App = change(t.App)
		return t, nil
	})
}

// headers damages the headers themselves.
func headers(change func(f flow, h http.Header, t pair)) damage {
	return func(r *runner, f flow, user string) (http.Header, error) {
		t, err := r.tokens(f, user)
		h := f.header(t)
		if err == nil {
			change(f, h, t)
		}
		return h, err
	}
}

func noToken(flow, pair) []string { return nil }

// authorization replaces the header's values.
func authorization(values func(flow, pair) []string) damage {
	return headers(func(f flow, h http.Header, t pair) { h["Authorization"] = values(f, t) })
}

// tenant replaces x-ms-client-tenant-id.
func tenant(values ...string) damage {
	return headers(func(_ flow, h http.Header, _ pair) { h[auth.HeaderClientTenantID] = values })
}

// forged changes what a token says and keeps its signature; unsigned takes the signature away.
func forged(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return token
	}
	signature := []byte(parts[2])
	middle := len(signature) / 2
	signature[middle] = map[bool]byte{true: 'B', false: 'A'}[signature[middle] == 'A']
	return parts[0] + "." + parts[1] + "." + string(signature)
}

func unsigned(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return token
	}
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + "."
}

// expired has tokens that ended long ago.
func expired(r *runner, f flow, user string) (http.Header, error) {
	r.Cloud.Entra.SetTokenLifetime(-5 * time.Minute) // far beyond the minute that clocks may differ by
	defer r.Cloud.Entra.SetTokenLifetime(tokenLife)
	return sound(r, f, user)
}

// oneLake is a resource that every tenant has.
const oneLake = "https://storage.azure.com/user_impersonation"

// wrongAudience has a user's token for OneLake in place of the one for the workload.
var wrongAudience = changed(func(r *runner, f flow, user string, t pair) (_ pair, err error) {
	t.Subject, err = r.Cloud.Entra.UserToken(user, f.client(), oneLake)
	return t, err
})

// wrongScope has a user's token with scopes that do not let the caller in: of the data plane one of the control plane,
// and the other way round.
var wrongScope = changed(func(r *runner, f flow, user string, t pair) (pair, error) {
	if !f.data() {
		token, err := r.Cloud.FrontendToken(user)
		t.Subject = token
		return t, err
	}
	t.Subject = r.Cloud.Control(user).Tokens().Subject
	return t, nil
})

// swapped has a token of the wrong kind: of the data plane an application's, of the control plane the user's as the
// application's.
var swapped = changed(func(r *runner, f flow, _ string, t pair) (pair, error) {
	if !f.data() {
		t.App = t.Subject
		return t, nil
	}
	token, err := r.Cloud.Entra.AppToken(auth.FabricClientAppID)
	t.Subject = token
	return t, err
})

// wrongApp has an application's token of one that may not call the control plane.
var wrongApp = changed(func(r *runner, _ flow, _ string, t pair) (_ pair, err error) {
	t.App, err = r.Cloud.Entra.AppToken(entratest.FabricFrontendAppID)
	return t, err
})

// client is the application of Fabric's that calls.
func (f flow) client() string {
	if f.data() {
		return entratest.FabricFrontendAppID
	}
	return auth.FabricClientAppID
}

// disordered has the two tokens in the wrong order.
func disordered(_ flow, t pair) []string {
	return []string{fmt.Sprintf(`SubjectAndAppToken1.0 appToken="%s", subjectToken="%s"`, t.App, t.Subject)}
}

// anotherTenant is a tenant that nobody is of.
var anotherTenant = fabrictest.NewID()
