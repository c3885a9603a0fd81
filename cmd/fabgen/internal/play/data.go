package play

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"

	"github.com/fabgen/fabgen/generator/model"
)

// maxBody bounds what is read of an answer, in bytes.
const maxBody = 4 << 20

// Request is a call of the data plane.
type Request struct {
	Method string
	Path   string // under /api, with a slash first; percent-encoded
	Query  url.Values
	JSON   []byte // the body; nil for none
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// RequestOf is a call of a route with the values of its parameters, in path and query.
func RequestOf(route *model.Route, values map[string]string, body []byte) Request {
	r := Request{Method: route.Method, Query: url.Values{}, JSON: body}
	r.Path = pathParameter.ReplaceAllStringFunc(route.Path, func(name string) string {
		return url.PathEscape(values[name[1:len(name)-1]])
	})
	for _, q := range route.Query {
		r.Query.Set(q.Name, values[q.Name])
	}
	return r
}

// Call calls the data plane as the front-end's apiFetch does (flow A).
func (p *Person) Call(ctx context.Context, req Request) Result {
	var r Result
	p.retryOnce(ctx, &r, true, func(ctx context.Context) (reply, *problem) {
		token, failed := p.token(ctx)
		if failed != nil {
			return reply{}, failed
		}
		got, failed := p.send(ctx, req, http.Header{"Authorization": {"Bearer " + token}})
		if failed != nil && failed.remedy != nil && !failed.remedy.ask {
			p.Forget()
		}
		return got, failed
	})
	return r
}

// Raw makes one call of the data plane with these headers, and with nothing that a front-end would do for it.
func (p *Player) Raw(ctx context.Context, req Request, header http.Header) Result {
	var r Result
	got, failed := p.send(ctx, req, header)
	r.end(got, failed)
	return r
}

// send makes one call, with the headers that a browser adds.
func (p *Player) send(ctx context.Context, r Request, header http.Header) (reply, *problem) {
	address := p.backend + "/api" + r.Path
	if len(r.Query) > 0 {
		address += "?" + r.Query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, address, bytes.NewReader(r.JSON))
	if err != nil {
		return reply{}, noAnswer(err)
	}
	req.Header = header.Clone()
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Origin", p.frontend)
	if r.JSON != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return reply{}, noAnswer(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return reply{}, noAnswer(err)
	}
	if allowed := resp.Header.Get("Access-Control-Allow-Origin"); allowed != p.frontend && allowed != "*" {
		return reply{}, &problem{kind: unavailable, status: resp.StatusCode, header: resp.Header, detail: fmt.Sprintf(
			"a browser hides this answer: Access-Control-Allow-Origin is %q, want the front-end's origin %s; see ALLOWED_ORIGINS",
			allowed, p.frontend)}
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return reply{resp.StatusCode, resp.Header, body}, nil
	}
	return reply{}, readFailure(resp, body)
}

func noAnswer(err error) *problem {
	return &problem{kind: unreached, detail: err.Error(), err: err}
}

// readFailure makes a problem of an answer of the data plane, as the front-end's readFailure does.
func readFailure(resp *http.Response, body []byte) *problem {
	e := readError(body)
	challenge := bearerChallenge(resp.Header.Get("WWW-Authenticate"))
	reason := challenge["error"]
	p := &problem{status: resp.StatusCode, requestID: resp.Header.Get("RequestId"), retryAfter: resp.Header.Get("Retry-After"),
		header: resp.Header}
	p.facts(e)
	if resp.StatusCode == http.StatusUnauthorized {
		d, asks := e.demand()
		if claims := challengedClaims(challenge); claims != "" && d.claims == "" {
			d.claims, asks = claims, true
		}
		if !asks {
			d, asks = e.implied(reason)
		}
		switch {
		case asks:
			return p.asking(d)
		case reason != "insufficient_scope":
			p.kind, p.remedy = tokenRefused, &remedy{}
			return p
		}
	}
	if reason == "insufficient_scope" {
		p.kind = denied
		return p
	}
	return p.refused(kindOf(resp.StatusCode))
}
