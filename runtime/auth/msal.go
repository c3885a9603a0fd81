package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

// maxTokenAnswer bounds what is read of an answer of the token endpoint.
const maxTokenAnswer = 256 << 10

// msalHTTP is the HTTP client that MSAL works with. It lets MSAL reach the one address that the protocol needs, the
// token endpoint of a tenant at the configured authority, bounds the answers, and notes what MSAL does not hand on:
// status, Retry-After and the members of an error. It answers MSAL's request for the tenant's discovery document
// itself, since the address in it is the one that it lets through anyway; so no exchange needs a second round trip, and
// none hangs on the context of whoever came first.
type msalHTTP struct {
	client    *http.Client
	authority string
	now       func() time.Time
}

// answer is what the token endpoint said in one attempt, in words that are safe to keep.
type answer struct {
	sent       bool // a request went out
	status     int
	retryAfter time.Duration
	oauth      oauthError
	err        error // of the network
}

type answerKey struct{}

var errNotEntra = errors.New("auth: MSAL asked for an address other than the token endpoint")

// Do implements MSAL's HTTPClient.
func (h *msalHTTP) Do(req *http.Request) (*http.Response, error) {
	tenant, path, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/")
	if !sameOrigin(req.URL.String(), h.authority) || !isGUID(tenant) {
		return nil, errNotEntra
	}
	switch {
	case req.Method == http.MethodGet && path == "v2.0/.well-known/openid-configuration":
		return h.discovery(req, tenant), nil
	case req.Method == http.MethodPost && path == "oauth2/v2.0/token":
		return h.token(req)
	}
	return nil, errNotEntra
}

// CloseIdleConnections implements MSAL's HTTPClient.
func (h *msalHTTP) CloseIdleConnections() { h.client.CloseIdleConnections() }

func (h *msalHTTP) discovery(req *http.Request, tenant string) *http.Response {
	base := h.authority + "/" + tenant
	body, _ := json.Marshal(map[string]string{ // strings always encode
		"authorization_endpoint": base + "/oauth2/v2.0/authorize",
		"token_endpoint":         base + "/oauth2/v2.0/token",
		"issuer":                 base + "/v2.0",
	})
	return &http.Response{StatusCode: http.StatusOK, Request: req, Header: http.Header{},
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body))}
}

func (h *msalHTTP) token(req *http.Request) (*http.Response, error) {
	note, _ := req.Context().Value(answerKey{}).(*answer)
	if note == nil {
		note = &answer{}
	}
	transient := note.sent && note.transient()
	next := answer{sent: true}
	resp, err := h.send(req, &next)
	if !transient || next.transient() { // of two calls in one attempt, the one that is worth repeating counts
		*note = next
	}
	return resp, err
}

func (h *msalHTTP) send(req *http.Request, note *answer) (*http.Response, error) {
	resp, err := h.client.Do(req)
	if err != nil {
		note.err = err
		return nil, err
	}
	defer resp.Body.Close()
	note.status = resp.StatusCode
	note.retryAfter = retryAfter(resp.Header.Get("Retry-After"), h.now())
	data, err := readBounded(resp.Body, maxTokenAnswer)
	if err != nil {
		note.err = fmt.Errorf("reading Entra's answer: %w", err)
		return nil, note.err
	}
	note.oauth = parseOAuthError(data)
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return resp, nil
}

// maxRetryAfter bounds what Entra's Retry-After is believed.
const maxRetryAfter = time.Hour

// retryAfter reads the header in either of its forms (RFC 9110 section 10.2.3); 0 where there is none that makes sense.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return min(max(time.Duration(min(seconds, 1<<20))*time.Second, 0), maxRetryAfter)
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// transient says whether the same request may succeed later.
func (n *answer) transient() bool {
	return n.err != nil || n.status == http.StatusTooManyRequests || n.status == http.StatusRequestTimeout ||
		n.status >= http.StatusInternalServerError || n.oauth.Error == "temporarily_unavailable"
}

// newMSAL makes a client for one tenant. MSAL's cache never forgets, so a client lives for one exchange, or for one
// long-running job; what is worth keeping is kept in a bounded cache of our own. Instance discovery is off because the
// authority is configured, not discovered.
func (x *exchanger) newMSAL(tenant string) (confidential.Client, error) {
	credential, err := x.credential.load()
	if err != nil {
		return confidential.Client{}, err
	}
	if !isGUID(tenant) { // MSAL would take it as a path
		return confidential.Client{}, fmt.Errorf("tenant %s is not a GUID", quote(tenant))
	}
	client, err := confidential.New(x.http.authority+"/"+url.PathEscape(tenant), x.clientID, credential,
		confidential.WithHTTPClient(x.http), confidential.WithInstanceDiscovery(false),
		confidential.WithAzureRegion("DisableMsalForceRegion"))
	if err != nil {
		return confidential.Client{}, fmt.Errorf("making a client for tenant %s: %w", tenant, err)
	}
	return client, nil
}

// acquire makes one attempt. The error is an *ExchangeError.
func (x *exchanger) acquire(ctx context.Context, client *confidential.Client, q *query) (AccessToken, *ExchangeError) {
	note := &answer{}
	ctx = context.WithValue(ctx, answerKey{}, note)
	result, err := x.call(ctx, client, q)
	if err == nil { // MSAL reckons by time.Now, whatever our clock is
		return AccessToken{Value: Sensitive(result.AccessToken), Expiry: x.now().Add(time.Until(result.ExpiresOn))}, nil
	}
	return AccessToken{}, x.classify(q, note, err)
}

func (x *exchanger) call(ctx context.Context, client *confidential.Client, q *query) (confidential.AuthResult, error) {
	claims := string(q.claims)
	if claims == "" && q.rejected != "" && q.session != nil {
		claims = "{}" // a session's client has a cache, which only claims get past
	}
	if q.assertion == nil {
		if claims != "" {
			return client.AcquireTokenByCredential(ctx, q.resource.FullScopes(), confidential.WithClaims(claims))
		}
		return client.AcquireTokenByCredential(ctx, q.resource.FullScopes())
	}
	if claims != "" {
		return client.AcquireTokenOnBehalfOf(ctx, q.assertion.token, q.resource.FullScopes(), confidential.WithClaims(claims))
	}
	return client.AcquireTokenOnBehalfOf(ctx, q.assertion.token, q.resource.FullScopes())
}
