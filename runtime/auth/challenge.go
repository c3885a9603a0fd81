package auth

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// challenge is a WWW-Authenticate value: a scheme and parameters, each once and quoted (RFC 9110 section 11.2).
type challenge struct {
	text strings.Builder
	any  bool
}

func newChallenge(scheme string) *challenge {
	c := &challenge{}
	c.text.WriteString(scheme)
	return c
}

// with adds a parameter. Characters that RFC 6750 section 3 does not allow in one are left out; an empty value adds
// nothing.
func (c *challenge) with(name, value string) *challenge {
	value = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, value)
	if value == "" {
		return c
	}
	if c.any {
		c.text.WriteByte(',')
	}
	c.any = true
	c.text.WriteString(" " + name + `="` + value + `"`)
	return c
}

func (c *challenge) String() string { return c.text.String() }

// maxChallenge bounds what is read of a resource's WWW-Authenticate header.
const maxChallenge = 16 << 10

// claimsFrom finds a claims challenge in a resource's 401 (RFC 9470 section 3, with Entra's claims parameter): a Bearer
// challenge with error="insufficient_claims" and claims in base64 or base64url. It gives "" where there is none or
// where what there is is not a JSON object.
func claimsFrom(h http.Header) Sensitive {
	for _, value := range h.Values("WWW-Authenticate") {
		if len(value) > maxChallenge {
			continue
		}
		for _, c := range parseChallenges(value) {
			if strings.EqualFold(c.scheme, "Bearer") && c.params["error"] == "insufficient_claims" {
				if claims := decodeClaims(c.params["claims"]); claims != "" {
					return claims
				}
			}
		}
	}
	return ""
}

func decodeClaims(text string) Sensitive {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return claimsObject(data)
}

// claimsObject takes a claims challenge where it is one: a JSON object that asks for something, of a sensible length.
func claimsObject(data []byte) Sensitive {
	var object map[string]json.RawMessage
	if len(data) > maxClaims || json.Unmarshal(data, &object) != nil || len(object) == 0 {
		return ""
	}
	return Sensitive(data)
}

type parsedChallenge struct {
	scheme string
	params map[string]string
}

// parseChallenges reads a WWW-Authenticate value. It takes what is well formed and stops where that ends.
func parseChallenges(value string) []parsedChallenge {
	var out []parsedChallenge
	for value = trimSeparators(value); value != ""; value = trimSeparators(value) {
		var word string
		word, value = cutToken(value)
		if word == "" {
			break
		}
		rest, isParam := strings.CutPrefix(strings.TrimLeft(value, " \t"), "=")
		if !isParam {
			out = append(out, parsedChallenge{scheme: word, params: map[string]string{}})
			continue
		}
		var text string
		text, value = cutValue(strings.TrimLeft(rest, " \t"))
		if len(out) > 0 {
			params := out[len(out)-1].params
			if _, twice := params[strings.ToLower(word)]; !twice {
				params[strings.ToLower(word)] = text
			}
		}
	}
	return out
}

func trimSeparators(s string) string { return strings.TrimLeft(s, " \t,") }

// cutToken cuts a token (RFC 9110 section 5.6.2) off s.
func cutToken(s string) (token, rest string) {
	end := strings.IndexFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			strings.ContainsRune("!#$%&'*+-.^_`|~", r))
	})
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}

// cutValue cuts a token or a quoted string off s.
func cutValue(s string) (value, rest string) {
	quoted, isQuoted := strings.CutPrefix(s, `"`)
	if !isQuoted {
		end := strings.IndexAny(s, ", \t")
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:]
	}
	var b strings.Builder
	for i := 0; i < len(quoted); i++ {
		switch c := quoted[i]; {
		case c == '"':
			return b.String(), quoted[i+1:]
		case c == '\\' && i+1 < len(quoted):
			i++
			b.WriteByte(quoted[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}
