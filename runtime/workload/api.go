package workload

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// maxAnswer bounds what is read of a resource's answer, in bytes.
const maxAnswer = 16 << 20

// API calls a resource's HTTP API. Each request carries a token for the resource, on behalf of the caller in its
// context or as the workload's application, as the resource says. It is safe for concurrent use.
type API struct {
	TokenSource

	name string
	base *url.URL
	http *http.Client
}

// NewAPI makes a client of the API at baseURL, to which alone the tokens of the resource are sent. One call takes at
// most 30 seconds.
func NewAPI(a *auth.Authenticator, resource auth.Resource, baseURL string) (*API, error) {
	resource.BaseURL = baseURL
	client := *a.Client(resource)
	client.Timeout = 30 * time.Second
	api, err := newAPI(resource.Name, baseURL, &client)
	if err != nil {
		return nil, err
	}
	api.TokenSource = TokenSource{auth: a, resource: resource}
	return api, nil
}

func newAPI(name, baseURL string, client *http.Client) (*API, error) {
	base, err := url.Parse(baseURL)
	if err != nil || base.Scheme != "https" && base.Scheme != "http" || base.Host == "" || base.RawQuery != "" {
		return nil, fmt.Errorf("workload: the address of %s is %q; an address such as https://api.example.com is right",
			name, baseURL)
	}
	return &API{name: name, base: base, http: client}, nil
}

// Client is the HTTP client that carries the tokens, for what Do does not fit.
func (a *API) Client() *http.Client { return a.http }

// URL is an address under the API's own: each element of path is one segment and is escaped as one.
func (a *API) URL(path []string, query url.Values) string {
	u := *a.base
	escaped := make([]string, len(path))
	for i, segment := range path {
		escaped[i] = url.PathEscape(segment)
	}
	raw := strings.TrimSuffix(a.base.EscapedPath(), "/") + "/" + strings.Join(escaped, "/")
	u.Path, _ = url.PathUnescape(raw) // cannot fail: each part of raw is escaped
	u.RawPath, u.RawQuery = raw, query.Encode()
	return u.String()
}

// Call is one request of an API.
type Call struct {
	Method string   // "" is GET
	Path   []string // segments under the base address, each escaped as one; "." and ".." are refused
	Query  url.Values
	Header http.Header
	Body   []byte // sent as it is, as application/octet-stream
	JSON   any    // sent as JSON, where Body is nil
	Into   any    // the answer's JSON goes here, unless it is empty; nil: the answer is not read as JSON
}

// Answer is what an API answered.
type Answer struct {
	Status int // 200 to 299: any other is a *ResourceError
	Header http.Header
	Body   []byte // at most 16 MiB
}

// Get reads the JSON at a path into a value.
func (a *API) Get(ctx context.Context, into any, path ...string) error {
	_, err := a.Do(ctx, Call{Path: path, Into: into})
	return err
}

// Do makes a call. An answer that is not 2xx is a *ResourceError; a token that could not be had is an error of the
// auth package; both become the right answer to the workload's own caller when a handler returns them.
func (a *API) Do(ctx context.Context, call Call) (*Answer, error) {
	req, err := a.request(ctx, call)
	if err != nil {
		return nil, err
	}
	resp, err := a.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("calling %s: %w", a.name, unreachable(a.name, err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", a.name, unreachable(a.name, err))
	}
	if resp.StatusCode/100 != 2 {
		return nil, newResourceError(a.name, resp, body)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("reading the answer of %s: it is over %d bytes", a.name, maxAnswer)
	}
	if call.Into != nil && len(body) > 0 {
		if err := json.Unmarshal(body, call.Into); err != nil {
			return nil, fmt.Errorf("reading the answer of %s as JSON: %w", a.name, err)
		}
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

func (a *API) request(ctx context.Context, call Call) (*http.Request, error) {
	for _, segment := range call.Path {
		if segment == "" || segment == "." || segment == ".." {
			return nil, apierror.New(http.StatusBadRequest, apierror.InvalidRequest,
				"A part of the path is empty, or is made of dots.").Permanent(true)
		}
	}
	body := call.Body
	if body == nil && call.JSON != nil {
		var err error
		if body, err = json.Marshal(call.JSON); err != nil {
			return nil, fmt.Errorf("calling %s: encoding the body: %w", a.name, err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, a.URL(call.Path, call.Query), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("calling %s: %w", a.name, err)
	}
	for key, values := range call.Header {
		req.Header[key] = values
	}
	req.Header.Set("Accept", "application/json")
	if call.Body == nil && call.JSON != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// TokenSource gives tokens for a resource, such as a database that is not called over HTTP. It is safe for concurrent
// use.
type TokenSource struct {
	auth     *auth.Authenticator
	resource auth.Resource
}

// NewTokenSource gives tokens for the resource, on behalf of the context's caller or as the application.
func NewTokenSource(a *auth.Authenticator, resource auth.Resource) *TokenSource {
	return &TokenSource{auth: a, resource: resource}
}

// Token is a token for the resource. Ask for it when it is needed and do not keep it: tokens are kept and renewed
// behind this call.
func (t *TokenSource) Token(ctx context.Context) (auth.AccessToken, error) {
	return t.auth.Token(ctx, t.resource)
}

// LongRunning is ctx for a job that may outlive the token of the user who started it: with it every resource goes on
// to be called on that user's behalf. A job calls it first, while that token is valid; missing consent shows then.
func (t *TokenSource) LongRunning(ctx context.Context) (context.Context, error) {
	ctx, err := t.auth.LongRunning(ctx, t.resource)
	noteSession(ctx)
	return ctx, err
}
