package fabrictest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// maxAnswer bounds what is read of a workload's answer.
const maxAnswer = 16 << 20

// Client calls a workload's back-end as Fabric does: with both tokens, the tenant and the IDs of the call.
type Client struct {
	BaseURL  string       // where the Workload REST contract stands: https://host/workload
	HTTP     *http.Client // default: http.DefaultClient
	TenantID string       // x-ms-client-tenant-id; "" leaves the header out

	// Tokens gives the two tokens of a call. Fabric sends an empty subject token where it calls on nobody's behalf.
	Tokens func() auth.SubjectAndApp
	// Retries is how often a call is made again, with the same tokens and IDs, that gets no answer, or 429, 503, or a failure
	// that does not say of itself that it is permanent. Waiting grows from half a second, or is what Retry-After asks for;
	// where that is over 30 seconds, the answer is given as it is.
	Retries int
}

// Item names an item to a Client.
type Item struct {
	WorkspaceID, Type, ID string // Type is the full name: <workload>.<Item>
}

// Job names a job to a Client.
type Job struct {
	Item
	Type, ID string // Type is the full name: <workload>.<Item>.<Job>
}

// Response is an answer of a workload.
type Response struct {
	// Body is all of it, at most 16 MiB; Error and JSON read it.
	Status int
	Header http.Header
	Body   []byte
	// RequestID and ActivityID are those that the call was made with, and Tries how often it was made.
	RequestID, ActivityID string
	Tries                 int
}

// Error is the answer's error body.
func (r *Response) Error() apierror.Response {
	var body apierror.Response
	if err := json.Unmarshal(r.Body, &body); err != nil {
		body.Message = fmt.Sprintf("the body is no error of the contract: %v", err)
	}
	return body
}

// JSON reads the answer's body into a value.
func (r *Response) JSON(into any) error {
	if err := json.Unmarshal(r.Body, into); err != nil {
		return fmt.Errorf("reading the answer (status %d) as JSON: %w", r.Status, err)
	}
	return nil
}

// Create makes an item. body is the contract's: displayName, description, creationPayload.
func (c *Client) Create(ctx context.Context, item Item, body any) (*Response, error) {
	return c.Do(ctx, http.MethodPost, item.path(), body)
}

// Update changes an item.
func (c *Client) Update(ctx context.Context, item Item, body any) (*Response, error) {
	return c.Do(ctx, http.MethodPatch, item.path(), body)
}

// Delete drops an item.
func (c *Client) Delete(ctx context.Context, item Item) (*Response, error) {
	return c.Do(ctx, http.MethodDelete, item.path(), nil)
}

// Payload gets an item's payload.
func (c *Client) Payload(ctx context.Context, item Item) (*Response, error) {
	return c.Do(ctx, http.MethodGet, item.path()+"/payload", nil)
}

// StartJob starts a job. body is the contract's: invokeType, creationPayload.
func (c *Client) StartJob(ctx context.Context, job Job, body any) (*Response, error) {
	return c.Do(ctx, http.MethodPost, job.path(), body)
}

// JobStatus gets a job's state.
func (c *Client) JobStatus(ctx context.Context, job Job) (*Response, error) {
	return c.Do(ctx, http.MethodGet, job.path(), nil)
}

// CancelJob cancels a job.
func (c *Client) CancelJob(ctx context.Context, job Job) (*Response, error) {
	return c.Do(ctx, http.MethodPost, job.path()+"/cancel", nil)
}

// Resolve asks where an endpoint is; properties are those of the contract: EndpointName, WorkspaceRegion and so on.
func (c *Client) Resolve(ctx context.Context, properties map[string]string) (*Response, error) {
	list := []map[string]string{}
	for name, value := range properties {
		list = append(list, map[string]string{"name": name, "value": value})
	}
	return c.Do(ctx, http.MethodPost, "/resolve-api-path-placeholder", map[string]any{"context": list})
}

// Do makes any call of the contract. path stands under BaseURL. body is sent as JSON, a []byte as it is, nil not at
// all. The call's ActivityId and RequestId are new, and stay the same where it is made again.
func (c *Client) Do(ctx context.Context, method, path string, body any) (*Response, error) {
	data, err := encode(body)
	if err != nil {
		return nil, err
	}
	if c.Tokens == nil {
		return nil, errors.New("calling the workload: Client.Tokens is nil; set what gives the two tokens of a call")
	}
	headers := map[string]string{"Authorization": c.Tokens().HeaderValue(), auth.HeaderActivityID: NewID(), auth.HeaderRequestID: NewID()}
	if c.TenantID != "" {
		headers[auth.HeaderClientTenantID] = c.TenantID
	}
	for tries := 1; ; tries++ {
		req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.BaseURL, "/")+path, bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("calling the workload: %w", err)
		}
		for name, value := range headers {
			req.Header.Set(name, value)
		}
		resp, err := Send(c.HTTP, req)
		if wait, ok := again(resp, err, tries); ok && tries <= c.Retries && ctx.Err() == nil && sleep(ctx, wait) == nil {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%w (RequestId %s, %d tries)", err, headers[auth.HeaderRequestID], tries)
		}
		resp.RequestID, resp.ActivityID, resp.Tries = headers[auth.HeaderRequestID], headers[auth.HeaderActivityID], tries
		return resp, nil
	}
}

// Send makes a call and reads its answer. A body is said to be JSON. client may be nil: http.DefaultClient.
func Send(client *http.Client, req *http.Request) (*Response, error) {
	if client == nil {
		client = http.DefaultClient
	}
	if req.ContentLength > 0 && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("calling the workload: %w", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("reading the workload's answer: %w", err)
	}
	return &Response{Status: resp.StatusCode, Header: resp.Header, Body: data}, nil
}

func encode(body any) ([]byte, error) {
	switch body := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return body, nil
	}
	data, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encoding the body: %w", err)
	}
	return data, nil
}

func (i Item) path() string {
	return "/workspaces/" + url.PathEscape(i.WorkspaceID) + "/items/" + url.PathEscape(i.Type) + "/" + url.PathEscape(i.ID)
}

func (j Job) path() string {
	return j.Item.path() + "/jobTypes/" + url.PathEscape(j.Type) + "/instances/" + url.PathEscape(j.ID)
}
