package model

import (
	"go/token"
	"strings"
	"unicode"

	"github.com/google/uuid"
)

// initialisms are written in capitals in Go, as https://go.dev/wiki/CodeReviewComments#initialisms asks.
var initialisms = map[string]string{
	"api": "API", "id": "ID", "url": "URL", "uri": "URI", "sql": "SQL", "http": "HTTP", "json": "JSON", "xml": "XML",
}

// words splits an identifier at dots, dashes, underscores and changes of case: "getHTTPUrl-v2" is get, HTTP, Url, v2.
func words(s string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = nil
		}
	}
	runes := []rune(s)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if unicode.IsUpper(r) && i > 0 {
			afterLower := !unicode.IsUpper(runes[i-1])
			beforeLower := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if afterLower || beforeLower {
				flush()
			}
		}
		word = append(word, r)
	}
	flush()
	return out
}

// goName is the exported Go identifier of a name.
func goName(s string) string {
	var b strings.Builder
	for _, w := range words(s) {
		if initialism, ok := initialisms[strings.ToLower(w)]; ok {
			b.WriteString(initialism)
			continue
		}
		b.WriteString(upperFirst(w))
	}
	return startWithLetter(b.String(), "X")
}

// goLocal is the unexported Go identifier of a name, never a keyword or a predeclared type's name.
func goLocal(s string) string {
	ws := words(s)
	name := strings.ToLower(ws[0]) + strings.TrimPrefix(goName("x-"+strings.Join(ws[1:], "-")), "X")
	name = startWithLetter(name, "x")
	if token.IsKeyword(name) || goPredeclared[name] {
		return name + "Value"
	}
	return name
}

// goPredeclared names what a generated handler uses by these names, so that a parameter must not hide it.
var goPredeclared = map[string]bool{
	"any": true, "string": true, "error": true, "nil": true, "true": true, "false": true, "len": true, "make": true,
	"new": true, "int": true, "bool": true, "byte": true, "w": true, "r": true, "ctx": true, "h": true, "err": true,
}

// tsName is the lower camel case of a name, for TypeScript.
func tsName(s string) string {
	var b strings.Builder
	for i, w := range words(s) {
		if i == 0 {
			b.WriteString(strings.ToLower(w))
			continue
		}
		b.WriteString(upperFirst(strings.ToLower(w)))
	}
	return startWithLetter(b.String(), "x")
}

// fileName is the lower case of a name with nothing between its words: a file name that means nothing to the go
// command (_test, _linux) and that does not differ by case alone.
func fileName(s string) string {
	return strings.ToLower(strings.Join(words(s), ""))
}

// kebab is the lower case of a name with dashes between its words.
func kebab(s string) string {
	return strings.ToLower(strings.Join(words(s), "-"))
}

// envName is the setting that holds a resource's address: pricing-api is PRICING_API_URL. Fabric's own API has a
// setting of the back-end's already.
func envName(s string) string {
	if s == "fabric" {
		return "FABRIC_API_URL"
	}
	return strings.ToUpper(strings.Join(words(s), "_")) + "_URL"
}

// flagName is the flag of a setting's name: PRICING_API_URL is pricing-api-url.
func flagName(env string) string {
	return strings.ReplaceAll(strings.ToLower(env), "_", "-")
}

func upperFirst(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}

func startWithLetter(s, prefix string) string {
	if s == "" || unicode.IsDigit(rune(s[0])) {
		return prefix + s
	}
	return s
}

// namespace is fabgen's own in RFC 9562's sense; changing it would change every scope's ID.
var namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/fabgen/fabgen"))

// scopeID is the UUIDv5 of a scope. It depends on the names alone, so that it survives a change of tenant, of
// application and of description.
func scopeID(workload, scope string) string {
	return uuid.NewSHA1(namespace, []byte(workload+"/"+scope)).String()
}

// pathParams gives the {parameters} of a route's path, in order.
func pathParams(path string) []Param {
	var out []Param
	for segment := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			out = append(out, newParam(strings.TrimSuffix(name, "}")))
		}
	}
	return out
}

func newParam(name string) Param {
	return Param{Name: name, GoName: goLocal(name), TSName: name}
}

func missingParams(have []Param, names ...string) []Param {
	var out []Param
	for _, name := range names {
		found := false
		for _, p := range have {
			found = found || p.Name == name
		}
		if !found {
			out = append(out, newParam(name))
		}
	}
	return out
}
