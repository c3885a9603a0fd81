// Package contracttest holds a back-end to an OpenAPI document: a Checker is an http.RoundTripper for a test's client,
// and each reply that comes through it must be one that the document has, with its status, headers and body. A request
// that is answered with success must be one that the document takes.
//
//	checker := contracttest.New(t, contracttest.Contract(t))
//	client = checker.Client(client)
//	…
//	checker.Unseen() // what the document has and no reply was
//
// It knows of OpenAPI 3.1 what the document of package workload uses: local references, servers of a path, JSON bodies,
// and parameters and headers that are plain text.
package contracttest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/fabgen/fabgen/runtime"
)

var contract = sync.OnceValues(func() (*Document, error) {
	source, err := runtime.Source.ReadFile("workload/openapi.yaml")
	if err != nil {
		return nil, err
	}
	return Parse(source)
})

// Contract is the document that package workload keeps.
func Contract(t testing.TB) *Document {
	t.Helper()
	document, err := contract()
	if err != nil {
		t.Fatalf("reading the contract: %v", err)
	}
	return document
}

// Checker reports each reply that breaks a Document and remembers which ones it saw. It is safe for concurrent use.
type Checker struct {
	document *Document
	report   func(format string, args ...any)

	mu   sync.Mutex
	seen map[string]bool
}

// New makes a Checker that fails the test, which goes on.
func New(t testing.TB, document *Document) *Checker {
	return &Checker{document: document, report: t.Errorf, seen: map[string]bool{}}
}

// Client is a copy of a client, nil being http.DefaultClient, whose replies are checked.
func (c *Checker) Client(client *http.Client) *http.Client {
	if client == nil {
		client = http.DefaultClient
	}
	checked := *client
	checked.Transport = &transport{checker: c, next: client.Transport}
	if client.Transport == nil {
		checked.Transport = &transport{checker: c, next: http.DefaultTransport}
	}
	return &checked
}

// Unseen lists the replies of the document that were not seen, as "POST /path/{as}/{documented} 404".
func (c *Checker) Unseen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(c.document.Replies(), func(reply string) bool { return c.seen[reply] })
}

func (c *Checker) check(req *http.Request, sent []byte, resp *http.Response, got []byte) {
	reply, err := c.document.Check(req, sent, resp, got)
	if err != nil {
		c.report("%s %s was answered %d %s\nwhich breaks the contract: %v",
			req.Method, req.URL.Path, resp.StatusCode, bytes.TrimSpace(got), err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[reply] = true
}

type transport struct {
	checker *Checker
	next    http.RoundTripper
}

// RoundTrip makes the call and checks its reply, whose body it has read whole then.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	sent, err := readAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	call := req.Clone(req.Context())
	if req.Body != nil {
		call.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := t.next.RoundTrip(call)
	if err != nil {
		return nil, err
	}
	got, err := readAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the reply: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(got))
	t.checker.check(req, sent, resp, got)
	return resp, nil
}

func readAll(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	defer body.Close()
	return io.ReadAll(body)
}
