package auth

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds on the JSON in a token. Entra's own tokens stay far below: some thirty claims, nested twice.
const (
	maxNesting = 16
	maxMembers = 128 // in one object
)

// jsonScanner reads one JSON text (RFC 8259) and takes nothing that two parsers could read in two ways: no duplicate
// member names, no invalid UTF-8, no lone surrogates, nothing after the text. Names keep their case. It exists because
// encoding/json takes all of these, and tokens that mean one thing here and another thing elsewhere are an attack.
type jsonScanner struct {
	data  []byte
	pos   int
	depth int
	names [][]byte // of the objects that are open; kept for its capacity
}

// memberSink is told each member of the outermost object. It must read the value, with one of the scanner's value
// methods or skip.
type memberSink interface {
	member(name []byte, s *jsonScanner) error
}

var (
	errJSONEnd      = errors.New("the JSON text ends early")
	errJSONTrailing = errors.New("there is something after the JSON text")
	errJSONNesting  = fmt.Errorf("the JSON text is nested more than %d deep", maxNesting)
	errJSONMembers  = fmt.Errorf("an object has more than %d members", maxMembers)
	errJSONUTF8     = errors.New("the JSON text is not UTF-8")
)

// scanObject reads data as one JSON object.
func (s *jsonScanner) scanObject(data []byte, sink memberSink) error {
	s.data, s.pos, s.depth, s.names = data, 0, 0, s.names[:0]
	if !utf8.Valid(data) {
		return errJSONUTF8
	}
	if s.next() != '{' {
		return s.unexpected("an object")
	}
	if err := s.object(sink); err != nil {
		return err
	}
	if s.next(); s.pos < len(s.data) {
		return errJSONTrailing
	}
	return nil
}

// next skips white space and gives the next byte without taking it; 0 at the end.
func (s *jsonScanner) next() byte {
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

func (s *jsonScanner) unexpected(want string) error {
	if s.pos >= len(s.data) {
		return errJSONEnd
	}
	return fmt.Errorf("byte %d of the JSON text is %q, want %s", s.pos, s.data[s.pos], want)
}

// object reads from its opening brace to the closing one. A nil sink skips the values.
func (s *jsonScanner) object(sink memberSink) error {
	if s.depth++; s.depth > maxNesting {
		return errJSONNesting
	}
	first := len(s.names)
	s.pos++
	if s.next() == '}' {
		return s.close(first)
	}
	for {
		if err := s.oneMember(first, sink); err != nil {
			return err
		}
		switch s.next() {
		case ',':
			s.pos++
		case '}':
			return s.close(first)
		default:
			return s.unexpected("a comma or a brace")
		}
	}
}

func (s *jsonScanner) close(firstName int) error {
	s.pos++
	s.depth--
	s.names = s.names[:firstName]
	return nil
}

func (s *jsonScanner) oneMember(first int, sink memberSink) error {
	if s.next() != '"' {
		return s.unexpected("a member name")
	}
	name, err := s.text()
	if err != nil {
		return err
	}
	for _, earlier := range s.names[first:] {
		if bytes.Equal(earlier, name) {
			return fmt.Errorf("the member %s is there twice", quote(string(name)))
		}
	}
	if len(s.names)-first >= maxMembers {
		return errJSONMembers
	}
	s.names = append(s.names, name)
	if s.next() != ':' {
		return s.unexpected("a colon")
	}
	s.pos++
	s.next()
	if sink != nil {
		return sink.member(name, s)
	}
	return s.skip()
}

// skip reads a value of any kind and checks its form.
func (s *jsonScanner) skip() error {
	switch c := s.next(); {
	case c == '"':
		_, err := s.text()
		return err
	case c == '{':
		return s.object(nil)
	case c == '[':
		return s.array()
	case c == '-' || isDigit(c):
		_, err := s.number()
		return err
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(s.data[s.pos:], []byte(word)) {
			s.pos += len(word)
			return nil
		}
	}
	return s.unexpected("a value")
}

func (s *jsonScanner) array() error {
	if s.depth++; s.depth > maxNesting {
		return errJSONNesting
	}
	s.pos++
	if s.next() == ']' {
		s.pos++
		s.depth--
		return nil
	}
	for {
		if err := s.skip(); err != nil {
			return err
		}
		switch s.next() {
		case ',':
			s.pos++
		case ']':
			s.pos++
			s.depth--
			return nil
		default:
			return s.unexpected("a comma or a bracket")
		}
	}
}

// text reads a string and gives its value: a part of data where it has no escapes, a copy where it has.
func (s *jsonScanner) text() ([]byte, error) {
	s.pos++
	start := s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return s.data[start : s.pos-1], nil
		case c == '\\':
			return s.escapedText(start)
		case c < ' ':
			return nil, s.unexpected("no control character in a string")
		}
		s.pos++
	}
	return nil, errJSONEnd
}

// escapedText goes on with a string whose first escape is at pos.
func (s *jsonScanner) escapedText(start int) ([]byte, error) {
	out := append([]byte(nil), s.data[start:s.pos]...)
	for s.pos < len(s.data) {
		c := s.data[s.pos]
		switch {
		case c == '"':
			s.pos++
			return out, nil
		case c < ' ':
			return nil, s.unexpected("no control character in a string")
		case c != '\\':
			out = append(out, c)
			s.pos++
			continue
		}
		var err error
		if out, err = s.escape(out); err != nil {
			return nil, err
		}
	}
	return nil, errJSONEnd
}

var simpleEscapes = map[byte]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// escape reads one escape and appends what it stands for.
func (s *jsonScanner) escape(out []byte) ([]byte, error) {
	s.pos++
	if s.pos >= len(s.data) {
		return nil, errJSONEnd
	}
	c := s.data[s.pos]
	if plain, ok := simpleEscapes[c]; ok {
		s.pos++
		return append(out, plain), nil
	}
	if c != 'u' {
		return nil, s.unexpected("an escape of JSON")
	}
	r, err := s.hex4()
	if err != nil {
		return nil, err
	}
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(out, r), nil
	}
	if !bytes.HasPrefix(s.data[s.pos:], []byte(`\u`)) {
		return nil, s.unexpected("the second half of a surrogate pair")
	}
	s.pos++
	low, err := s.hex4()
	if err != nil {
		return nil, err
	}
	pair := utf16.DecodeRune(r, low)
	if pair == utf8.RuneError {
		return nil, errors.New("a string has half a surrogate pair")
	}
	return utf8.AppendRune(out, pair), nil
}

// hex4 reads the u of an escape and its four digits.
func (s *jsonScanner) hex4() (rune, error) {
	s.pos++
	if s.pos+4 > len(s.data) {
		return 0, errJSONEnd
	}
	var r rune
	for range 4 {
		c := s.data[s.pos]
		if !isHex(c) {
			return 0, s.unexpected("a hexadecimal digit")
		}
		r = r<<4 | rune(hexDigit(c))
		s.pos++
	}
	return r, nil
}

func hexDigit(c byte) byte {
	switch {
	case isDigit(c):
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// number reads a number and gives its text.
func (s *jsonScanner) number() ([]byte, error) {
	start := s.pos
	if s.data[s.pos] == '-' {
		s.pos++
	}
	leadingZero := s.at('0')
	if digits := s.digits(); digits == 0 || leadingZero && digits > 1 {
		return nil, s.unexpected("a number without a leading zero")
	}
	if s.at('.') {
		s.pos++
		if s.digits() == 0 {
			return nil, s.unexpected("a digit")
		}
	}
	if s.at('e') || s.at('E') {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		if s.digits() == 0 {
			return nil, s.unexpected("a digit")
		}
	}
	return s.data[start:s.pos], nil
}

func (s *jsonScanner) at(c byte) bool { return s.pos < len(s.data) && s.data[s.pos] == c }

func (s *jsonScanner) digits() int {
	start := s.pos
	for s.pos < len(s.data) && isDigit(s.data[s.pos]) {
		s.pos++
	}
	return s.pos - start
}
