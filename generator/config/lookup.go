package config

import "strings"

// definition is what the tables say of one place of fabgen.yaml, and how to reach its value in a Config.
type definition struct {
	title, help string
	required    bool
	shape       shape
	at          func(c *Config) any
}

// keyed is a shape with known keys, whatever its type.
type keyed interface {
	find(key string) (definition, func(any) any)
}

func (s objectShape[T]) find(key string) (definition, func(any) any) {
	f := s.field(key)
	return definition{title: f.title, help: f.help, required: f.required, shape: f.shape},
		func(v any) any { return f.at(v.(*T)) }
}

// placeOf finds a place by its path, such as entra.tenantId. The path must be one of the definition's.
func placeOf(path string) definition {
	var found definition
	var s shape = rootShape
	reach := func(c *Config) any { return c }
	for _, key := range strings.Split(path, ".") {
		next, at := s.(keyed).find(key)
		outer := reach
		reach = func(c *Config) any { return at(outer(c)) }
		found, s = next, next.shape
	}
	found.at = reach
	return found
}
