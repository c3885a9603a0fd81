package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// Limits on the shape of the YAML, checked on its tokens: the parser recurses by depth and by the number of keys in a
// mapping, and keeps the whole path of each node.
const (
	maxDepth     = 16 // fabgen.yaml itself needs 6
	maxKeys      = 300
	maxKeyLength = 200
	maxEmpty     = 100
	maxTokens    = 300_000
)

// guard walks the tokens before they are parsed. It refuses what fabgen.yaml has no use for (anchors, aliases, merge
// keys, tags, directives, several documents), before anything could be expanded, and what would cost too much.
type guard struct {
	faults  []sourceFault
	levels  []level // mappings and lists that are open here, by column; flow ones have column 0
	content bool    // the document has begun
	headers int
	empty   int // keys and dashes with nothing after them
}

// level is one open mapping or list.
type level struct {
	column int
	keys   int
}

// unwanted says what stands where, for tokens that are never right.
var unwanted = map[token.Type]fault{
	token.AnchorType:     {"an anchor (&)", "the value itself", "write out the value in each place"},
	token.AliasType:      {"an alias (*)", "the value itself", "write out the value, or put a text in quotes"},
	token.MergeKeyType:   {"a merge key (<<)", "the keys themselves", "write out the keys that it would merge"},
	token.TagType:        {"a tag (!)", "a value without a tag", "take it away, or put a text in quotes"},
	token.DirectiveType:  {"a directive (%)", "a document without directives", "take it away, or put a text in quotes"},
	token.MappingKeyType: {"a complex key (?)", "key: value", "put the text in quotes"},
}

// check gives the faults of the tokens, at most a hundred.
func (g *guard) check(tokens token.Tokens) []sourceFault {
	if len(tokens) > maxTokens {
		g.add(tokens[maxTokens], fmt.Sprintf("%d YAML tokens", len(tokens)), fmt.Sprintf("at most %d", maxTokens), "")
		return g.faults
	}
	for i, tk := range tokens {
		var next *token.Token
		if i+1 < len(tokens) {
			next = tokens[i+1]
		}
		g.token(tk, next)
		if len(g.faults) >= 100 {
			break
		}
	}
	return g.faults
}

func (g *guard) token(tk, next *token.Token) {
	if f, bad := unwanted[tk.Type]; bad {
		g.add(tk, f.found, f.want, f.hint)
		return
	}
	switch tk.Type {
	case token.CommentType:
		return
	case token.InvalidType:
		g.add(tk, syntaxWords(tk.Error), "YAML", "")
	case token.DocumentHeaderType:
		g.header(tk)
		return
	case token.DocumentEndType:
		g.headers++
		return
	case token.SequenceStartType, token.MappingStartType:
		g.open(tk, 0)
	case token.SequenceEndType, token.MappingEndType:
		g.closeFlow()
	case token.SequenceEntryType:
		g.entry(tk, next)
	case token.MappingValueType:
		g.key(tk, next)
	}
	g.content = true
}

// header allows one --- before everything else.
func (g *guard) header(tk *token.Token) {
	if g.content || g.headers > 0 {
		g.add(tk, "a second YAML document (---)", "one document a file", "")
	}
	g.headers++
}

func (g *guard) open(tk *token.Token, column int) {
	g.levels = append(g.levels, level{column: column})
	if len(g.levels) == maxDepth+1 {
		g.add(tk, fmt.Sprintf("lists and mappings nested more than %d deep", maxDepth), "the nesting of fabgen.yaml", "")
	}
}

func (g *guard) closeFlow() {
	for n := len(g.levels); n > 0; n-- {
		if g.levels[n-1].column == 0 {
			g.levels = g.levels[:n-1]
			return
		}
	}
}

// settle closes the block levels that are deeper than column and opens the one at it, unless it is open.
func (g *guard) settle(tk *token.Token, column int) *level {
	for n := len(g.levels); n > 0 && g.levels[n-1].column > column; n-- {
		g.levels = g.levels[:n-1]
	}
	if n := len(g.levels); n == 0 || g.levels[n-1].column < column && g.levels[n-1].column > 0 {
		g.open(tk, column)
	}
	return &g.levels[len(g.levels)-1]
}

// entry is the dash of a list; the columns of lists and mappings are doubled, so that a list can stand at the column
// of the key that it belongs to and still be one level deeper.
func (g *guard) entry(tk, next *token.Token) {
	g.settle(tk, 2*tk.Position.Column+1)
	if next == nil || next.Type == token.SequenceEntryType && next.Position.Line != tk.Position.Line {
		g.nothing(tk)
	}
}

func (g *guard) key(tk, next *token.Token) {
	name := tk.Prev
	if name == nil {
		return // the parser says what is missing
	}
	if len(name.Value) > maxKeyLength {
		g.add(name, fmt.Sprintf("a key of %d bytes", len(name.Value)), fmt.Sprintf("at most %d", maxKeyLength), "")
	}
	l := g.settle(name, 2*name.Position.Column)
	if l.keys++; l.keys == maxKeys+1 {
		g.add(name, fmt.Sprintf("more than %d keys in one mapping", maxKeys), "the keys of fabgen.yaml", "")
	}
	if next == nil || next.Position.Line != tk.Position.Line && next.Position.Column <= name.Position.Column {
		g.nothing(name)
	}
}

// nothing counts values that are missing: the parser moves all later tokens for each one.
func (g *guard) nothing(tk *token.Token) {
	if g.empty++; g.empty == maxEmpty+1 {
		g.add(tk, fmt.Sprintf("more than %d keys or dashes without a value", maxEmpty), "a value after each", "")
	}
}

func (g *guard) add(tk *token.Token, found, want, hint string) {
	at := Position{1, 1}
	if tk != nil && tk.Position != nil {
		at = Position{max(tk.Position.Line, 1), max(tk.Position.Column, 1)}
	}
	g.faults = append(g.faults, sourceFault{fault{found, want, hint}, at})
}

// syntaxWords turns a message of the YAML library into what was found.
func syntaxWords(message string) string {
	message = strings.TrimSpace(strings.ReplaceAll(message, "\t", "a tab"))
	for _, prefix := range []string{"found ", "could not find ", "unexpected "} {
		if rest, ok := strings.CutPrefix(message, prefix); ok {
			return map[string]string{"found ": "", "could not find ": "no ", "unexpected ": "an unexpected "}[prefix] + rest
		}
	}
	if message == "" {
		return "something that is not YAML"
	}
	return "broken YAML (" + message + ")"
}
