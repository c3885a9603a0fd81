package auth

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// What a resource says in WWW-Authenticate is read within bounds, and claims that come out are a JSON object.
func FuzzParseChallenges(f *testing.F) {
	claims := base64.StdEncoding.EncodeToString([]byte(`{"access_token":{"nbf":{"essential":true}}}`))
	for _, value := range []string{
		"", ",,,", "=", `"`, "Bearer", "a=b", "Bearer,Basic", `Bearer a=b`, `Bearer a = "b\"c" , d`,
		`Bearer a="b`, `Bearer a="\`,
		`Bearer error="insufficient_claims", claims="` + claims + `"`,
		`bearer claims=` + claims + `,error=insufficient_claims`,
		`Basic realm="x", Bearer realm="a, b", error="insufficient_claims", claims="` + claims + `", x=y`,
		`Bearer error="insufficient_claims", claims="W10="`, `Bearer error="insufficient_claims", claims="bnVsbA"`,
		`Bearer error="insufficient_claims", error="x", claims="e30", CLAIMS="` + claims + `"`,
		"Bearer\x00\xff é=ü",
	} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		checkParsed(t, value)
		found := string(claimsFrom(http.Header{"Www-Authenticate": {"Negotiate", value}}))
		var object map[string]any
		if found != "" && (len(found) > maxClaims || len(value) > maxChallenge ||
			json.Unmarshal([]byte(found), &object) != nil || len(object) == 0) {
			t.Errorf("%q: claims %q", value, found)
		}
	})
}

// checkParsed wants schemes and names to be tokens, and no more text than there was.
func checkParsed(t *testing.T, value string) {
	t.Helper()
	size := 0
	for _, c := range parseChallenges(value) {
		size += len(c.scheme)
		if word, rest := cutToken(c.scheme); word == "" || rest != "" {
			t.Errorf("%q: the scheme %q", value, c.scheme)
		}
		for name, text := range c.params {
			size += len(name) + len("=") + len(text)
			if word, rest := cutToken(name); word == "" || rest != "" || strings.ToLower(name) != name {
				t.Errorf("%q: the parameter %q", value, name)
			}
		}
	}
	if size > len(value) {
		t.Errorf("%q: %d bytes out of %d", value, size, len(value))
	}
}

// A challenge that the package writes is one challenge, whatever goes into it, and is read as it was meant.
func FuzzChallengeRoundTrip(f *testing.F) {
	for _, seed := range []string{"", "plain", `a "quoted" \ text`, "a, Basic b=c", "line\r\nX: y", "é\x00\x7f",
		`{"a":1}`, ` {"a":{"b":[]}} `, `{}`, `[1]`, `null`, `{"a":"` + strings.Repeat("x", maxClaims) + `"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		encoded := base64.StdEncoding.EncodeToString([]byte(text))
		value := newChallenge("Bearer").with("error", "insufficient_claims").with("description", text).
			with("claims", encoded).String()
		parsed := parseChallenges(value)
		if len(parsed) != 1 || parsed[0].params["claims"] != encoded ||
			strings.ContainsAny(value, "\r\n\x00\x7f\\") {
			t.Fatalf("%q became %q and was read as %+v", text, value, parsed)
		}
		var object map[string]any
		isObject := json.Unmarshal([]byte(text), &object) == nil && len(object) > 0
		want := ""
		if isObject && len(text) <= maxClaims && len(value) <= maxChallenge {
			want = text
		}
		if found := string(claimsFrom(http.Header{"Www-Authenticate": {value}})); found != want {
			t.Errorf("%q: claims %q", text, found)
		}
	})
}
