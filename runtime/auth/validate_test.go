package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

func TestValidTokens(t *testing.T) {
	w := newWorld(t)
	v2 := entratest.V2()
	for name, options := range map[string][]entratest.TokenOption{
		"v1":                   nil,
		"v2":                   {v2},
		"another tenant":       {entratest.Tenant("0d5b8f9e-1111-4222-8333-444455556666")},
		"v2 of another tenant": {v2, entratest.Tenant("0d5b8f9e-1111-4222-8333-444455556666")},
		"several scopes":       {entratest.Scopes("A.Read", scope, "B.Write")},
		"without nbf and iat":  {entratest.NoClaim("nbf"), entratest.NoClaim("iat")},
		"expired within skew":  {entratest.Expires(-30 * time.Second)},
		"typ at+jwt":           {entratest.Header("typ", "at+jwt")},
		"no typ":               {entratest.NoHeader("typ")},
		"unknown claims": {entratest.Claim("wids", []string{"a"}), entratest.Claim("xms_x",
			map[string]any{"a": 1.5e3})},
		"AUD beside aud":         {entratest.Claim("AUD", "somebody else")},
		"escapes in other names": {entratest.PayloadText(func(s string) string { return `{"\u0061\ud83d\ude00":"\n",` + s[1:] })},
	} {
		t.Run(name, func(t *testing.T) {
			token := w.entra.SubjectToken(append(options, entratest.User(entratest.DefaultUserID))...)
			for range 2 { // the second time from the cache
				claims, err := w.auth.ValidateSubject(t.Context(), token)
				if err != nil {
					t.Fatal(err)
				}
				if claims.ObjectID != entratest.DefaultUserID || claims.IsApp || len(claims.Scopes) == 0 ||
					claims.AppID == "" {
					t.Errorf("claims = %+v", claims)
				}
			}
		})
	}
}

// hostile is a token that must be refused, with the reason.
type hostile struct {
	name    string
	reason  auth.Reason
	options []entratest.TokenOption
}

// hostileTokens are subject tokens; whatever is not changed in them is right.
func hostileTokens(t testing.TB, entra *entratest.Server) []hostile {
	t.Helper()
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	one := func(o ...entratest.TokenOption) []entratest.TokenOption { return o }
	header := func(name string, value any) []entratest.TokenOption { return one(entratest.Header(name, value)) }
	claim := func(name string, value any) []entratest.TokenOption { return one(entratest.Claim(name, value)) }
	payload := func(f func(string) string) []entratest.TokenOption { return one(entratest.PayloadText(f)) }
	text := func(f func(string) string) []entratest.TokenOption { return one(entratest.Serialized(f)) }
	prepend := func(member string) func(string) string {
		return func(s string) string { return "{" + member + "," + s[1:] }
	}
	upper := func(name string) []entratest.TokenOption {
		return payload(func(s string) string {
			return strings.Replace(s, `"`+name+`":`, `"`+strings.ToUpper(name)+`":`, 1)
		})
	}
	now := time.Now()
	tenant := entratest.DefaultUserTenantID
	publicKey := jwksKey(t, entra)

	return []hostile{
		{"alg none", auth.MalformedToken, one(entratest.Unsigned())},
		{"alg none, with a signature", auth.UnsupportedAlgorithm, header("alg", "none")},
		{"alg NONE", auth.UnsupportedAlgorithm, header("alg", "NONE")},
		{"alg nOnE", auth.UnsupportedAlgorithm, header("alg", "nOnE")},
		{"alg rs256", auth.UnsupportedAlgorithm, header("alg", "rs256")},
		{"alg RS256 with a space", auth.UnsupportedAlgorithm, header("alg", "RS256 ")},
		{"alg RS384", auth.UnsupportedAlgorithm, header("alg", "RS384")},
		{"alg PS256", auth.UnsupportedAlgorithm, header("alg", "PS256")},
		{"alg ES256", auth.UnsupportedAlgorithm, header("alg", "ES256")},
		{"alg absent", auth.UnsupportedAlgorithm, one(entratest.NoHeader("alg"))},
		{"alg a number", auth.MalformedToken, header("alg", 256)},
		{"alg an array", auth.MalformedToken, header("alg", []string{"RS256"})},
		{"alg null", auth.MalformedToken, header("alg", nil)},
		{"HS256 with the public key as PEM", auth.UnsupportedAlgorithm, one(entratest.HS256(publicKey.pem))},
		{"HS256 with the public key as DER", auth.UnsupportedAlgorithm, one(entratest.HS256(publicKey.der))},
		{"HS256 with the modulus", auth.UnsupportedAlgorithm, one(entratest.HS256(publicKey.modulus))},
		{"HS256 with nothing", auth.UnsupportedAlgorithm, one(entratest.HS256(nil))},

		{"another key under a known kid", auth.BadSignature, one(entratest.SignedBy(stranger))},
		{"unknown kid", auth.UnknownKey, header("kid", "unknown")},
		{"kid absent", auth.MalformedToken, one(entratest.NoHeader("kid"))},
		{"kid empty", auth.MalformedToken, header("kid", "")},
		{"kid a number", auth.MalformedToken, header("kid", 1)},
		{"kid with a path", auth.MalformedToken, header("kid", "../../etc/passwd")},
		{"kid with SQL", auth.MalformedToken, header("kid", "x' UNION SELECT 'key")},
		{"kid with a line break", auth.MalformedToken, header("kid", "a\nb")},
		{"kid of 257 characters", auth.MalformedToken, header("kid", strings.Repeat("k", 257))},
		{"embedded jwk", auth.MalformedToken, one(entratest.SignedBy(stranger), entratest.Header("jwk",
			jwkOf(&stranger.PublicKey)))},
		{"jku", auth.MalformedToken, one(entratest.SignedBy(stranger), entratest.Header("jku",
			"https://evil.example/keys"))},
		{"x5u", auth.MalformedToken, one(entratest.SignedBy(stranger), entratest.Header("x5u",
			"https://evil.example/cert"))},
		{"x5c", auth.MalformedToken, one(entratest.SignedBy(stranger), entratest.Header("x5c", []string{"MIIB"}))},
		{"crit unknown", auth.MalformedToken, one(entratest.Header("crit", []string{"exp2"}), entratest.Header("exp2",
			1))},
		{"crit empty", auth.MalformedToken, header("crit", []string{})},
		{"crit null", auth.MalformedToken, header("crit", nil)},
		{"crit b64", auth.MalformedToken, one(entratest.Header("crit", []string{"b64"}), entratest.Header("b64",
			false))},
		{"typ of an ID token of logout", auth.MalformedToken, header("typ", "logout+jwt")},
		{"typ dpop", auth.MalformedToken, header("typ", "dpop+jwt")},
		{"typ empty", auth.MalformedToken, header("typ", "")},
		{"typ a number", auth.MalformedToken, header("typ", 1)},
		{"duplicate alg", auth.MalformedToken, one(entratest.HeaderText(prepend(`"alg":"none"`)))},
		{"duplicate kid, escaped", auth.MalformedToken, one(entratest.HeaderText(prepend(`"\u006bid":"x"`)))},
		{"header an array", auth.MalformedToken, one(entratest.HeaderText(func(string) string { return `["RS256"]` }))},
		{"header not JSON", auth.MalformedToken, one(entratest.HeaderText(func(string) string { return `alg=RS256` }))},

		{"duplicate aud", auth.MalformedToken, payload(prepend(`"aud":"somebody else"`))},
		{"duplicate exp, escaped", auth.MalformedToken, payload(prepend(`"e\u0078p":1`))},
		{"duplicate in a nested object", auth.MalformedToken, payload(prepend(`"x":{"a":1,"a":2}`))},
		{"AUD for aud", auth.MissingClaim, upper("aud")},
		{"ISS for iss", auth.MissingClaim, upper("iss")},
		{"EXP for exp", auth.MissingClaim, upper("exp")},
		{"TID for tid", auth.MissingClaim, upper("tid")},
		{"SCP for scp", auth.NotSubjectToken, upper("scp")},
		{"invalid UTF-8", auth.MalformedToken, payload(prepend("\"x\":\"\xff\""))},
		{"overlong UTF-8", auth.MalformedToken, payload(prepend("\"x\":\"\xc0\xaf\""))},
		{"lone surrogate", auth.MalformedToken, payload(prepend(`"x":"\ud800"`))},
		{"control character in a string", auth.MalformedToken, payload(prepend("\"x\":\"\x01\""))},
		{"data after the payload", auth.MalformedToken, payload(func(s string) string { return s + "{}" })},
		{"a NUL after the payload", auth.MalformedToken, payload(func(s string) string { return s + "\x00" })},
		{"payload cut short", auth.MalformedToken, payload(func(s string) string { return s[:len(s)-1] })},
		{"trailing comma", auth.MalformedToken, payload(func(s string) string { return s[:len(s)-1] + ",}" })},
		{"a comment", auth.MalformedToken, payload(func(s string) string { return s + "//" })},
		{"a BOM", auth.MalformedToken, payload(func(s string) string { return "\ufeff" + s })},
		{"nesting of 20", auth.MalformedToken, payload(prepend(`"x":` + strings.Repeat("[", 20) + strings.Repeat("]",
			20)))},
		{"nesting of 5000", auth.MalformedToken, payload(prepend(`"x":` + strings.Repeat("[", 5000) +
			strings.Repeat("]", 5000)))},
		{"payload null", auth.MalformedToken, payload(func(string) string { return "null" })},
		{"payload a string", auth.MalformedToken, payload(func(string) string { return `"exp"` })},

		{"exp in the past", auth.Expired, one(entratest.Expires(-2 * time.Minute))},
		{"exp zero", auth.Expired, claim("exp", 0)},
		{"exp absent", auth.MissingClaim, one(entratest.NoClaim("exp"))},
		{"exp a string", auth.InvalidClaim, claim("exp", fmt.Sprint(now.Add(time.Hour).Unix()))},
		{"exp null", auth.InvalidClaim, claim("exp", nil)},
		{"exp 1e300", auth.InvalidClaim, claim("exp", 1e300)},
		{"exp 1e11", auth.InvalidClaim, claim("exp", json.RawMessage("1e11"))},
		{"exp beyond int64", auth.InvalidClaim, claim("exp", json.RawMessage("99999999999999999999"))},
		{"exp in the year 10000", auth.InvalidClaim, claim("exp", 253402300800)},
		{"exp a fraction", auth.InvalidClaim, claim("exp", 2e9+0.5)},
		{"exp negative", auth.InvalidClaim, claim("exp", -1)},
		{"exp with a leading zero", auth.MalformedToken, claimText("exp", "0"+fmt.Sprint(now.Add(time.Hour).Unix()))},
		{"nbf in the future", auth.NotYetValid, claim("nbf", now.Add(2*time.Minute).Unix())},
		{"nbf a string", auth.InvalidClaim, claim("nbf", "0")},
		{"iat in the future", auth.NotYetValid, claim("iat", now.Add(2*time.Minute).Unix())},
		{"iat true", auth.InvalidClaim, claim("iat", true)},

		{"ver absent", auth.MissingClaim, one(entratest.NoClaim("ver"))},
		{"ver 3.0", auth.UnsupportedVersion, claim("ver", "3.0")},
		{"ver a number", auth.InvalidClaim, claim("ver", 1.0)},
		{"ver 2.0 with v1 claims", auth.WrongIssuer, claim("ver", "2.0")},
		{"tid absent", auth.MissingClaim, one(entratest.NoClaim("tid"))},
		{"tid a name", auth.InvalidClaim, one(entratest.Tenant("contoso.onmicrosoft.com"))},
		{"tid common", auth.InvalidClaim, one(entratest.Tenant("common"))},
		{"tid with a path", auth.InvalidClaim, one(entratest.Tenant("../" + tenant))},
		{"tid in braces", auth.InvalidClaim, one(entratest.Tenant("{" + tenant + "}"))},
		{"tid that differs from iss", auth.WrongIssuer, claim("tid", entratest.DefaultTenantID)},
		{"iss absent", auth.MissingClaim, one(entratest.NoClaim("iss"))},
		{"iss of another tenant", auth.WrongIssuer, claim("iss", entra.V1Issuer()+"/"+entratest.DefaultTenantID+"/")},
		{"iss without a slash", auth.WrongIssuer, claim("iss", entra.V1Issuer()+"/"+tenant)},
		{"iss with two slashes", auth.WrongIssuer, claim("iss", entra.V1Issuer()+"/"+tenant+"//")},
		{"iss in the v2 form", auth.WrongIssuer, claim("iss", entra.URL+"/"+tenant+"/v2.0")},
		{"iss of another authority", auth.WrongIssuer, claim("iss", "https://evil.example/"+tenant+"/")},
		{"iss with a prefix", auth.WrongIssuer, claim("iss", "https://evil.example/"+entra.V1Issuer()+"/"+tenant+"/")},
		{"iss in another case", auth.WrongIssuer, claim("iss", strings.ToUpper(entra.V1Issuer())+"/"+tenant+"/")},
		{"v2 iss with a slash", auth.WrongIssuer, one(entratest.V2(), entratest.Claim("iss",
			entra.URL+"/"+tenant+"/v2.0/"))},
		{"aud absent", auth.MissingClaim, one(entratest.NoClaim("aud"))},
		{"aud an array", auth.InvalidClaim, claim("aud", []string{entra.Options.Audience})},
		{"aud of somebody else", auth.WrongAudience, one(entratest.Audience("https://graph.microsoft.com"))},
		{"aud with a slash", auth.WrongAudience, one(entratest.Audience(entra.Options.Audience + "/"))},
		{"v1 aud the client ID", auth.WrongAudience, one(entratest.Audience(entra.Options.ClientID))},
		{"v2 aud the URI", auth.WrongAudience, one(entratest.V2(), entratest.Audience(entra.Options.Audience))},
		{"v2 aud another application", auth.WrongAudience, one(entratest.V2(),
			entratest.Audience(entratest.DefaultUserID))},
		{"appid absent", auth.MissingClaim, one(entratest.NoClaim("appid"))},
		{"appid not a GUID", auth.InvalidClaim, one(entratest.App("app"))},
		{"v1 with azp", auth.MissingClaim, one(entratest.NoClaim("appid"), entratest.Claim("azp",
			auth.FabricClientAppID))},
		{"v2 with appid", auth.MissingClaim, one(entratest.V2(), entratest.NoClaim("azp"), entratest.Claim("appid",
			auth.FabricClientAppID))},
		{"oid absent", auth.MissingClaim, one(entratest.NoClaim("oid"))},
		{"oid not a GUID", auth.InvalidClaim, one(entratest.User("user@example.com"))},
		{"scp absent", auth.NotSubjectToken, one(entratest.NoClaim("scp"))},
		{"scp empty", auth.NotSubjectToken, one(entratest.Scopes(""))},
		{"scp an array", auth.InvalidClaim, claim("scp", []string{scope})},
		{"scp with a tab", auth.InvalidClaim, one(entratest.Scopes("A\t" + scope))},
		{"scp with a line break", auth.InvalidClaim, one(entratest.Scopes(scope + "\nB"))},
		{"idtyp app with scp", auth.InvalidClaim, claim("idtyp", "app")},
		{"idtyp user", auth.InvalidClaim, claim("idtyp", "user")},
		{"idtyp empty", auth.InvalidClaim, claim("idtyp", "")},
		{"an app token", auth.NotSubjectToken, one(entratest.NoClaim("scp"), entratest.Claim("idtyp", "app"))},

		{"two segments", auth.MalformedToken, text(func(s string) string { return s[:strings.LastIndexByte(s, '.')] })},
		{"four segments", auth.MalformedToken, text(func(s string) string { return s + ".e30" })},
		{"five segments", auth.MalformedToken, text(func(s string) string { return s + ".e30.e30" })},
		{"no signature", auth.MalformedToken, text(func(s string) string {
			return s[:strings.LastIndexByte(s,
				'.')+1]
		})},
		{"half a signature", auth.BadSignature, text(func(s string) string { return s[:len(s)-102] })},
		{"trailing garbage", auth.BadSignature, text(func(s string) string { return s + "AAAA" })},
		{"padding", auth.MalformedToken, text(func(s string) string { return s + "==" })},
		{"a line break at the end", auth.MalformedToken, text(func(s string) string { return s + "\n" })},
		{"a line break inside", auth.MalformedToken, text(func(s string) string { return s[:40] + "\r\n" + s[40:] })},
		{"a space before", auth.MalformedToken, text(func(s string) string { return " " + s })},
		{"a space after", auth.MalformedToken, text(func(s string) string { return s + " " })},
		{"a tab", auth.MalformedToken, text(func(s string) string { return s[:9] + "\t" + s[9:] })},
		{"a NUL", auth.MalformedToken, text(func(s string) string { return s + "\x00" })},
		{"standard base64", auth.MalformedToken, text(func(s string) string { return s[:len(s)-4] + "+/+/" })},
		{"a non-canonical tail", auth.MalformedToken, text(nonCanonical)},
		{"a changed payload", auth.BadSignature, text(func(s string) string {
			return strings.Replace(s, ".", "."+base64.RawURLEncoding.EncodeToString([]byte(`{"a":1}  `)), 1)
		})},
		{"nothing", auth.MalformedToken, text(func(string) string { return "" })},
		{"dots", auth.MalformedToken, text(func(string) string { return ".." })},
		{"200 KB", auth.TooLarge, one(entratest.Claim("x", strings.Repeat("x", 150_000)))},
		{"200 KB of one letter", auth.TooLarge, text(func(string) string { return strings.Repeat("a", 200<<10) })},
	}
}

func claimText(name, value string) []entratest.TokenOption {
	return []entratest.TokenOption{entratest.NoClaim(name), entratest.PayloadText(func(s string) string {
		return `{"` + name + `":` + value + "," + s[1:]
	})}
}

// nonCanonical sets a bit of the last character that decoders drop: 256 bytes leave four of its six bits unused.
func nonCanonical(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	i := strings.IndexByte(alphabet, s[len(s)-1])
	return s[:len(s)-1] + string(alphabet[i|1])
}

type publicKey struct{ pem, der, modulus []byte }

func jwksKey(t testing.TB, entra *entratest.Server) publicKey {
	t.Helper()
	resp, err := entra.Client().Get(entra.URL + "/common/discovery/keys")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var set struct {
		Keys []struct{ N, E string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		t.Fatal(err)
	}
	n, _ := base64.RawURLEncoding.DecodeString(set.Keys[0].N)
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537})
	if err != nil {
		t.Fatal(err)
	}
	return publicKey{pem: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), der: der, modulus: n}
}

func jwkOf(key *rsa.PublicKey) map[string]string {
	return map[string]string{"kty": "RSA", "n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": "AQAB"}
}

func TestHostileTokens(t *testing.T) {
	w := newWorld(t)
	if err := w.auth.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, h := range hostileTokens(t, w.entra) {
		t.Run(h.name, func(t *testing.T) {
			token := w.entra.SubjectToken(h.options...)
			for range 2 { // a refusal must not turn into a hit
				claims, err := w.auth.ValidateSubject(t.Context(), token)
				refusal := wantReason(t, err, h.reason)
				if claims != nil {
					t.Errorf("claims = %v beside an error", claims)
				}
				if token != "" && len(token) > 40 && strings.Contains(refusal.Error(), token) {
					t.Errorf("the error holds the token: %v", refusal)
				}
			}
		})
	}
}

func wantReason(t testing.TB, err error, want auth.Reason) *auth.ValidationError {
	t.Helper()
	var refusal *auth.ValidationError
	if !errors.As(err, &refusal) {
		t.Fatalf("err = %v, want a ValidationError with %s", err, want)
	}
	if refusal.Reason != want {
		t.Fatalf("reason = %s (%v), want %s", refusal.Reason, err, want)
	}
	return refusal
}

func TestAudienceHints(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		options []entratest.TokenOption
		want    string
	}{
		"v2 of another app": {[]entratest.TokenOption{entratest.V2(), entratest.Audience(entratest.DefaultUserID)},
			"requestedAccessTokenVersion"},
		"v2 with the URI": {[]entratest.TokenOption{entratest.V2(), entratest.Audience(w.entra.Options.Audience)},
			"v1.0 audience"},
		"v1 with client ID": {[]entratest.TokenOption{entratest.Audience(w.entra.Options.ClientID)}, "/.default"},
		"v1 with a slash":   {[]entratest.TokenOption{entratest.Audience(w.entra.Options.Audience + "/")}, "slash"},
		"v1 of something": {[]entratest.TokenOption{entratest.Audience("https://graph.microsoft.com")},
			"another API"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.auth.ValidateSubject(t.Context(), w.entra.SubjectToken(c.options...))
			if refusal := wantReason(t, err, auth.WrongAudience); !strings.Contains(refusal.Error(), c.want) {
				t.Errorf("%v\nlacks %q", refusal, c.want)
			}
		})
	}
}

func TestValidateApp(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		options []entratest.TokenOption
		want    auth.Reason
	}{
		"right":            {nil, ""},
		"v2":               {[]entratest.TokenOption{entratest.V2()}, ""},
		"Fabric's service": {[]entratest.TokenOption{entratest.App(auth.FabricServiceAppID)}, ""},
		"with scp":         {[]entratest.TokenOption{entratest.Scopes("x")}, auth.InvalidClaim},
		"with empty scp":   {[]entratest.TokenOption{entratest.Scopes("")}, auth.InvalidClaim},
		"without idtyp":    {[]entratest.TokenOption{entratest.NoClaim("idtyp")}, auth.NotAppToken},
		"a user's": {[]entratest.TokenOption{entratest.NoClaim("idtyp"), entratest.Scopes("x")},
			auth.NotAppToken},
		"without oid": {[]entratest.TokenOption{entratest.NoClaim("oid")}, auth.MissingClaim},
		"of another tenant": {[]entratest.TokenOption{entratest.Tenant(entratest.DefaultUserTenantID)},
			auth.WrongTenant},
		"of another app": {[]entratest.TokenOption{entratest.App(entratest.FabricFrontendAppID)}, auth.WrongApp},
		"v2 of another app": {[]entratest.TokenOption{entratest.V2(),
			entratest.App(entratest.FabricFrontendAppID)}, auth.WrongApp},
		"idtyp in capitals":    {[]entratest.TokenOption{entratest.Claim("idtyp", "APP")}, auth.InvalidClaim},
		"another audience":     {[]entratest.TokenOption{entratest.Audience("x")}, auth.WrongAudience},
		"tenant in upper case": {[]entratest.TokenOption{entratest.Tenant(strings.ToUpper(entratest.DefaultTenantID))}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.auth.ValidateApp(t.Context(), w.entra.AppToken(c.options...))
			if c.want == "" && err != nil {
				t.Fatal(err)
			}
			if c.want != "" {
				wantReason(t, err, c.want)
			}
		})
	}
}

func TestCachedTokenExpires(t *testing.T) {
	w := newWorld(t)
	token := w.entra.SubjectToken(entratest.Expires(10 * time.Minute))
	if _, err := w.auth.ValidateSubject(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(12 * time.Minute)
	_, err := w.auth.ValidateSubject(t.Context(), token)
	wantReason(t, err, auth.Expired)
}

func TestSkewIsConfigurable(t *testing.T) {
	w := newWorld(t)
	token := w.entra.SubjectToken(entratest.Expires(-3 * time.Minute))
	generous := w.another(t, func(s *auth.Settings) { s.ClockSkew = 5 * time.Minute })
	if _, err := generous.ValidateSubject(t.Context(), token); err != nil {
		t.Error(err)
	}
	exact := w.another(t, func(s *auth.Settings) { s.ClockSkew = -1 })
	_, err := exact.ValidateSubject(t.Context(), w.entra.SubjectToken(entratest.Expires(-time.Second)))
	wantReason(t, err, auth.Expired)
}
