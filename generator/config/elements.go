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

	// Check says what is wrong with one value by itself, or nil.
	Check func(string) error
}

// ElementFields are what is to be said of an element of scopes, resources, items or routes: its name, and then the rest
// in order.
func ElementFields(list string) (name ElementField, rest []ElementField) {
	var all []ElementField
	switch list {
	case "scopes":
		all = scopeShape.elementFields()
	case "resources":
		all = resourceShape.elementFields()
	case "items":
		all = itemShape.elementFields()
	default:
		all = routeShape.elementFields()
	}
	return all[0], all[1:]
}

func (s objectShape[T]) elementFields() []ElementField {
	var fields []ElementField
	for i, key := range s.compactKeys() {
		f := s.fields[i]
		e := ElementField{Flag: key, Title: f.title, Help: f.help, Required: f.required, Repeats: repeats(f.shape)}
		e.Check = checkOf(f.shape)
		switch shape := f.shape.(type) {
		case booleanShape:
			e.Switch = true
		case textShape:
			e.Choices = slices.Clone(shape.rule.choices)
		case listShape[string]:
			e.Check = checkOf(shape.element)
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
	_, fields := ElementFields(list)
	for _, f := range fields {
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
