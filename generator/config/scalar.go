package config

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// plain is what YAML reads as the same text without quotes, in every version and place: words, paths, addresses, GUIDs
// and versions. Everything else is quoted.
var plain = regexp.MustCompile(`^(` + strings.Join([]string{
	`[A-Za-z][A-Za-z0-9._-]*( [A-Za-z0-9._-]+)*`,
	`\.default`,
	`(/[A-Za-z0-9._-]+|/\{[A-Za-z0-9_]+\})+`,
	`(https?|api)://[A-Za-z0-9./_-]+(:[0-9]+)?[A-Za-z0-9./_-]*`,
	`[A-Za-z][A-Za-z0-9.-]*(/[A-Za-z0-9._-]+)+`,
	`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`,
	`[0-9]+\.[0-9]+\.[0-9]+(-[A-Za-z][A-Za-z0-9.-]*)?`,
}, "|") + `)$`)

// special are the words that some YAML reader takes for something else.
var special = map[string]bool{"true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "y": true,
	"n": true, "null": true, "nan": true, "inf": true}

// scalar writes a text so that it reads as that text, whatever it holds.
func scalar(s string) string {
	if plain.MatchString(s) && !special[strings.ToLower(s)] {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
