package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// members is a JSON object, or what stands at a path of one, with what a violation needs to name it.
type members struct {
	c    *checker
	file string
	path string
	data any
}

// object reads a file that holds one JSON object without duplicate members.
func (c *checker) object(file string) *members {
	data, ok := c.read(file)
	if !ok {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := noDuplicates(dec, ""); err != nil {
		c.add(file, "", err.Error(), "one JSON object, each member once")
		return nil
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		c.add(file, "", "text after the object", "one JSON object")
	}
	var value map[string]any
	if err := json.Unmarshal(data, &value); err != nil {
		c.add(file, "", err.Error(), "one JSON object")
		return nil
	}
	return &members{c: c, file: file, data: value}
}

// noDuplicates reads one value and fails at a member that its object has already, which json.Unmarshal lets pass.
func noDuplicates(dec *json.Decoder, path string) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for i := 0; dec.More(); i++ {
		at := path + "[" + number(i) + "]"
		if delim == '{' {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			at = strings.TrimPrefix(fmt.Sprintf("%s.%v", path, name), ".")
			if seen[at] {
				return fmt.Errorf("the member %s twice", at)
			}
			seen[at] = true
		}
		if err := noDuplicates(dec, at); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

func (m *members) add(path, found, want string) {
	m.c.add(m.file, m.join(path), found, want)
}

func (m *members) join(path string) string {
	return strings.Trim(m.path+"."+path, ".")
}

// value follows a path such as editor.path; nil where there is nothing.
func (m *members) value(path string) any {
	v := m.data
	for name := range strings.SplitSeq(path, ".") {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

func (m *members) has(path string) bool { return m.value(path) != nil }

// at gives the object at a path; one that is missing is a violation.
func (m *members) at(path string) *members {
	v, ok := m.value(path).(map[string]any)
	if !ok {
		m.add(path, "no object", "an object")
	}
	return &members{c: m.c, file: m.file, path: m.join(path), data: v}
}

// text gives a string, or an empty one.
func (m *members) text(path string) string {
	s, _ := m.value(path).(string)
	return s
}

// required reports a member that is missing or empty.
func (m *members) required(path string) {
	if v := m.value(path); v == nil || v == "" {
		m.add(path, "nothing", "a value")
	}
}

func (m *members) boolean(path string) {
	if _, ok := m.value(path).(bool); !ok {
		m.add(path, fmt.Sprint(m.value(path)), "true or false")
	}
}

// list gives the objects of an array; a missing one is a violation.
func (m *members) list(path string) []*members {
	values, ok := m.value(path).([]any)
	if !ok {
		m.add(path, "no array", "an array")
	}
	out := make([]*members, 0, len(values))
	for i, v := range values {
		out = append(out, &members{c: m.c, file: m.file, path: m.join(path) + "[" + number(i) + "]", data: v})
	}
	return out
}

// strings gives the strings of an array; anything else in it is a violation.
func (m *members) strings(path string) []string {
	var out []string
	for _, e := range m.list(path) {
		s, ok := e.data.(string)
		if !ok {
			e.add("", fmt.Sprint(e.data), "a string")
			continue
		}
		out = append(out, s)
	}
	return out
}

func number(n int) string { return strconv.Itoa(n) }
