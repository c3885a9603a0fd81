package supervisor

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// masked stands where a token or a secret stood.
const masked = "[masked]"

// leastSecret is the length under which a secret is not masked: it would hide ordinary words.
const leastSecret = 8

// encodedJSON is a JSON object in base64, with what follows it after dots: tokens (RFC 7519, section 3.1) whole or cut off,
// and claims challenges.
var encodedJSON = regexp.MustCompile(`eyJ[A-Za-z0-9_+/=-]{10,}(?:\.[A-Za-z0-9_+/=-]*){0,4}`)

// MaskTokens is a text without the tokens, whole or cut off, that stand in it.
func MaskTokens(text string) string {
	if !strings.Contains(text, "eyJ") {
		return text
	}
	return encodedJSON.ReplaceAllString(text, masked)
}

// redactor masks tokens and known secrets. It is a second line of defence: what writes them is wrong already.
type redactor struct {
	secrets  []string // longest first
	replacer *strings.Replacer
}

// add has more secrets masked, as they are and as they stand in addresses and forms.
func (r *redactor) add(secrets ...string) {
	for _, secret := range secrets {
		if len(secret) >= leastSecret {
			r.secrets = append(r.secrets, secret, url.QueryEscape(secret), url.PathEscape(secret))
		}
	}
	slices.SortFunc(r.secrets, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	r.secrets = slices.Compact(r.secrets)
	var pairs []string
	for _, secret := range r.secrets {
		pairs = append(pairs, secret, masked)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

// longest is the length of the longest secret.
func (r *redactor) longest() int {
	if len(r.secrets) == 0 {
		return 0
	}
	return len(r.secrets[0])
}

func (r *redactor) mask(line string) string {
	if len(r.secrets) > 0 {
		line = r.replacer.Replace(line)
	}
	return MaskTokens(line)
}
