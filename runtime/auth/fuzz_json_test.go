package auth

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// everything is a sink that keeps strings, and numbers by their text; of other values it keeps that they were there.
type everything map[string]any

func (e everything) member(name []byte, s *jsonScanner) error {
	switch c := s.next(); {
	case c == '"':
		text, err := s.text()
		e[string(name)] = string(text)
		return err
	case c == '-' || isDigit(c):
		digits, err := s.number()
		e[string(name)] = json.Number(digits)
		return err
	}
	e[string(name)] = nil
	return s.skip()
}

// standard is a decoder of encoding/json that goes through a text token by token.
type standard struct{ *json.Decoder }

func newStandard(data []byte) standard {
	d := standard{json.NewDecoder(bytes.NewReader(data))}
	d.UseNumber()
	return d
}

// bounded says whether the next value keeps to the scanner's bounds and has no member twice. The text is valid.
func (d standard) bounded(depth int) bool {
	token, _ := d.Token()
	open, nested := token.(json.Delim)
	if !nested {
		return true
	}
	names := map[any]bool{}
	for d.More() {
		if open == '{' {
			name, _ := d.Token()
			if names[name] {
				return false
			}
			names[name] = true
		}
		if !d.bounded(depth + 1) {
			return false
		}
	}
	_, _ = d.Token()
	return depth <= maxNesting && len(names) <= maxMembers
}

// surrogateEscape is half a pair, for which encoding/json puts another character where the scanner wants its partner.
var surrogateEscape = regexp.MustCompile(`\\u[dD][89a-fA-F]`)

// The strict scanner and encoding/json take the same objects and read them alike, but for what the scanner exists to
// refuse: members that are there twice, texts that are not UTF-8, lone surrogates, and texts out of bounds.
func FuzzScannerAgainstEncodingJSON(f *testing.F) {
	for _, text := range []string{
		`{}`, ` {"a" : "b" , "c":1} `, `{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}`, `{"\u0061":"x","A":"y"}`,
		`{"a":-0.5e+9,"b":1E3,"c":0,"d":-0}`, `{"a":01}`, `{"a":1.}`, `{"a":[1,{"b":null}],"c":{"b":true,"d":false}}`,
		`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"a":"\ud800"}`, `{"a":"\udc00\ud800"}`, "{\"a\":\"\xff\"}",
		"{\"a\":\"\n\"}",
		`{"a":{"b":1,"b":2}}`, `[{"a":1}]`, `{"a":1}{}`, `{"a":1}x`, "\ufeff{}", `{"a":nul}`, `{"a":"b"`, `null`, ``,
		strings.Repeat(`{"a":`, maxNesting) + "1" + strings.Repeat("}", maxNesting),
		`{"a":` + strings.Repeat("[", maxNesting) + strings.Repeat("]", maxNesting) + "}",
		`{"aud":"api://x","iss":"https://sts.windows.net/x/","exp":1700000000,"scp":"a b","wids":["c"]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := everything{}
		var s jsonScanner
		err := s.scanObject(data, got)
		var want map[string]any
		valid := json.Valid(data) && newStandard(data).Decode(&want) == nil && want != nil
		if err != nil {
			if valid && utf8.Valid(data) && !surrogateEscape.Match(data) && newStandard(data).bounded(1) {
				t.Errorf("%q was refused: %v", data, err)
			}
			return
		}
		if !valid || len(want) != len(got) || !newStandard(data).bounded(1) {
			t.Fatalf("%q was taken for %v, want %v", data, got, want)
		}
		compareMembers(t, data, got, want)
	})
}

func compareMembers(t *testing.T, data []byte, got everything, want map[string]any) {
	t.Helper()
	for name, value := range want {
		switch value.(type) {
		case string, json.Number:
		default:
			value = nil
		}
		if found, ok := got[name]; !ok || found != value {
			t.Errorf("%q: %q = %q, want %q", data, name, found, value)
		}
	}
}
