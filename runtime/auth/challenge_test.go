package auth

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

func TestClaimsFrom(t *testing.T) {
	const claims = `{"access_token":{"a":"??>>"}}`
	std, url := base64.StdEncoding.EncodeToString([]byte(claims)), base64.RawURLEncoding.EncodeToString([]byte(claims))
	for value, want := range map[string]string{
		`Bearer error="insufficient_claims", claims="` + std + `"`:                                     claims,
		`Bearer error="insufficient_claims", claims="` + url + `"`:                                     claims,
		`bearer claims="` + std + `",error=insufficient_claims`:                                        claims,
		`Basic realm="x", Bearer realm="a, b", error="insufficient_claims", claims="` + std + `", x=y`: claims,
		`Bearer realm="a \" claims=\"x", error="insufficient_claims" , claims = "` + std + `"`:         claims,
		`Bearer error="invalid_token", claims="` + std + `"`:                                           "",
		`Basic error="insufficient_claims", claims="` + std + `"`:                                      "",
		`Bearer error="insufficient_claims", Basic claims="` + std + `"`:                               "",
		`Bearer error="insufficient_claims"`:                                                           "",
		`Bearer error="insufficient_claims", claims="???"`:                                             "",
		`Bearer error="insufficient_claims", claims="e30"`:                                             "",     // {}
		`Bearer error="insufficient_claims", claims="WzFd"`:                                            "",     // [1]
		`Bearer error="insufficient_claims", claims="` + std:                                           claims, // no end quote: taken as it is
		``:       "",
		`,,,`:    "",
		`"`:      "",
		`=`:      "",
		`a=b`:    "",
		`Bearer`: "",
		`Bearer error="insufficient_claims", claims="` + base64.StdEncoding.EncodeToString([]byte(`{"a":"`+strings.Repeat("a", maxClaims)+`"}`)) + `"`: "",
		strings.Repeat("x", maxChallenge+1): "",
	} {
		if got := claimsFrom(http.Header{"Www-Authenticate": {value}}); string(got) != want {
			t.Errorf("%.100s: %q, want %q", value, string(got), want)
		}
	}
}
