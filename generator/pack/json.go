package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// value is a JSON value and where it stands. It is a string, bool, nil, json.Number, []*value or map[string]*value.
type value struct {
	offset int
	data   any
}

// kind says in words what a value is.
func (v *value) kind() string {
	switch d := v.data.(type) {
	case string:
		return "the text " + quote(d)
	case bool, json.Number:
		return fmt.Sprint(d)
	case nil:
		return "null"
	case []*value:
		return "an array"
	}
	return "an object"
}

// object is a value of a file, mostly an object, with what a problem needs to name it.
type object struct {
	c      *checker
	source *source
	path   string
	value  *value
}

// parseJSON reads a file that holds one object; nil where it does not.
func (c *checker) parseJSON(s *source) *object {
	v, offset, err := readJSON(s.data)
	if err != nil {
		c.add(s.file, s.at(offset), "", "JSON that cannot be read: "+err.Error(), "one JSON object, each member once", "")
		return nil
	}
	if _, ok := v.data.(map[string]*value); !ok {
		c.add(s.file, s.at(v.offset), "", v.kind(), "one JSON object", "")
		return nil
	}
	return &object{c: c, source: s, value: v}
}

// readJSON gives the value of a file, or the offset of what is wrong.
func readJSON(data []byte) (*value, int, error) {
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		return nil, 0, errors.New("a byte order mark")
	}
	if !utf8.Valid(data) {
		return nil, len(data) - len(afterInvalid(data)), errors.New("bytes that are not UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, max(int(syntax.Offset)-1, 0), err
		}
		return nil, 0, err
	}
	p := &jsonReader{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	p.dec.UseNumber()
	v, err := p.read(0)
	return v, p.start, err
}

func afterInvalid(data []byte) []byte {
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			break
		}
		data = data[size:]
	}
	return data
}

// jsonReader goes through JSON that is known to be well-formed.
type jsonReader struct {
	data  []byte
	dec   *json.Decoder
	start int // of the last token
}

func (p *jsonReader) token() (json.Token, error) {
	p.start = int(p.dec.InputOffset())
	for p.start < len(p.data) && strings.IndexByte(" \t\r\n,:", p.data[p.start]) >= 0 {
		p.start++
	}
	return p.dec.Token()
}

func (p *jsonReader) read(depth int) (*value, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("values more than %d deep", maxDepth)
	}
	token, err := p.token()
	if err != nil {
		return nil, err
	}
	v := &value{p.start, token}
	switch token {
	case json.Delim('['):
		list := []*value{}
		for p.dec.More() {
			element, err := p.read(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, element)
		}
		v.data = list
	case json.Delim('{'):
		members := map[string]*value{}
		for p.dec.More() {
			name, err := p.token()
			if err != nil {
				return nil, err
			}
			key := name.(string)
			if members[key] != nil {
				return nil, fmt.Errorf("the member %q a second time", key)
			}
			if members[key], err = p.read(depth + 1); err != nil {
				return nil, err
			}
		}
		v.data = members
	default:
		return v, nil
	}
	_, err = p.token()
	return v, err
}

// find follows a path such as editor.path; the empty one is the value itself. It gives nil where there is nothing, and
// the last value on the way.
func (o *object) find(path string) (found, last *value) {
	v := o.value
	if path == "" {
		return v, v
	}
	for name := range strings.SplitSeq(path, ".") {
		members, _ := v.data.(map[string]*value)
		next := members[name]
		if next == nil {
			return nil, v
		}
		v = next
	}
	return v, v
}

// add takes up a problem of what stands at a path, or should.
func (o *object) add(path, found, want, hint string) {
	_, last := o.find(path)
	o.c.add(o.source.file, o.source.at(last.offset), o.join(path), found, want, hint)
}

func (o *object) join(path string) string { return strings.Trim(o.path+"."+path, ".") }

func (o *object) has(path string) bool {
	v, _ := o.find(path)
	return v != nil
}

// missing takes up that there is nothing at a path, and is false where there is something.
func (o *object) missing(path, want string) bool {
	if o.has(path) {
		return false
	}
	o.add(path, "no such member", want, "add it")
	return true
}

// text gives a text that must be there; it is "" where that is reported.
func (o *object) text(path string) string {
	if o.missing(path, "a text") {
		return ""
	}
	v, _ := o.find(path)
	s, ok := v.data.(string)
	if !ok || strings.TrimSpace(s) == "" {
		o.add(path, v.kind(), "a text that is not empty", "")
		return ""
	}
	return s
}

func (o *object) oneOf(path string, words ...string) {
	if s := o.text(path); s != "" && !slices.Contains(words, s) {
		o.add(path, quote(s), choice(words), didYouMean(s, words, ""))
	}
}

func (o *object) boolean(path string) {
	if o.missing(path, "true or false") {
		return
	}
	v, _ := o.find(path)
	if _, ok := v.data.(bool); !ok {
		o.add(path, v.kind(), "true or false, without quotes", "")
	}
}

// object gives an object that must be there; it is nil where that is reported.
func (o *object) object(path string) *object {
	if o.missing(path, "an object") {
		return nil
	}
	v, _ := o.find(path)
	if _, ok := v.data.(map[string]*value); !ok {
		o.add(path, v.kind(), "an object", "")
		return nil
	}
	return &object{o.c, o.source, o.join(path), v}
}

// objects gives the objects of an array that must be there.
func (o *object) objects(path string) []*object {
	var out []*object
	for i, v := range o.list(path) {
		element := &object{o.c, o.source, fmt.Sprintf("%s[%d]", o.join(path), i), v}
		if _, ok := v.data.(map[string]*value); !ok {
			element.add("", v.kind(), "an object", "")
			continue
		}
		out = append(out, element)
	}
	return out
}

// list gives the elements of an array that must be there.
func (o *object) list(path string) []*value {
	if o.missing(path, "an array") {
		return nil
	}
	v, _ := o.find(path)
	list, ok := v.data.([]*value)
	if !ok {
		o.add(path, v.kind(), "an array", "")
	}
	return list
}

// names gives the names of an object's members, sorted.
func (v *value) names() []string {
	members, _ := v.data.(map[string]*value)
	return slices.Sorted(maps.Keys(members))
}
