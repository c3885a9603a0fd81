package auth_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// newFuzzWorld is a world whose keys are at hand and which keeps no log, since a fuzzer would fill the memory with it.
func newFuzzWorld(f *testing.F) *world {
	f.Helper()
	w := newWorld(f, func(s *auth.Settings) { s.Logger = slog.New(slog.DiscardHandler) })
	if err := w.auth.Ready(f.Context()); err != nil {
		f.Fatal(err)
	}
	return w
}

// fill puts pieces in place of $0, $1 and so on. The workers of a fuzzer are processes of their own and each has keys
// of its own, so that a token which is a seed in one is a stranger's in all others: inputs name tokens by their place.
func fill(input string, pieces ...string) string {
	var pairs []string
	for i, piece := range pieces {
		pairs = append(pairs, fmt.Sprintf("$%d", i), piece)
	}
	return strings.NewReplacer(pairs...).Replace(input)
}

// Only what the local Entra signed is taken, to the letter.
func FuzzValidateSubject(f *testing.F) {
	w := newFuzzWorld(f)
	issued := map[string]bool{}
	pieces := []string{"eyJhbGciOiJub25lIn0"} // $0 is {"alg":"none"}, three more of each token follow
	for _, options := range [][]entratest.TokenOption{
		nil, {entratest.V2()}, {entratest.Claim("x", map[string]any{"y": []int{1}})},
	} {
		token := w.entra.SubjectToken(append(options, entratest.Expires(lasting))...)
		issued[token] = true
		pieces = append(pieces, strings.Split(token, ".")...)
	}
	for _, input := range []string{
		"$1.$2.$3", "$4.$5.$6", "$7.$8.$9", "$1.$2.", "$0.$2.", "$0.$2.$3", "$1..$3", "$1.$2.$6", "$4.$2.$3",
		"$1.$2.$3=",
		"$1.$2.$3.", "$1.$2.$3A", "$1.$2\n.$3", ".$1.$2.$3", "$1.$2.$3 ",
	} {
		f.Add(input)
	}
	f.Fuzz(func(t *testing.T, input string) {
		token := fill(input, pieces...)
		claims, err := w.auth.ValidateSubject(t.Context(), token)
		if err == nil && !issued[token] {
			t.Errorf("%q was taken for %+v", input, claims)
		}
		if err != nil && issued[token] {
			t.Error(err)
		}
	})
}

// With a signature that is right for any payload, no payload panics, and what is taken has what every token must have.
func FuzzPayload(f *testing.F) {
	w := newFuzzWorld(f)
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
