package config

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// dictShape is a mapping whose keys are the user's; *map[string]T.
type dictShape[T any] struct {
	noun    string // of one, for messages
	key     *rule
	element shape
	max     int
}

func (dictShape[T]) inline() bool { return false }

func (s dictShape[T]) absent(src any) bool { return len(*src.(*map[string]T)) == 0 }

func (s dictShape[T]) read(r *reader, at place, n ast.Node, dst any) {
	pairs, ok := pairsOf(n)
	if !ok {
		r.fail(at.path, at.of(n), fault{describe(n), "a mapping with a key for each " + s.noun, ""})
		return
	}
	if len(pairs) > s.max {
		r.fail(at.path, at.of(n), fault{fmt.Sprintf("%d keys", len(pairs)), fmt.Sprintf("at most %d", s.max), ""})
	}
	values := make(map[string]T, len(pairs))
	seen := make(map[string]Position, len(pairs))
	for _, pair := range pairs {
		key, here := keyOf(pair), keyPosition(pair)
		p := place{join(at.path, key), here}
		if r.again(p.path, key, here, seen) {
			continue
		}
		r.positions[p.path] = valuePosition(pair)
		s.readKey(r, p, pair.Key)
		var value T
		s.element.read(r, p, pair.Value, &value)
		values[key] = value
	}
	if len(values) > 0 {
		*dst.(*map[string]T) = values
	}
}

// readKey checks a key, which has to be a text.
func (s dictShape[T]) readKey(r *reader, at place, n ast.Node) {
	key, isText := textOf(n)
	if !isText {
		r.fail(at.path, at.at, fault{"the key " + n.GetToken().Value + ", which is no text", s.key.want, "put it in quotes"})
		return
	}
	if f, bad := s.key.check(key); bad {
		r.fail(at.path, at.at, f)
	}
}

func (s dictShape[T]) write(w *writer, src any) {
	values := *src.(*map[string]T)
	for _, key := range sortedKeys(values) {
		value := values[key]
		w.key(key, s.element, &value)
	}
}

func (s dictShape[T]) schema() *schema {
	return &schema{Type: "object", PropertyNames: textShape{s.key}.schema(), AdditionalProperties: s.element.schema(),
		MaxProperties: s.max}
}
