package rules

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// manifest reads a file that holds one YAML mapping.
func (c *checker) manifest(file string) *members {
	data, ok := c.read(file)
	if !ok {
		return nil
	}
	var value map[string]any
	if err := yaml.Unmarshal(data, &value); err != nil {
		c.add(file, "", err.Error(), "one YAML mapping, each key once")
		return nil
	}
	return &members{c: c, file: file, data: value}
}

// mapping gives a mapping of strings, such as labels; anything else in it is a violation.
func (m *members) mapping(path string) map[string]string {
	out := map[string]string{}
	values, _ := m.value(path).(map[string]any)
	for key, v := range values {
		s, ok := v.(string)
		if !ok {
			m.add(path+"."+key, fmt.Sprint(v), "a string")
		}
		out[key] = s
	}
	return out
}

func (m *members) equal(path, want string) { m.c.equal(m.file, m.join(path), m.text(path), want) }

// elements gives the objects of an array, which may be missing.
func (m *members) elements(path string) []*members {
	if !m.has(path) {
		return nil
	}
	return m.list(path)
}

// whole gives a whole number, or 0.
func (m *members) whole(path string) int {
	n, _ := m.value(path).(uint64)
	return int(n)
}
