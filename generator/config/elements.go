package config

import (
	"slices"
	"strings"
)

// ElementField is one thing to be said of an element that is added to a list of fabgen.yaml, apart from its name.
type ElementField struct {
	Flag     string // without dashes, such as display-name; of a list in the singular
	Title    string // a few words for a prompt
	Help     string
	Required bool
	Repeats  bool     // may be given more than once
	Switch   bool     // true or false
	Choices  []string // values to choose from; nil where there is no list
}

// ElementFields are what may be said of an element of scopes, resources, items or routes, in order.
func ElementFields(list string) []ElementField {
	switch list {
	case "scopes":
		return scopeShape.elementFields()
	case "resources":
		return resourceShape.elementFields()
	case "items":
		return itemShape.elementFields()
	}
	return routeShape.elementFields()
}

func (s objectShape[T]) elementFields() []ElementField {
	var fields []ElementField
	for i, key := range s.compactKeys() {
		f := s.fields[i]
		if f.key == "name" {
			continue
		}
		e := ElementField{Flag: key, Title: f.title, Help: f.help, Required: f.required, Repeats: repeats(f.shape)}
		switch shape := f.shape.(type) {
		case booleanShape:
			e.Switch = true
		case textShape:
			e.Choices = slices.Clone(shape.rule.choices)
		}
		fields = append(fields, e)
	}
	return fields
}

// ElementText writes an element of a list in the compact form that AddTo takes. The values are given by flag.
func ElementText(list, name string, values map[string][]string) string {
	if len(values) == 0 {
		return name
	}
	if list == "scopes" {
		return name + "=" + strings.Join(values["description"], " ")
	}
	pairs := []string{pairText("name", name)}
	for _, f := range ElementFields(list) {
		for _, value := range values[f.Flag] {
			pairs = append(pairs, pairText(f.Flag, value))
		}
	}
	return strings.Join(pairs, ",")
}

func pairText(key, value string) string {
	if strings.ContainsAny(value, `,"`) {
		value = `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
	}
	return key + "=" + value
}

// CheckElement says what is wrong with an element in its compact form, as far as it alone can show, or nil.
func CheckElement(list, value string) error { return checkElement(list, value) }

// Names are the names of what a list of the configuration has: scopes, resources, items or routes.
func (c *Config) Names(list string) []string { return c.names(list) }
