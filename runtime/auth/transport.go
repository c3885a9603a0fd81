package auth

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

// Client is an HTTP client whose every request carries a token for the resource, as Transport does, over the transport
// of Settings.HTTPClient. It has no timeout of its own, since a download may take long: the request's context bounds
// it. A redirect to another origin is not followed: the 3xx response is what the caller gets.
func (a *Authenticator) Client(resource Resource) *http.Client {
	return &http.Client{
		Transport:     a.Transport(resource, nil),
		CheckRedirect: sameOriginOnly,
	}
}

const maxRedirects = 10

func sameOriginOnly(req *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return fmt.Errorf("auth: stopped after %d redirects", maxRedirects)
	}
	if origin(req.URL) != origin(via[0].URL) {
		return http.ErrUseLastResponse
	}
	return nil
}

// Transport puts a token for the resource into each request: the one that Token gives for the request's context. It
// does so over https only (or http to this machine), only to the resource's BaseURL where it has one, and never to
// where a redirect leads away from the first request's origin; such a request goes out without a token.
//
// A 401 is answered once with a fresh token, where the request's body can be sent again (see http.Request.GetBody). A
// 401 that carries a claims challenge (continuous access evaluation) becomes an *ExchangeError with ClaimsChallenge for
// the user; for the app it is answered with a token that has those claims.
//
// base does the sending; nil means the transport of Settings.HTTPClient. Errors of RoundTrip are those of Token and of
// base; http.Client wraps them, and errors.As finds them.
func (a *Authenticator) Transport(resource Resource, base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = a.settings.HTTPClient.Transport
	}
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{auth: a, resource: resource, base: base}
}

type transport struct {
	auth     *Authenticator
	resource Resource
	base     http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if strayed(req) {
		plain := req.Clone(req.Context())
		plain.Header.Del(headerAuthorization)
		return t.base.RoundTrip(plain)
	}
	resp, token, err := t.first(req)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	claims := claimsFrom(resp.Header)
	if claims != "" && t.resource.As == AsUser {
		discard(resp)
		return nil, &ExchangeError{Kind: ClaimsChallenge, Resource: t.resource.label(), Claims: claims,
			Scopes: t.resource.FullScopes(), Status: http.StatusUnauthorized}
	}
	return t.again(req, resp, token, claims)
}

// first sends the request with a token. It closes the body where it does not send it, as a RoundTripper must.
func (t *transport) first(req *http.Request) (*http.Response, AccessToken, error) {
	if err := t.mayCarry(req.URL); err != nil {
		closeBody(req)
		return nil, AccessToken{}, err
	}
	token, err := t.auth.Token(req.Context(), t.resource)
	if err != nil {
		closeBody(req)
		return nil, AccessToken{}, err
	}
	resp, err := t.base.RoundTrip(withToken(req, token))
	return resp, token, err
}

// again answers a 401 with a fresh token, or gives it back where that is not possible.
func (t *transport) again(req *http.Request, resp *http.Response, old AccessToken, claims Sensitive,
) (*http.Response, error) {
	repeat := req
	if req.Body != nil && req.Body != http.NoBody {
		if req.GetBody == nil {
			return resp, nil
		}
		body, err := req.GetBody()
		if err != nil {
			return resp, nil // the 401 is the better answer
		}
		repeat = req.Clone(req.Context())
		repeat.Body = body
	}
	q, err := t.auth.query(req.Context(), t.resource)
	if err != nil {
		closeBody(repeat)
		return resp, nil // the user's own token has just expired: the 401 says so too
	}
	q.rejected, q.claims = old.Value, claims
	token, err := t.auth.exchanger.get(req.Context(), q)
	if err != nil {
		closeBody(repeat)
		discard(resp)
		return nil, err
	}
	discard(resp)
	return t.base.RoundTrip(withToken(repeat, token))
}

var errNoToken = errors.New("auth: no token is sent there")

// mayCarry says whether a token for the resource may be sent to the address.
func (t *transport) mayCarry(u *url.URL) error {
	if u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())) {
		return fmt.Errorf("%w: %s is not https", errNoToken, origin(u))
	}
	if t.resource.BaseURL == "" {
		return nil
	}
	if !sameOrigin(u.String(), t.resource.BaseURL) {
		return fmt.Errorf("%w: %s is not the origin of %s, want one of %s", errNoToken, origin(u), t.resource.label(),
			t.resource.BaseURL)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// strayed says whether the request follows a redirect that leads to another origin than the first request's.
func strayed(req *http.Request) bool {
	first := req
	for first.Response != nil && first.Response.Request != nil {
		first = first.Response.Request
	}
	return first != req && origin(first.URL) != origin(req.URL)
}

func withToken(req *http.Request, token AccessToken) *http.Request {
	out := req.Clone(req.Context())
	out.Header.Set(headerAuthorization, "Bearer "+string(token.Value))
	return out
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}

// discard frees the connection of a response that nobody will read.
func discard(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
	_ = resp.Body.Close()
}
