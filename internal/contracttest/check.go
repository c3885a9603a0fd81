package contracttest

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Check finds the reply of the document that resp is, in the words of Replies, and says what of it is not as the
// document has it. sent and got are the bodies of the request and of the reply.
func (d *Document) Check(req *http.Request, sent []byte, resp *http.Response, got []byte) (string, error) {
	o := d.find(req)
	if o == nil {
		return "", errors.New("no operation of the document has this method and path")
	}
	key, r := o.reply(resp.StatusCode)
	if r == nil {
		return "", fmt.Errorf("%s has no status %d", o.name, resp.StatusCode)
	}
	problems := []error{r.check(resp.Header, got)}
	if resp.StatusCode/100 == 2 {
		if err := o.checkRequest(req, sent); err != nil {
			problems = append(problems, fmt.Errorf("a success, although of the request %w", err))
		}
	}
	return o.name + " " + key, errors.Join(problems...)
}

func (r *reply) check(header http.Header, got []byte) error {
	var problems []error
	for _, h := range r.headers {
		problems = append(problems, h.check(header.Values(h.name)))
	}
	return errors.Join(append(problems, r.body.check(header.Get("Content-Type"), got))...)
}

// check holds what was found under a parameter's name to it.
func (p parameter) check(values []string) error {
	switch {
	case len(values) == 0 && !p.required:
		return nil
	case len(values) != 1:
		return fmt.Errorf("the %s %s is there %d times; once is right", p.in, p.name, len(values))
	case p.schema == nil:
		return nil
	}
	if err := p.schema.Validate(values[0]); err != nil {
		return fmt.Errorf("the %s %s: %w", p.in, p.name, err)
	}
	return nil
}

func (b *body) check(contentType string, data []byte) error {
	if b == nil {
		if len(data) > 0 {
			return fmt.Errorf("the body has %d bytes; none is right", len(data))
		}
		return nil
	}
	if _, anything := b.schemas["*/*"]; anything {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	schema, known := b.schemas[media]
	if err != nil || !known {
		return fmt.Errorf("the Content-Type %q is not documented", contentType)
	}
	return checkJSON(schema, data)
}

func checkJSON(schema *jsonschema.Schema, data []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	if schema == nil {
		return nil
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Errorf("the body: %w", err)
	}
	return nil
}

func (o *operation) checkRequest(req *http.Request, sent []byte) error {
	var problems []error
	for _, p := range o.parameters {
		problems = append(problems, p.check(o.values(p, req)))
	}
	if o.body != nil && (o.body.required || len(sent) > 0) {
		problems = append(problems, o.body.check(req.Header.Get("Content-Type"), sent))
	}
	return errors.Join(problems...)
}

// values are those that a request has for a parameter.
func (o *operation) values(p parameter, req *http.Request) []string {
	switch p.in {
	case "header":
		return req.Header.Values(p.name)
	case "query":
		return req.URL.Query()[p.name]
	}
	groups := o.path.FindStringSubmatch(req.URL.EscapedPath())
	value, err := url.PathUnescape(groups[o.path.SubexpIndex(p.name)])
	if err != nil {
		return nil
	}
	return []string{value}
}
