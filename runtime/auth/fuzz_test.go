package auth_test

import (
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// Only what the local Entra signed is taken, to the letter.
func FuzzValidateSubject(f *testing.F) {
	w := newWorld(f)
	issued := map[string]bool{}
	for _, options := range [][]entratest.TokenOption{
		nil, {entratest.V2()}, {entratest.Scopes("a b")}, {entratest.Claim("x", map[string]any{"y": []int{1}})},
	} {
		token := w.entra.SubjectToken(options...)
		issued[token] = true
		f.Add(token)
		parts := strings.Split(token, ".")
		f.Add(parts[0] + "." + parts[1] + ".")
		f.Add("eyJhbGciOiJub25lIn0." + parts[1] + ".")
		f.Add(parts[0] + ".." + parts[2])
	}
	if err := w.auth.Ready(f.Context()); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token string) {
		claims, err := w.auth.ValidateSubject(t.Context(), token)
		if err == nil && !issued[token] {
			t.Errorf("%q was taken for %+v", token, claims)
		}
		if err != nil && issued[token] {
			t.Error(err)
		}
	})
}

// With a signature that is right for any payload, no payload panics, and what is taken has what every token must have.
func FuzzPayload(f *testing.F) {
	w := newWorld(f)
	w.entra.SubjectToken(entratest.PayloadText(func(s string) string { f.Add(s); return s }))
	w.entra.AppToken(entratest.PayloadText(func(s string) string { f.Add(s); return s }))
	f.Add(`{"aud":"\ud83d\ude00","exp":1e300}`)
	f.Fuzz(func(t *testing.T, payload string) {
		token := w.entra.SubjectToken(entratest.PayloadText(func(string) string { return payload }))
		claims, err := w.auth.ValidateSubject(t.Context(), token)
		if err == nil && (claims.Audience != w.entra.Options.Audience && claims.Audience != w.entra.Options.ClientID ||
			!strings.Contains(strings.ToLower(claims.Issuer),
				claims.TenantID) || len(claims.Scopes) == 0 || claims.AppID == "") {
			t.Errorf("%q was taken for %+v", payload, claims)
		}
		_, _ = w.auth.ValidateApp(t.Context(), token)
		_, _ = auth.ParseBearer(authorization("Bearer " + token))
	})
}
