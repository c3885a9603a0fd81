package hops

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// hidden stands for what is not told.
const hidden = "…"

// Bounds on what a Hop says, in bytes.
const (
	maxPath   = 512
	maxReason = 1024
)

// personal are the claims that name a person, or where they are. IDs stay: without them nobody can follow a call.
var personal = []string{
	"email", "emails", "family_name", "given_name", "ipaddr", "login_hint", "middle_name", "name", "nickname", "onprem_sid",
	"phone_number", "preferred_username", "unique_name", "upn", "verified_primary_email", "verified_secondary_email",
}

var (
	jwtText = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*)*`)
	// emailText is an address as it is, and as it stands in addresses of others.
	emailText = regexp.MustCompile(`[\pL\pN._%+'-]+(?:@|%(?:25)*40)[\pL\pN-]+(\.[\pL\pN-]+)+`)
)

// Redacted are hops that may go into a bug report: without the texts of tokens, the claims that name a person, and e-mail
// addresses wherever they stand.
func Redacted(hops []Hop) []Hop {
	out := slices.Clone(hops)
	for i := range out {
		h := &out[i]
		for _, text := range []*string{&h.Path, &h.About, &h.Activity, &h.Code, &h.Reason} {
			*text = scrub(*text)
		}
		h.Tokens = slices.Clone(h.Tokens)
		for j := range h.Tokens {
			t := &h.Tokens[j]
			t.Raw, t.Problem = "", scrub(t.Problem)
			t.Header, t.Claims = scrubObject(t.Header), scrubObject(t.Claims)
		}
	}
	return out
}

// scrub hides tokens and e-mail addresses in a text.
func scrub(text string) string {
	return emailText.ReplaceAllString(withoutTokens(text), hidden)
}

// withoutTokens hides tokens in a text.
func withoutTokens(text string) string { return jwtText.ReplaceAllString(text, hidden) }

func scrubObject(object map[string]any) map[string]any {
	if object == nil {
		return nil
	}
	out := make(map[string]any, len(object))
	for name, value := range object {
		if slices.Contains(personal, strings.ToLower(name)) {
			value = hidden
		}
		out[scrub(name)] = scrubValue(value)
	}
	return out
}

func scrubValue(value any) any {
	switch value := value.(type) {
	case string:
		return scrub(value)
	case []string:
		out := make([]string, len(value))
		for i := range value {
			out[i] = scrub(value[i])
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i := range value {
			out[i] = scrubValue(value[i])
		}
		return out
	case map[string]any:
		return scrubObject(value)
	}
	return value
}

// secretNames are parts of the names of parameters whose values may be secrets.
var secretNames = []string{
	"assertion", "auth", "claims", "code", "cookie", "credential", "jwt", "key", "nonce", "otp", "pass", "pin", "pwd", "saml",
	"secret", "session", "sig", "state", "ticket", "token",
}

// shownPath is a path and its query as a Hop tells them.
func shownPath(path, query string) string {
	out := path
	if query != "" {
		out += "?" + shownQuery(query)
	}
	return cut(oneLine(withoutTokens(out)), maxPath)
}

func shownQuery(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		decoded, err := url.QueryUnescape(name)
		secret := err != nil || slices.ContainsFunc(secretNames, func(part string) bool {
			return strings.Contains(strings.ToLower(decoded), part)
		})
		if ok && value != "" && (secret || len(value) > 128) {
			pairs[i] = name + "=" + hidden
		}
	}
	return strings.Join(pairs, "&")
}

// oneLine takes out of a text what is not to be printed.
func oneLine(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n', c == '\t':
			return ' '
		case c < ' ', c >= 0x7f && c < 0xa0, c == '\u2028', c == '\u2029', c >= 0x202a && c <= 0x202e, c >= 0x2066 && c <= 0x2069:
			return -1
		}
		return c
	}, strings.ToValidUTF8(text, "?"))
}

// cut bounds a text, in bytes, at a character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len(hidden)], "") + hidden
}
