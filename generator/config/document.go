package config

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
)

// Document is a checked fabgen.yaml that still knows where everything stands. It is never changed after Parse, so
// that many goroutines may read it.
type Document struct {
	Config *Config
	File   string // as given to Parse

	positions map[string]Position
}

// Parse reads a fabgen.yaml. The file is its name for messages alone; nothing is opened. The error is of type Problems
// and holds everything that is wrong, in the order of the lines; there is no Document then.
//
// At most 1 MiB of UTF-8 is taken, with or without a byte order mark, with lines that end in LF or CRLF. The YAML may
// not hold anchors, aliases, merge keys, tags, directives or a second document: they are refused before anything is
// expanded.
func Parse(file string, data []byte) (*Document, error) {
	r := newReader(file)
	root := r.parse(data)
	if root == nil {
		return nil, r.problems.sorted()
	}
	c := &Config{}
	r.positions[""] = Position{1, 1}
	rootShape.read(r, place{at: Position{1, 1}}, root, c)
	c.fill()
	r.checkAll(c)
	if len(r.problems) > 0 {
		return nil, r.problems.sorted()
	}
	return &Document{Config: c, File: file, positions: r.positions}, nil
}

// Position is where the value of a path stands, such as routes[2].scopes[0]; for a path that is not in the file, the
// nearest thing around it. A mapping or list in lines of its own is at its key.
func (d *Document) Position(path string) Position { return positionIn(d.positions, path) }

// Problem is a problem at a path of the document, for the stages after this one: found says what stands there, want
// what is right, hint what to do next, if anything.
func (d *Document) Problem(path, found, want, hint string) Problem {
	at := d.Position(path)
	return Problem{File: d.File, Line: at.Line, Column: at.Column, Path: path, Found: found, Want: want, Hint: hint}
}

// parse gives the root of the YAML, or nil after it has reported why there is none.
func (r *reader) parse(data []byte) (root ast.Node) {
	source, faults := text(data)
	if r.failSource(faults) {
		return nil
	}
	defer func() {
		if v := recover(); v != nil {
			root = nil
			r.fail("", Position{1, 1}, fault{"YAML that its parser cannot read", "YAML",
				"check indentation, quotes and brackets"})
		}
	}()
	tokens := lexer.Tokenize(source)
	if r.failSource(new(guard).check(tokens)) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.failSyntax(err)
		return nil
	}
	return r.body(file)
}

// body is the content of the one document of a file.
func (r *reader) body(file *ast.File) ast.Node {
	for _, doc := range file.Docs {
		if doc.Body != nil {
			if _, empty := doc.Body.(*ast.NullNode); !empty {
				return doc.Body
			}
		}
	}
	r.fail("", Position{1, 1}, fault{"an empty file", "a configuration",
		"run fabgen init, or begin with apiVersion: fabgen/v1"})
	return nil
}

func (r *reader) failSource(faults []sourceFault) bool {
	for _, f := range faults {
		r.fail("", f.at, f.fault)
	}
	return len(faults) > 0
}

// failSyntax reports what the YAML library says. Its Error is never called: it prints the file around the place, at a
// cost that grows with the square of the file.
func (r *reader) failSyntax(err error) {
	at, message := Position{1, 1}, ""
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) {
		at, message = tokenPosition(syntax.Token), syntax.Message
	}
	r.fail("", at, fault{syntaxWords(message), "YAML", syntaxHint(message)})
}

// syntaxHint says what most often lies behind a message.
func syntaxHint(message string) string {
	switch {
	case strings.Contains(message, "not allowed in this context"), strings.Contains(message, "non-map value"):
		return "check the indentation of this line and of the one before"
	case strings.Contains(message, "not found"), strings.Contains(message, "could not find"):
		return "check that brackets and quotes are closed"
	}
	return ""
}
