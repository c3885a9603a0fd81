package config

import (
	"fmt"
	"reflect"
)

// head is how a fresh fabgen.yaml begins: an editor finds the JSON Schema by its first line.
const head = "# yaml-language-server: $schema=.fabgen/schema.json\n" +
	"# The configuration of a Fabric workload. After a change run `fabgen generate`.\n"

// Marshal writes a fresh fabgen.yaml: commented, with what a configuration must say and what differs from the
// defaults. Parse reads the same Config from it; a Config of which that is not true, since a rule does not hold or a
// default is missing, is an error.
func Marshal(c *Config) ([]byte, error) {
	data := source(c.stripped())
	doc, err := Parse("", data)
	if err != nil {
		return nil, fmt.Errorf("writing fabgen.yaml: the configuration breaks a rule: %w", err)
	}
	if !reflect.DeepEqual(doc.Config, c) {
		return nil, fmt.Errorf("writing fabgen.yaml: the configuration is not one that Parse gives (defaults missing, " +
			"empty lists, or upper case in IDs); pass a Config from Parse")
	}
	return data, nil
}

// source writes what the Config holds, right or wrong.
func source(c *Config) []byte {
	w := &writer{}
	w.WriteString(head)
	rootShape.write(w, c)
	return w.Bytes()
}
