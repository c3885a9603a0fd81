package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// rule says what one text may be. Parser, JSON Schema, flags and prompts all take it from here.
type rule struct {
	want    string         // what is right, in words; always ends a "want …"
	max     int            // characters; always set
	pattern *regexp.Regexp // in the part of the language that Go and ECMA 262 share; nil: any clean text
	choices []string       // the only values, where there are few

	normal  func(string) string // the form that the Config holds; nil: as it is written
	explain func(string) string // why the pattern does not match, as ", which …"; nil or "": no more than the value
	also    func(string) string // as explain, for what a pattern cannot say: "" where the value is right
	suggest func(string) string // a value that would be right, or ""
}

// cleanPattern is the pattern of any single-line text, for the JSON Schema; isUnclean says the same in Go.
const cleanPattern = "^[^\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\ufffd\ufffe\uffff]*$"

// check gives what is wrong with a value.
func (r *rule) check(value string) (fault, bool) {
	if f, bad := uncleanFault(value); bad {
		return f, true
	}
	n := utf8.RuneCountInString(value)
	switch {
	case strings.TrimSpace(value) == "":
		return fault{"an empty text", r.want, ""}, true
	case len(r.choices) > 0:
		return r.checkChoice(value)
	case n > r.max:
		return fault{fmt.Sprintf("%d characters", n), fmt.Sprintf("%s, at most %d characters", r.want, r.max), ""}, true
	case r.pattern != nil && !r.pattern.MatchString(value):
		return fault{quote(value) + say(r.explain, value), r.want, r.meant(value)}, true
	}
	if why := say(r.also, value); why != "" {
		return fault{quote(value) + why, r.want, r.meant(value)}, true
	}
	return fault{}, false
}

func (r *rule) checkChoice(value string) (fault, bool) {
	for _, c := range r.choices {
		if c == value {
			return fault{}, false
		}
	}
	return fault{quote(value), r.want, didYouMean(value, r.choices)}, true
}

// meant is the hint with the value that suggest gives, if the rule takes it.
func (r *rule) meant(value string) string {
	s := say(r.suggest, value)
	if s == "" || s == value || r.pattern != nil && !r.pattern.MatchString(s) {
		return ""
	}
	return "did you mean " + strconv.Quote(s) + "?"
}

func say(f func(string) string, value string) string {
	if f == nil {
		return ""
	}
	return f(value)
}

// clean is the value in the form that the Config holds.
func (r *rule) clean(value string) string {
	if r.normal == nil {
		return value
	}
	return r.normal(value)
}

// oneOf is the rule of a closed list of words.
func oneOf(choices ...string) *rule {
	return &rule{want: "one of " + strings.Join(choices, ", "), max: 20, choices: choices}
}

// uncleanFault finds the first character that no value may hold.
func uncleanFault(value string) (fault, bool) {
	for _, r := range value {
		if !isUnclean(r) {
			continue
		}
		switch r {
		case '\n', '\r', 0x85, 0x2028, 0x2029:
			return fault{quote(value) + ", which has a line break", "a single line",
				"put the text on one line; for a long one use >- after the key"}, true
		case utf8.RuneError:
			return fault{quote(value) + ", which holds U+FFFD, the mark of damaged text", "undamaged text", ""}, true
		}
		return fault{fmt.Sprintf("%s, which holds the control character %U", quote(value), r),
			"text without control characters", ""}, true
	}
	return fault{}, false
}

// quote shows a value in a message: quoted, and cut where it is long.
func quote(value string) string {
	const most = 120
	if runes := []rune(value); len(runes) > most {
		return strconv.Quote(string(runes[:most-1]) + "…")
	}
	return strconv.Quote(value)
}
