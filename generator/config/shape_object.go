package config

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// field is one key of a mapping, and the one place that says what fabgen knows of it.
type field[T any] struct {
	key      string
	title    string // a few words: of a prompt and of the JSON Schema
	help     string // sentences: of a flag, of a comment in a fresh fabgen.yaml, and of the JSON Schema
	required bool
	fallback any // the value where none is given, if it is always the same
	shape    shape
	at       func(*T) any // where the value is kept
}

// objectShape is a mapping with known keys; *T.
type objectShape[T any] struct {
	fields   []field[T]
	sections bool          // written with a comment and an empty line before each key
	more     func(*schema) // what the JSON Schema says beyond its fields
}

func (s objectShape[T]) read(r *reader, at place, n ast.Node, dst any) {
	pairs, ok := pairsOf(n)
	if !ok {
		r.fail(at.path, at.of(n), fault{describe(n), "a mapping with " + s.keyWords(), ""})
		return
	}
	target := dst.(*T)
	seen := make(map[string]Position, len(pairs))
	for _, pair := range pairs {
		key, here := keyOf(pair), keyPosition(pair)
		f := s.field(key)
		if f == nil {
			r.fail(join(at.path, key), here, fault{"the unknown key " + quote(key), s.keyWords(),
				r.hint(key, s.keys())})
			continue
		}
		if r.again(join(at.path, key), key, here, seen) {
			continue
		}
		p := place{join(at.path, key), here}
		r.positions[p.path] = valuePosition(pair)
		f.shape.read(r, p, pair.Value, f.at(target))
	}
	s.missing(r, at, seen)
}

// missing reports the required keys that are not there.
func (s objectShape[T]) missing(r *reader, at place, seen map[string]Position) {
	for i := range s.fields {
		f := &s.fields[i]
		if _, there := seen[f.key]; f.required && !there {
			r.fail(join(at.path, f.key), at.at, fault{"nothing", f.wanted(), "add the key " + f.key})
		}
	}
}

// wanted says what the field takes.
func (f *field[T]) wanted() string {
	switch s := f.shape.(type) {
	case textShape:
		return s.rule.want
	case listShape[string]:
		return "one or more " + s.noun
	}
	return strings.ToLower(f.title[:1]) + f.title[1:]
}

func (s objectShape[T]) field(key string) *field[T] {
	for i := range s.fields {
		if s.fields[i].key == key {
			return &s.fields[i]
		}
	}
	return nil
}

func (s objectShape[T]) keys() []string {
	keys := make([]string, len(s.fields))
	for i := range s.fields {
		keys[i] = s.fields[i].key
	}
	return keys
}

func (s objectShape[T]) keyWords() string { return "the keys " + strings.Join(s.keys(), ", ") }

func (objectShape[T]) inline() bool { return false }

func (s objectShape[T]) absent(src any) bool {
	for i := range s.fields {
		if f := &s.fields[i]; !f.shape.absent(f.at(src.(*T))) {
			return false
		}
	}
	return true
}

func (s objectShape[T]) write(w *writer, src any) {
	for i := range s.fields {
		f := &s.fields[i]
		value := f.at(src.(*T))
		if needed := f.required && !f.shape.inline(); f.shape.absent(value) && !needed {
			continue
		}
		if s.sections {
			w.section(f.help)
		}
		w.key(f.key, f.shape, value)
	}
}

func (s objectShape[T]) schema() *schema {
	out := &schema{Type: "object", Properties: &properties{}, AdditionalProperties: false}
	for i := range s.fields {
		f := &s.fields[i]
		p := f.shape.schema()
		p.Title, p.Description, p.Default = f.title, f.help, f.fallback
		out.Properties.add(f.key, p)
		if f.required {
			out.Required = append(out.Required, f.key)
		}
	}
	if s.more != nil {
		s.more(out)
	}
	return out
}
