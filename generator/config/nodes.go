package config

import (
	"slices"
	"strconv"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// textOf is the value of a YAML text in any of its styles.
func textOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		if n.Value != nil {
			return n.Value.Value, true
		}
		return "", true
	}
	return "", false
}

// numberOf is the value of a whole number in decimal.
func numberOf(n ast.Node) (int, bool) {
	if _, ok := n.(*ast.IntegerNode); !ok {
		return 0, false
	}
	value, err := strconv.Atoi(n.GetToken().Value)
	return value, err == nil
}

// rawOf is what was written, where that is no text but could be one in quotes.
func rawOf(n ast.Node) string {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value
	}
	return ""
}

// describe names what stands at a node.
func describe(n ast.Node) string {
	switch n := n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode, nil:
		return "nothing"
	case *ast.BoolNode:
		return n.GetToken().Value + ", which is true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "the number " + n.GetToken().Value
	}
	if value, ok := textOf(n); ok {
		return "the text " + quote(value)
	}
	return "something that fabgen.yaml has no use for"
}

// pairsOf is the keys and values of a mapping, in order.
func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func keyOf(pair *ast.MappingValueNode) string { return pair.Key.GetToken().Value }

func keyPosition(pair *ast.MappingValueNode) Position { return tokenPosition(pair.Key.GetToken()) }

// valuePosition is where a value stands, or its key where it is empty or a mapping or list in lines of its own.
func valuePosition(pair *ast.MappingValueNode) Position {
	key, value := keyPosition(pair), positionOf(pair.Value)
	if _, empty := pair.Value.(*ast.NullNode); empty || value.Line != key.Line {
		return key
	}
	return value
}

// positionOf is where a value begins. The library puts a block mapping at its first colon; here it begins at its key.
func positionOf(n ast.Node) Position {
	if pairs, ok := pairsOf(n); ok && len(pairs) > 0 && !isFlow(n) {
		return keyPosition(pairs[0])
	}
	return tokenPosition(n.GetToken())
}

func isFlow(n ast.Node) bool {
	m, ok := n.(*ast.MappingNode)
	return ok && m.IsFlowStyle
}

func tokenPosition(tk *token.Token) Position {
	if tk == nil || tk.Position == nil {
		return Position{1, 1}
	}
	return Position{max(tk.Position.Line, 1), max(tk.Position.Column, 1)}
}

func (s numberShape) want() string {
	words := make([]string, len(s.choices))
	for i, c := range s.choices {
		words[i] = strconv.Itoa(c)
	}
	return wordList(words)
}

func (s numberShape) takes(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && slices.Contains(s.choices, n)
}

func wordList(words []string) string {
	out := words[0]
	for i, w := range words[1:] {
		if i == len(words)-2 {
			out += " or " + w
		} else {
			out += ", " + w
		}
	}
	return out
}
