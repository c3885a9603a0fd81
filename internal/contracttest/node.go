package contracttest

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// tree is a document while it is read. It gathers what is wrong with it.
type tree struct {
	root     any
	compiler *jsonschema.Compiler
	problems []error
}

// address is what the document is called where its schemas refer to one another.
const address = "https://contract.example/openapi"

func newTree(root any) (*tree, error) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	return &tree{root: root, compiler: compiler}, compiler.AddResource(address, root)
}

func (t *tree) err() error { return errors.Join(t.problems...) }

// node is a place of a tree: its JSON pointer (RFC 6901) as a URL's fragment has it, and what stands there.
type node struct {
	tree    *tree
	pointer string
	value   any
}

// at is what stands under a key, or where the reference that stands there leads to.
func (n node) at(key string) node {
	var value any
	switch parent := n.value.(type) {
	case map[string]any:
		value = parent[key]
	case []any:
		i, _ := strconv.Atoi(key) // of elements alone
		value = parent[i]
	}
	escaped := url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
	return node{n.tree, n.pointer + "/" + escaped, value}.followed()
}

func (n node) followed() node {
	object, _ := n.value.(map[string]any)
	ref, ok := object["$ref"].(string)
	if !ok {
		return n
	}
	target := node{tree: n.tree, value: n.tree.root}
	for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		target = target.at(key)
	}
	if target.value == nil {
		n.tree.problems = append(n.tree.problems, fmt.Errorf("%s leads to nothing from %s", ref, n.pointer))
	}
	return target
}

// keys are those of an object, sorted.
func (n node) keys() []string {
	object, _ := n.value.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}

// elements are those of a list.
func (n node) elements() []node {
	list, _ := n.value.([]any)
	out := make([]node, len(list))
	for i := range list {
		out[i] = n.at(strconv.Itoa(i))
	}
	return out
}

func (n node) text() string {
	text, _ := n.value.(string)
	return text
}

func (n node) isTrue() bool { return n.value == true }

// schema is the JSON Schema that stands here; nil, which takes anything, where nothing does.
func (n node) schema() *jsonschema.Schema {
	if n.value == nil {
		return nil
	}
	schema, err := n.tree.compiler.Compile(address + "#" + n.pointer)
	if err != nil {
		n.tree.problems = append(n.tree.problems, err)
	}
	return schema
}
