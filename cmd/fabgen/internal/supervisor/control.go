package supervisor

import (
	"regexp"
	"strings"
	"unicode"
)

// escapes are the control sequences of terminals (ECMA-48), strings such as window titles among them.
var escapes = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[ -/]*[0-~]|$)?")

// colorSequence is the one kind that moves and clears nothing.
var colorSequence = regexp.MustCompile(`^\x1b\[[0-9;:]*m$`)

// withoutControl is a line without what would do more to a terminal than show text: many processes share it.
// Tabs stay, and colours where they are wanted.
func withoutControl(line string, colors bool) string {
	line = strings.ToValidUTF8(line, "\uFFFD")
	if strings.IndexFunc(line, isControl) < 0 {
		return line
	}
	var b strings.Builder
	text := func(s string) { b.WriteString(strings.Map(printable, s)) }
	for {
		at := escapes.FindStringIndex(line)
		if at == nil {
			text(line)
			return b.String()
		}
		text(line[:at[0]])
		if sequence := line[at[0]:at[1]]; colors && colorSequence.MatchString(sequence) {
			b.WriteString(sequence)
		}
		line = line[at[1]:]
	}
}

func isControl(r rune) bool { return r != '\t' && unicode.IsControl(r) }

func printable(r rune) rune {
	if isControl(r) {
		return -1
	}
	return r
}
