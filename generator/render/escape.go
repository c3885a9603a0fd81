package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"unicode"

	"github.com/Masterminds/sprig/v3"
)

// escapers make a value safe for the place that it lands in. Each action of a template ends in one of them; where
// none is written, plain is added, which lets through only what is safe everywhere.
var escapers = template.FuncMap{
	"plain":     plain,
	"goString":  func(v any) string { return strconv.Quote(text(v)) },
	"goComment": func(v any) string { return oneLine(text(v)) },
	"tsString":  jsonValue[string],
	"tsComment": func(v any) string { return strings.ReplaceAll(oneLine(text(v)), "*/", "* /") },
	"json":      jsonValue[any],
	"xml":       xmlText,
	"html":      func(v any) string { return html.EscapeString(oneLine(text(v))) },
	"yaml":      func(v any) string { return strconv.Quote(strings.ToValidUTF8(text(v), "\uFFFD")) },
	"sh":        func(v any) string { return "'" + strings.ReplaceAll(text(v), "'", `'\''`) + "'" },
	"md":        markdown,
	"mdCode":    markdownCode,
	"make":      makeWord,
	"dotenv":    dotenv,
	"bicep":     bicep,
}

// nondeterministic are the functions of sprig's hermetic map that still use the clock, the time zone, randomness or
// the order of a map.
var nondeterministic = []string{
	"ago", "date", "date_in_zone", "date_modify", "dateInZone", "dateModify", "durationRound", "htmlDate",
	"htmlDateInZone", "must_date_modify", "mustDateModify", "mustToDate", "now", "toDate", "unixEpoch",
	"bcrypt", "encryptAES", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert",
	"genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "htpasswd", "randInt", "shuffle",
	"keys", "values", "env", "expandenv", "getHostByName",
}

// functions is everything that a template may call.
func functions() template.FuncMap {
	funcs := sprig.HermeticTxtFuncMap()
	for _, name := range nondeterministic {
		delete(funcs, name)
	}
	for name, f := range escapers {
		funcs[name] = f
	}
	return funcs
}

var plainText = regexp.MustCompile(`^[A-Za-z0-9_.:/@+=,-]*$`)

// plain lets identifiers, numbers, versions and simple addresses through, and refuses everything else.
func plain(v any) (string, error) {
	s := text(v)
	if !plainText.MatchString(s) {
		return "", fmt.Errorf("%q needs an escaper for where it lands, such as goString, json or xml", s)
	}
	return s, nil
}

func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}

// oneLine replaces line breaks and control characters, Unicode's included, by spaces, and drops what reverses the
// direction of the text around it, so that a comment ends where its line does and reads as it is.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

// jsonValue is JSON without HTML's escapes, which no file of a workload needs. A JSON string is a TypeScript string
// too (ECMA-262 since 2019), and U+2028 and U+2029 are escaped all the same.
func jsonValue[T any](v T) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

func xmlText(v any) (string, error) {
	var b bytes.Buffer
	err := xml.EscapeText(&b, []byte(text(v)))
	return b.String(), err
}

var (
	markdownSpecial = regexp.MustCompile("[\\\\`*_\\[\\]<>|&!#~$]")
	markdownStart   = regexp.MustCompile(`^([-+=]|\d+[.)])`)
)

// markdown escapes text for a paragraph, a heading or a cell of a table.
func markdown(v any) string {
	s := markdownSpecial.ReplaceAllString(oneLine(text(v)), `\$0`)
	return markdownStart.ReplaceAllStringFunc(s, func(start string) string {
		return start[:len(start)-1] + `\` + start[len(start)-1:]
	})
}

// markdownCode is a code span in a cell of a table, fenced by more backticks than the text has in a row.
func markdownCode(v any) string {
	s := strings.ReplaceAll(oneLine(text(v)), "|", `\|`)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// makeWord is text inside a Makefile; a word of a recipe goes through sh first.
func makeWord(v any) string {
	return strings.NewReplacer("$", "$$", "#", `\#`, "\n", " ", "\r", " ").Replace(text(v))
}

// bicep is a string of Bicep. All but what prints is written as its code point, so that nothing hides in the file.
func bicep(v any) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range strings.ToValidUTF8(text(v), "\uFFFD") {
		switch {
		case r == '\'' || r == '\\' || r == '$': // a dollar sign before a brace begins an expression
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// dotenv is a value of a .env file. Its readers disagree on escapes, so what would need one is refused.
func dotenv(v any) (string, error) {
	s := text(v)
	if strings.ContainsAny(s, "\"'`$\\\r\n") {
		return "", fmt.Errorf("%q cannot stand in a .env file: quotes, $, backslashes and line breaks are read in different ways", s)
	}
	return `"` + s + `"`, nil
}
