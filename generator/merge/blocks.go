package merge

import "strings"

// kind says what a block holds below its head.
type kind uint8

const (
	opaque   kind = iota // nothing, or lines that are not looked into
	mapping              // members by their keys
	sequence             // elements, which a name or their whole text tells apart
)

// block is some whole lines of a text that is made of lines: a member of a mapping, an element of a sequence, or, at
// the top, the text.
type block struct {
	key   string
	lead  string // comments and blank lines above
	head  string // its first line, and all lines where it is opaque
	depth string // what the lines of its children begin with
	kind  kind
	inner []*block
	tail  string // comments and blank lines after the last child

	byKey map[string]*block
}

// add appends a child; false where its key is there already.
func (b *block) add(child *block) bool {
	if b.byKey == nil {
		b.byKey = map[string]*block{}
	}
	if b.byKey[child.key] != nil {
		return false
	}
	b.byKey[child.key] = child
	b.inner = append(b.inner, child)
	return true
}

// content is what a block says, without what stands above it.
func (b *block) content() string {
	var s strings.Builder
	s.WriteString(b.head)
	for _, child := range b.inner {
		s.WriteString(child.lead)
		s.WriteString(child.content())
	}
	s.WriteString(b.tail)
	return s.String()
}

func (b *block) list() list {
	var l list
	for _, child := range b.inner {
		l.add(child.key, child.content())
	}
	return l
}

// blocks writes what comes of the children of three blocks of one kind, and of what stands after them.
func (v *variants) blocks(b, y, t *block) {
	for _, key := range mergeKeys(b.list(), y.list(), t.list()) {
		base, mine, theirs := b.byKey[key], y.byKey[key], t.byKey[key]
		switch {
		case mine == nil:
			v.all(moveLines(theirs.lead+theirs.content(), t.depth, y.depth))
		case theirs == nil:
			v.all(mine.lead + mine.content())
		default:
			if base == nil {
				base = &block{}
			}
			v.block(base, mine, theirs, moveTo(t.depth, y.depth), moveTo(b.depth, y.depth))
		}
	}
	v.merged(b.tail, y.tail, t.tail)
}

// block writes what comes of a block that all three have, or that yours and theirs both made.
func (v *variants) block(b, y, t *block, moveTheirs, moveBase func(string) string) {
	v.merged(moveBase(b.lead), y.lead, moveTheirs(t.lead))
	if y.kind == opaque || y.kind != t.kind || b.kind != y.kind {
		v.merged(moveBase(b.content()), y.content(), moveTheirs(t.content()))
		return
	}
	v.merged(moveBase(b.head), y.head, moveTheirs(t.head))
	v.blocks(b, y, t)
}

func moveTo(from, to string) func(string) string {
	return func(text string) string { return moveLines(text, from, to) }
}

// moveLines moves whole lines from one depth to another.
func moveLines(text, from, to string) string {
	if from == to || text == "" {
		return text
	}
	return strings.TrimPrefix(reindent("\n"+text, from, to), "\n")
}

// closed is a text whose last line has a line end.
func closed(data []byte) string {
	if len(data) > 0 && !endsLine(data) {
		return string(data) + "\n"
	}
	return string(data)
}
