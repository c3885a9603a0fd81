package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
)

// schema is the part of JSON Schema 2020-12 that fabgen.yaml needs, in the order in which it is printed.
type schema struct {
	Dialect              string              `json:"$schema,omitempty"`
	Title                string              `json:"title,omitempty"`
	Description          string              `json:"description,omitempty"`
	Type                 string              `json:"type,omitempty"`
	Const                any                 `json:"const,omitempty"`
	Enum                 []any               `json:"enum,omitempty"`
	Pattern              string              `json:"pattern,omitempty"`
	MinLength            *int                `json:"minLength,omitempty"`
	MaxLength            int                 `json:"maxLength,omitempty"`
	Default              any                 `json:"default,omitempty"`
	Items                *schema             `json:"items,omitempty"`
	MinItems             int                 `json:"minItems,omitempty"`
	MaxItems             int                 `json:"maxItems,omitempty"`
	UniqueItems          bool                `json:"uniqueItems,omitempty"`
	Properties           *properties         `json:"properties,omitempty"`
	PropertyNames        *schema             `json:"propertyNames,omitempty"`
	AdditionalProperties any                 `json:"additionalProperties,omitempty"`
	MaxProperties        int                 `json:"maxProperties,omitempty"`
	Required             []string            `json:"required,omitempty"`
	DependentRequired    map[string][]string `json:"dependentRequired,omitempty"`
	AllOf                []*schema           `json:"allOf,omitempty"`
	Not                  *schema             `json:"not,omitempty"`
	If                   *schema             `json:"if,omitempty"`
	Then                 *schema             `json:"then,omitempty"`
}

// properties are the keys of an object, in the order of the definition.
type properties struct {
	keys    []string
	schemas []*schema
}

func (p *properties) add(key string, s *schema) {
	p.keys, p.schemas = append(p.keys, key), append(p.schemas, s)
}

// MarshalJSON writes the keys in their order.
func (p *properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range p.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := marshalJSON(p.schemas[i])
		if err != nil {
			return nil, err
		}
		b.WriteString(`"` + key + `":`)
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Schema is the JSON Schema (2020-12) of fabgen.yaml, made from the same tables as the parser: what it refuses, Parse
// refuses. Parse checks more, such as whether a route's scopes exist. The bytes are the same each time.
func Schema() []byte {
	s := rootShape.schema()
	s.Dialect = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "fabgen.yaml"
	s.Description = "The configuration of a Microsoft Fabric workload that fabgen generates."
	data, err := marshalJSON(s)
	if err != nil {
		panic("the schema is made of plain values alone: " + err.Error())
	}
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil {
		panic("the schema was just made as JSON: " + err.Error())
	}
	return ascii(out.Bytes())
}

// ascii escapes what is not ASCII, since a pattern holds characters that editors do not show.
func ascii(data []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(data) {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.Bytes()
}

func marshalJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// property is a schema for one key, for a condition.
func property(key string, s *schema) *schema {
	p := &properties{}
	p.add(key, s)
	return &schema{Properties: p, Required: []string{key}}
}

// resourceConditions says that a resource of the user's own needs its URI, and one that is called for the user scopes.
func resourceConditions(s *schema) {
	own := property("name", &schema{Not: &schema{Enum: anys(KnownResources())}})
	app := property("as", &schema{Const: AsApp})
	s.AllOf = []*schema{
		{If: own, Then: &schema{Required: []string{"uri"}}},
		{If: &schema{Not: app}, Then: &schema{Required: []string{"scopes"}}},
	}
}

// routeConditions says that item and permissions come together.
func routeConditions(s *schema) {
	s.DependentRequired = map[string][]string{"item": {"permissions"}, "permissions": {"item"}}
}
