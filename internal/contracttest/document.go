package contracttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Document is an OpenAPI document, read.
type Document struct {
	operations []*operation // those with fewer parameters in their path first
}

type operation struct {
	name       string // POST /path/{with}/{parameters}
	method     string
	path       *regexp.Regexp // of the whole path; its groups are the parameters
	parameters []parameter
	body       *body             // nil: there is none to send
	replies    map[string]*reply // by status, or by its first digit: 200, 2XX
}

type parameter struct {
	name, in string
	required bool
	schema   *jsonschema.Schema
}

// body is what is sent, one way or the other, by its media type.
type body struct {
	required bool
	schemas  map[string]*jsonschema.Schema // a nil one takes anything, and */* stands for all
}

type reply struct {
	headers []parameter
	body    *body // nil: it is empty
}

// Parse reads a document in YAML or JSON.
func Parse(source []byte) (*Document, error) {
	root, err := decode(source)
	if err != nil {
		return nil, fmt.Errorf("reading the document: %w", err)
	}
	t, err := newTree(root)
	if err != nil {
		return nil, fmt.Errorf("reading the document: %w", err)
	}
	d := &Document{}
	top := node{tree: t, value: root}
	for _, path := range top.at("paths").keys() {
		d.operations = append(d.operations, operations(top, path)...)
	}
	slices.SortStableFunc(d.operations, func(a, b *operation) int { return a.path.NumSubexp() - b.path.NumSubexp() })
	return d, t.err()
}

// decode gives the values that the schemas' library knows.
func decode(source []byte) (any, error) {
	var value any
	if err := yaml.Unmarshal(source, &value); err != nil {
		return nil, err
	}
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(data))
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

func operations(top node, path string) []*operation {
	item := top.at("paths").at(path)
	servers := item.at("servers")
	if servers.value == nil {
		servers = top.at("servers")
	}
	var out []*operation
	for _, method := range item.keys() {
		if !slices.Contains(methods, method) {
			continue
		}
		o := newOperation(item.at(method))
		o.method = strings.ToUpper(method)
		o.name = o.method + " " + path
		o.parameters = append(parameters(item.at("parameters")), o.parameters...)
		o.path = pattern(base(servers)+path, item.at("parameters"))
		out = append(out, o)
	}
	return out
}

// base is the path of the first server.
func base(servers node) string {
	for _, server := range servers.elements() {
		if u, err := url.Parse(server.at("url").text()); err == nil {
			return strings.TrimSuffix(u.Path, "/")
		}
	}
	return ""
}

var placeholder = regexp.MustCompile(`\\\{(\w+)\\\}`)

// pattern matches the paths of a template. A parameter is one segment, unless x-segments says that it is many.
func pattern(template string, parameters node) *regexp.Regexp {
	many := map[string]bool{}
	for _, p := range parameters.elements() {
		many[p.at("name").text()] = p.at("x-segments").text() == "many"
	}
	expression := placeholder.ReplaceAllStringFunc(regexp.QuoteMeta(template), func(found string) string {
		name := placeholder.FindStringSubmatch(found)[1]
		if many[name] {
			return "(?P<" + name + ">.+)"
		}
		return "(?P<" + name + ">[^/]+)"
	})
	return regexp.MustCompile("^" + expression + "$")
}

func newOperation(n node) *operation {
	o := &operation{parameters: parameters(n.at("parameters")), replies: map[string]*reply{}}
	if sent := n.at("requestBody"); sent.value != nil {
		o.body = newBody(sent.at("content"))
		o.body.required = sent.at("required").isTrue()
	}
	for _, status := range n.at("responses").keys() {
		r := n.at("responses").at(status)
		o.replies[status] = &reply{headers: headers(r.at("headers"))}
		if content := r.at("content"); content.value != nil {
			o.replies[status].body = newBody(content)
		}
	}
	return o
}

func parameters(list node) []parameter {
	var out []parameter
	for _, p := range list.elements() {
		out = append(out, parameter{name: p.at("name").text(), in: p.at("in").text(),
			required: p.at("required").isTrue(), schema: p.at("schema").schema()})
	}
	return out
}

func headers(n node) []parameter {
	var out []parameter
	for _, name := range n.keys() {
		h := n.at(name)
		out = append(out, parameter{name: name, in: "header",
			required: h.at("required").isTrue(), schema: h.at("schema").schema()})
	}
	return out
}

func newBody(content node) *body {
	b := &body{schemas: map[string]*jsonschema.Schema{}}
	for _, media := range content.keys() {
		b.schemas[media] = content.at(media).at("schema").schema()
	}
	return b
}

// Replies lists what the document has: "POST /path/{as}/{documented} 404", sorted.
func (d *Document) Replies() []string {
	var out []string
	for _, o := range d.operations {
		for status := range o.replies {
			out = append(out, o.name+" "+status)
		}
	}
	slices.Sort(out)
	return out
}

// find is the operation that serves a request.
func (d *Document) find(req *http.Request) *operation {
	for _, o := range d.operations {
		if o.method == req.Method && o.path.MatchString(req.URL.EscapedPath()) {
			return o
		}
	}
	return nil
}

// reply is the one that is documented for a status, and what it is documented under.
func (o *operation) reply(status int) (key string, r *reply) {
	key = strconv.Itoa(status)
	if r = o.replies[key]; r == nil {
		key = key[:1] + "XX"
		r = o.replies[key]
	}
	return key, r
}
