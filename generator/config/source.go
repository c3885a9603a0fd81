package config

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Limits that hold before anything is parsed, so that no file can cost more than a moment. They are far above what a
// real workload needs: 200 items, 400 scopes and 400 routes take 90 KB.
const (
	maxBytes      = 1 << 20
	maxTabsInLine = 100 // the lexer looks ahead at each one
	maxBlankLines = 100 // in a row; the lexer copies a block text for each one
	maxAngleRun   = 64  // "<" in a row; the lexer counts from each one
)

// text gives the characters of a file with line ends as \n, or the faults that keep it from being read at all. A byte
// order mark is taken off; lines and columns stay those of the file.
func text(data []byte) (string, []sourceFault) {
	if f, bad := encodingFault(data); bad {
		return "", []sourceFault{f}
	}
	data = bytes.TrimPrefix(data, bom)
	if faults := scan(data); len(faults) > 0 {
		return "", faults
	}
	return string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))), nil
}

// sourceFault is a fault of the text itself.
type sourceFault struct {
	fault
	at Position
}

// encodingFault refuses what is too large, empty, or not UTF-8.
func encodingFault(data []byte) (sourceFault, bool) {
	start := Position{1, 1}
	switch {
	case len(data) > maxBytes:
		return sourceFault{fault{fmt.Sprintf("a file of %d bytes", len(data)), fmt.Sprintf("at most %d bytes", maxBytes),
			"check that this is a fabgen.yaml"}, start}, true
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return sourceFault{fault{"UTF-16 text", "UTF-8", "save the file with the encoding UTF-8"}, start}, true
	case utf8.Valid(data):
		return sourceFault{}, false
	}
	for i, at := 0, start; ; {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return sourceFault{fault{fmt.Sprintf("the byte 0x%02x, which is not UTF-8", data[i]), "UTF-8",
				"save the file with the encoding UTF-8"}, at}, true
		}
		i, at = i+size, at.after(r)
	}
}

// after is the position of the character that follows r.
func (p Position) after(r rune) Position {
	if r == '\n' {
		return Position{p.Line + 1, 1}
	}
	return Position{p.Line, p.Column + 1}
}

// scanner holds what scan counts.
type scanner struct {
	at           Position
	indent       bool // only blanks so far on this line
	tabs, angles int
	blank        int // lines in a row without anything
	faults       []sourceFault
}

// scan finds the characters that fabgen.yaml may not hold, and the runs that would cost the lexer too much.
func scan(data []byte) []sourceFault {
	s := scanner{at: Position{1, 1}, indent: true}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		i += size
		if r == '\r' && i < len(data) && data[i] == '\n' {
			continue
		}
		s.take(r)
		s.at = s.at.after(r)
		if len(s.faults) >= maxBlankLines {
			break
		}
	}
	return s.faults
}

func (s *scanner) take(r rune) {
	s.count(r)
	switch {
	case r == '\t' && s.indent:
		s.add("a tab at the start of the line", "spaces", "YAML indents with spaces alone")
	case r == '\t' && s.tabs == maxTabsInLine+1:
		s.add(fmt.Sprintf("%d tabs in one line", s.tabs), "spaces", "")
	case r == '<' && s.angles == maxAngleRun+1:
		s.add(fmt.Sprintf("%d times < in a row", s.angles), fmt.Sprintf("at most %d", maxAngleRun), "")
	case r == '\n' && s.blank == maxBlankLines+1:
		s.add(fmt.Sprintf("%d empty lines in a row", s.blank), fmt.Sprintf("at most %d", maxBlankLines), "")
	case r == '\t', r == '\n':
	case r == '\r':
		s.add("a carriage return without a line feed", "lines that end in LF or CRLF", "")
	case isUnclean(r) && r != utf8.RuneError:
		s.add(fmt.Sprintf("the control character %U", r), "text without control characters", "")
	}
	s.indent = r == '\n' || s.indent && (r == ' ' || r == '\t')
}

func (s *scanner) count(r rune) {
	switch r {
	case '\n':
		s.tabs, s.angles = 0, 0
		if !s.indent {
			s.blank = 0
			return
		}
		s.blank++
	case '\t':
		s.tabs++
	case '<':
		s.angles++
	default:
		s.angles = 0
	}
}

func (s *scanner) add(found, want, hint string) {
	s.faults = append(s.faults, sourceFault{fault{found, want, hint}, s.at})
}

// isUnclean tells the characters that no value may hold: controls, the line ends of Unicode, the mark of damaged text
// and what XML forbids. The pattern of rule.go says the same to an editor.
func isUnclean(r rune) bool {
	return r < 0x20 || r >= 0x7f && r <= 0x9f || r == 0x2028 || r == 0x2029 || r >= 0xfffd && r <= 0xffff
}
