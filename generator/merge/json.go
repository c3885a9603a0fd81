package merge

import (
	"bytes"
	"encoding/json"
	"strings"
)

// alignJSON merges objects by their keys and lists of plain values by their values, at any depth, in the layout of
// yours.
func alignJSON(base, yours, theirs []byte) (v variants, ok bool) {
	b, okB := readJSON(base)
	y, okY := readJSON(yours)
	t, okT := readJSON(theirs)
	if !okB || !okY || !okT {
		return v, false
	}
	v.all(y.text[:y.from])
	v.json(b, y, t)
	v.merged(b.text[b.to:], y.text[y.to:], t.text[t.to:])
	return v, true
}

// jsonValue is one value of a JSON text.
type jsonValue struct {
	text     string // the whole text
	from, to int    // where it stands
	open     byte   // { or [ or 0
	members  []jsonMember
}

// jsonMember is a member of an object, or an element of a list of plain values.
type jsonMember struct {
	key   string // of a list's element its value
	from  int    // of the key
	value *jsonValue
}

// readJSON reads a text that holds one JSON value, without comments or keys that stand twice.
func readJSON(data []byte) (*jsonValue, bool) {
	if !json.Valid(data) {
		return nil, false
	}
	s := &jsonScanner{text: string(data), ok: true}
	return s.value(), s.ok
}

// jsonScanner walks through valid JSON.
type jsonScanner struct {
	text string
	at   int
	ok   bool // no object has a key twice
}

func (s *jsonScanner) space() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n,:", s.text[s.at]) >= 0 {
		s.at++
	}
}

func (s *jsonScanner) value() *jsonValue {
	s.space()
	v := &jsonValue{text: s.text, from: s.at}
	switch s.text[s.at] {
	case '{', '[':
		v.open = s.text[s.at]
		s.at++
		s.fill(v)
	case '"':
		s.quoted()
	default:
		s.at += strings.IndexAny(s.text[s.at:]+" ", " \t\r\n,]}")
	}
	v.to = s.at
	return v
}

// quoted steps over a text in quotes.
func (s *jsonScanner) quoted() {
	for s.at++; s.text[s.at] != '"'; s.at++ {
		if s.text[s.at] == '\\' {
			s.at++
		}
	}
	s.at++
}

// fill reads the members up to the closing bracket.
func (s *jsonScanner) fill(v *jsonValue) {
	seen := map[string]bool{}
	for s.space(); s.text[s.at] != '}' && s.text[s.at] != ']'; s.space() {
		m := jsonMember{from: s.at}
		if v.open == '{' {
			s.quoted()
			m.key = s.text[m.from:s.at]
		}
		m.value = s.value()
		if v.open == '[' {
			m.key = m.value.compact()
		}
		s.ok = s.ok && (v.open == '[' || !seen[m.key])
		seen[m.key] = true
		v.members = append(v.members, m)
	}
	s.at++
}

// jsonMeaning is a text without its layout.
func jsonMeaning(text []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		return string(text)
	}
	return b.String()
}

// compact is the value without its layout.
func (v *jsonValue) compact() string { return jsonMeaning([]byte(v.raw())) }

func (v *jsonValue) raw() string { return v.text[v.from:v.to] }

// isSet reports whether a list holds plain values alone, each once.
func (v *jsonValue) isSet() bool {
	seen := map[string]bool{}
	for _, m := range v.members {
		if m.value.open != 0 || seen[m.key] {
			return false
		}
		seen[m.key] = true
	}
	return v.open == '['
}

func (v *jsonValue) find(key string) *jsonMember {
	for i := range v.members {
		if v.members[i].key == key {
			return &v.members[i]
		}
	}
	return nil
}

func (v *jsonValue) list() list {
	var l list
	for _, m := range v.members {
		l.add(m.key, m.value.compact())
	}
	return l
}

// json writes what comes of one value.
func (v *variants) json(b, y, t *jsonValue) {
	depth := indentAt(y.text, y.from)
	inYours := func(x *jsonValue) string { return reindent(x.raw(), indentAt(x.text, x.from), depth) }
	objects := y.open == '{' && t.open == '{'
	sets := y.isSet() && t.isSet() && b.isSet()
	switch {
	case y.compact() == t.compact() || b.compact() == t.compact():
		v.all(y.raw())
	case objects || sets:
		if b.open != y.open {
			b = &jsonValue{text: "{}", to: 2, open: y.open}
		}
		v.members(b, y, t)
	default:
		v.merged(inYours(b), y.raw(), inYours(t))
	}
}

// members writes what comes of an object or of a list of plain values.
func (v *variants) members(b, y, t *jsonValue) {
	gap := y.layout(t)
	v.all(string(y.open))
	keys := mergeKeys(b.list(), y.list(), t.list())
	for i, key := range keys {
		mine := y.find(key)
		v.all(gap.before(i, mine))
		switch theirs, base := t.find(key), b.find(key); {
		case mine == nil:
			whole := t.text[theirs.from:theirs.value.to]
			v.all(reindent(whole, indentAt(t.text, theirs.from), gap.depth))
		case theirs == nil:
			v.all(y.text[mine.from:mine.value.to])
		default:
			v.all(y.text[mine.from:mine.value.from])
			if base == nil {
				base = &jsonMember{value: &jsonValue{text: "null", to: 4}}
			}
			v.json(base.value, mine.value, theirs.value)
		}
	}
	v.all(gap.end(len(keys)))
}

// jsonLayout is how the members of an object or list are set apart.
type jsonLayout struct {
	owner               *jsonValue
	first, middle, last string
	depth               string // of members on lines of their own
}

// layout takes the layout of a value's members, or, where it has none, that of the same value in theirs.
func (v *jsonValue) layout(theirs *jsonValue) jsonLayout {
	outer := indentAt(v.text, v.from)
	if len(v.members) == 0 {
		l := theirs.layoutOf()
		inner := indentAt(theirs.text, theirs.from)
		l.first, l.middle = reindent(l.first, inner, outer), reindent(l.middle, inner, outer)
		l.last, l.depth = reindent(l.last, inner, outer), outer+strings.TrimPrefix(l.depth, inner)
		return l
	}
	l := v.layoutOf()
	l.owner = v
	return l
}

func (v *jsonValue) layoutOf() jsonLayout {
	if len(v.members) == 0 {
		return jsonLayout{middle: ", "}
	}
	m := v.members
	l := jsonLayout{
		first: v.text[v.from+1 : m[0].from], last: v.text[m[len(m)-1].value.to : v.to-1], depth: indentAt(v.text, m[0].from),
	}
	l.middle = "," + l.first
	if len(m) > 1 {
		l.middle, l.depth = v.text[m[0].value.to:m[1].from], indentAt(v.text, m[1].from)
	}
	return l
}

// before is what stands before the member at place i, mine being where it stands in yours.
func (l jsonLayout) before(i int, mine *jsonMember) string {
	if i == 0 {
		return l.first
	}
	if l.owner != nil && mine != nil {
		for n := 1; n < len(l.owner.members); n++ {
			if l.owner.members[n].key == mine.key {
				return l.owner.text[l.owner.members[n-1].value.to:mine.from]
			}
		}
	}
	return l.middle
}

// end is what stands after n members.
func (l jsonLayout) end(n int) string {
	closing := "}"
	if l.owner != nil {
		closing = l.owner.text[l.owner.to-1 : l.owner.to]
	}
	if n == 0 {
		return closing
	}
	return l.last + closing
}
