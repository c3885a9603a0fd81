package play

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
)

var parameter = regexp.MustCompile(`([A-Za-z0-9_-]+)="((?:[^"\\]|\\.)*)"`)

// bearerChallenge reads the parameters of the Bearer challenge (RFC 6750 section 3); nil where there is none.
func bearerChallenge(header string) map[string]string {
	rest, ok := strings.CutPrefix(header, "Bearer")
	if !ok {
		return nil
	}
	found := map[string]string{}
	for _, m := range parameter.FindAllStringSubmatch(rest, -1) {
		found[strings.ToLower(m[1])] = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(m[2])
	}
	return found
}

// challengedClaims are those of an insufficient_claims challenge (RFC 9470 style) as JSON; empty where there are none.
func challengedClaims(challenge map[string]string) string {
	text, err := base64.StdEncoding.DecodeString(challenge["claims"])
	if err != nil || !json.Valid(text) {
		return ""
	}
	return string(text)
}
