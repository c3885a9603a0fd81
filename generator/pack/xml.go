package pack

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/generator/config"
)

// schemaVersion is that of the XML schemas that the manifests follow.
const schemaVersion = "1.101.0"

// xmlHint says what to do about every problem of an XML manifest, since these are fabgen's own.
const xmlHint = "the file follows from fabgen.yaml: change that and run `fabgen generate`"

const maxDepth = 20

// element is an XML element. Its methods take nil for one that is not there.
type element struct {
	source   *source
	offset   int
	name     string
	parent   *element
	attrs    []xml.Attr
	text     string
	children []*element
}

// path names the element and the one around it.
func (e *element) path() string {
	if e.parent == nil {
		return e.name
	}
	return e.parent.name + "/" + e.name
}

func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	i := slices.IndexFunc(e.children, func(c *element) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return e.children[i]
}

// value is the text without the space around it.
func (e *element) value() string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.text)
}

func (e *element) attr(name string) string {
	if e != nil {
		for _, a := range e.attrs {
			if a.Name.Local == name {
				return a.Value
			}
		}
	}
	return ""
}

// parseXML reads a file into its root element, nil where it is no XML or not of that root and schema.
func (c *checker) parseXML(s *source, root string) *element {
	e, offset, err := readXML(s)
	if err != nil {
		c.add(s.file, s.at(offset), "", "XML that cannot be read: "+err.Error(), "well-formed XML without namespaces", xmlHint)
		return nil
	}
	if e.name != root {
		c.element(e, "the root element "+e.name, root, didYouMean(e.name, []string{root}, ""))
		return nil
	}
	c.attributes(e, "SchemaVersion")
	if v := e.attr("SchemaVersion"); v != schemaVersion && v != "" {
		c.attribute(e, "SchemaVersion", quote(v), quote(schemaVersion), "")
	}
	return e
}

// readXML gives the root element, or the offset of what is wrong.
func readXML(s *source) (*element, int, error) {
	dec := xml.NewDecoder(bytes.NewReader(s.data))
	var root, open *element
	depth := 0
	for {
		offset := int(dec.InputOffset())
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, int(dec.InputOffset()), err
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := &element{source: s, offset: offset, name: t.Name.Local, parent: open, attrs: slices.Clone(t.Attr)}
			if err := e.plain(t.Name); err != nil {
				return nil, offset, err
			}
			if depth++; depth > maxDepth {
				return nil, offset, fmt.Errorf("elements more than %d deep", maxDepth)
			}
			switch {
			case open != nil:
				open.children = append(open.children, e)
			case root != nil:
				return nil, offset, fmt.Errorf("a second root element %s", e.name)
			default:
				root = e
			}
			open = e
		case xml.EndElement:
			open, depth = open.parent, depth-1
		case xml.CharData:
			if open != nil {
				open.text += string(t)
			} else if len(bytes.TrimSpace(bytes.TrimPrefix(t, []byte("\ufeff")))) > 0 {
				return nil, offset, errors.New("text outside of the root element")
			}
		case xml.Directive:
			return nil, offset, errors.New("a document type declaration")
		}
	}
	if root == nil {
		return nil, 0, errors.New("no element")
	}
	return root, 0, nil
}

// plain refuses namespaces, and an attribute that comes twice.
func (e *element) plain(name xml.Name) error {
	if name.Space != "" {
		return fmt.Errorf("the element %s in a namespace", name.Local)
	}
	for i, a := range e.attrs {
		if a.Name.Space != "" || a.Name.Local == "xmlns" {
			return fmt.Errorf("a namespace on the element %s", name.Local)
		}
		if slices.ContainsFunc(e.attrs[:i], func(b xml.Attr) bool { return b.Name == a.Name }) {
			return fmt.Errorf("the attribute %s twice on the element %s", a.Name.Local, name.Local)
		}
	}
	return nil
}

// element takes up a problem of an element.
func (c *checker) element(e *element, found, want, hint string) {
	if hint == "" {
		hint = xmlHint
	}
	c.add(e.source.file, e.source.at(e.offset), e.path(), found, want, hint)
}

// attribute takes up a problem of an attribute.
func (c *checker) attribute(e *element, name, found, want, hint string) {
	if hint == "" {
		hint = xmlHint
	}
	c.add(e.source.file, e.source.at(e.offset), e.name+"/@"+name, found, want, hint)
}

// attributes checks that an element has these attributes and no other.
func (c *checker) attributes(e *element, names ...string) {
	for _, name := range names {
		if e.attr(name) == "" {
			c.attribute(e, name, "no value", "the attributes "+strings.Join(names, ", "), "")
		}
	}
	for _, a := range e.attrs {
		if !slices.Contains(names, a.Name.Local) {
			c.attribute(e, a.Name.Local, "an attribute that the schema does not have", "the attributes "+strings.Join(names, ", "), "")
		}
	}
}

// childrenOf checks which elements stand in an element: names in their one order, with ? where one may be missing and *
// where it stands any number of times. It is false where one that is needed is missing.
func (c *checker) childrenOf(e *element, order ...string) bool {
	if e.value() != "" {
		c.element(e, "the text "+quote(e.value()), "elements alone", "")
	}
	rest := e.children
	for _, want := range order {
		name := strings.TrimRight(want, "?*")
		n := 0
		for len(rest) > 0 && rest[0].name == name && (n == 0 || strings.HasSuffix(want, "*")) {
			rest = rest[1:]
			n++
		}
		if n == 0 && name == want {
			c.misplaced(e, order)
			return false
		}
	}
	if len(rest) > 0 {
		c.misplaced(e, order)
	}
	return true
}

func (c *checker) misplaced(e *element, order []string) {
	found := "no element"
	if len(e.children) > 0 {
		names := make([]string, len(e.children))
		for i, child := range e.children {
			names[i] = child.name
		}
		found = strings.Join(names, ", ")
	}
	want := strings.NewReplacer("?", " (or none)", "*", " (any number)").Replace(strings.Join(order, ", "))
	c.element(e, found, want+", in this order", "")
}

// leaf checks that an element has text alone, by the rule of that place in fabgen.yaml.
func (c *checker) leaf(e *element, rule string) {
	c.noChildren(e)
	if p, bad := config.CheckText(rule, e.value()); bad {
		c.element(e, p.Found, p.Want, p.Hint)
	}
}

// oneOf checks that an element has one of a few texts.
func (c *checker) oneOf(e *element, words ...string) {
	c.noChildren(e)
	if !slices.Contains(words, e.value()) {
		c.element(e, quote(e.value()), choice(words), didYouMean(e.value(), words, ""))
	}
}

func (c *checker) noChildren(e *element) {
	if len(e.children) > 0 {
		c.element(e, "the element "+e.children[0].name, "a text alone", "")
	}
}

// attrOneOf checks that an attribute has one of a few values; an empty one is reported already.
func (c *checker) attrOneOf(e *element, name string, words ...string) {
	if v := e.attr(name); v != "" && !slices.Contains(words, v) {
		c.attribute(e, name, quote(v), choice(words), didYouMean(v, words, ""))
	}
}

func choice(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return "one of " + strings.Join(words, ", ")
}
