package rules

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// node is an element: no manifest mixes text and elements.
type node struct {
	name     string
	attrs    []xml.Attr
	text     string
	children []*node
}

// schemaVersion is the version of Microsoft's XML schemas that the manifests follow.
const schemaVersion = "1.101.0"

// parse reads an XML file into its root element; ill-formed XML and namespaces are violations.
func (c *checker) parse(file string) *node {
	data, ok := c.read(file)
	if !ok {
		return nil
	}
	if !bytes.HasPrefix(data, []byte("<?xml ")) {
		c.add(file, "", "no XML declaration at the beginning", `<?xml version="1.0" encoding="utf-8"?>`)
	}
	root, err := parseXML(data)
	if err != nil {
		c.add(file, "", err.Error(), "well-formed XML without namespaces")
		return nil
	}
	return root
}

func parseXML(data []byte) (*node, error) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	top := &node{}
	stack := []*node{top}
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		last := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			child := &node{name: t.Name.Local, attrs: t.Attr}
			if t.Name.Space != "" || child.attr("xmlns") != "" {
				return nil, errors.New("a namespace on " + t.Name.Local)
			}
			last.children = append(last.children, child)
			stack = append(stack, child)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			last.text += string(t)
		}
	}
	if len(top.children) != 1 {
		return nil, errors.New("no root element")
	}
	return top.children[0], nil
}

func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// at follows a path such as AADApp/AppId; a missing element is an empty one, since children reports it.
func (n *node) at(path string) *node {
	for name := range strings.SplitSeq(path, "/") {
		n = n.child(name)
	}
	return n
}

func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return &node{name: name}
}

// value is the element's text without the space around it.
func (n *node) value() string { return strings.TrimSpace(n.text) }

// expect checks the children of an element: names in their one order, with ? where one may be missing and * where it
// stands any number of times.
func (c *checker) expect(file string, n *node, order ...string) {
	rest := n.children
	for _, want := range order {
		name := strings.TrimRight(want, "?*")
		count := 0
		for len(rest) > 0 && rest[0].name == name && (count == 0 || strings.HasSuffix(want, "*")) {
			rest = rest[1:]
			count++
		}
		if count == 0 && name == want {
			c.add(file, n.name, childNames(n), strings.Join(order, ", ")+" in this order")
			return
		}
	}
	if len(rest) > 0 {
		c.add(file, n.name, childNames(n), strings.Join(order, ", ")+" in this order")
	}
}

// attributes checks that an element has these attributes and no other.
func (c *checker) attributes(file string, n *node, names ...string) {
	for _, name := range names {
		if n.attr(name) == "" {
			c.add(file, n.name, "no attribute "+name, strings.Join(names, ", "))
		}
	}
	if len(n.attrs) > len(names) {
		c.add(file, n.name, "further attributes", strings.Join(names, ", "))
	}
}

func childNames(n *node) string {
	names := make([]string, 0, len(n.children))
	for _, child := range n.children {
		names = append(names, child.name)
	}
	if len(names) == 0 {
		return "no element"
	}
	return strings.Join(names, ", ")
}

// root checks the root element and its schema version.
func (c *checker) root(file string, n *node, name string) bool {
	if n.name != name {
		c.add(file, n.name, "the root element "+n.name, name)
		return false
	}
	c.attributes(file, n, "SchemaVersion")
	c.equal(file, n.name+" SchemaVersion", n.attr("SchemaVersion"), schemaVersion)
	return true
}
