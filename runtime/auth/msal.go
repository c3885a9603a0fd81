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
	redeem     Sensitive // the refresh token to use instead of the assertion, or ""
	refresh    Sensitive // the one that came with the answer
	sent       bool      // a request went out
	status     int
	retryAfter time.Duration
	oauth      oauthError
	err        error // of the network
}

type answerKey struct{}

var (
	errNotEntra      = errors.New("auth: MSAL asked for an address other than the token endpoint")
	errNotOnBehalfOf = errors.New("auth: MSAL's request is not the on-behalf-of request that was asked for")
)

// read notes what the body of an answer says.
func (n *answer) read(data []byte) {
	n.oauth = parseOAuthError(data)
	var granted struct {
		Refresh string `json:"refresh_token"`
	}
	if n.status == http.StatusOK && json.Unmarshal(data, &granted) == nil {
		n.refresh = Sensitive(granted.Refresh)
	}
}

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

// token makes the request that MSAL wants and notes the answer.
func (h *msalHTTP) token(req *http.Request) (*http.Response, error) {
	note, _ := req.Context().Value(answerKey{}).(*answer)
	if note == nil {
		note = &answer{}
	}
	if note.redeem != "" {
		if err := redeem(req, note.redeem); err != nil {
			return nil, err
		}
	}
	note.sent = true
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
	note.read(data)
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return resp, nil
}

// redeem makes MSAL's on-behalf-of request one with a refresh token (RFC 6749 section 6), under the same proof of what
// the application is. MSAL redeems none but those of its own cache, which for OBO it can neither write out nor read in.
func redeem(req *http.Request, refresh Sensitive) error {
	data, err := readBounded(req.Body, maxTokenAnswer)
	if err != nil {
		return fmt.Errorf("auth: reading MSAL's request: %w", err)
	}
	form, err := url.ParseQuery(string(data))
	if err != nil || form.Get("requested_token_use") != "on_behalf_of" {
		return errNotOnBehalfOf
	}
	form.Del("assertion")
	form.Del("requested_token_use")
	form.Set("grant_type", "refresh_token")
	form.Set("refresh_token", string(refresh))
	body := form.Encode()
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	req.GetBody = nil
	return nil
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

// newMSAL makes a client for one tenant. MSAL's cache never forgets, so a client lives for one exchange; what is worth
// keeping is kept in a bounded cache of our own. Instance discovery is off because the authority is configured, not
// discovered.
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
	if q.session != nil {
		note.redeem = q.session.token()
	}
	result, err := call(context.WithValue(ctx, answerKey{}, note), client, q, note.redeem != "")
	if err != nil {
		return AccessToken{}, x.classify(q, note, err)
	}
	if q.session != nil {
		q.session.rotate(note.refresh)
	}
	// MSAL reckons by time.Now, whatever our clock is.
	return AccessToken{Value: Sensitive(result.AccessToken), Expiry: x.now().Add(time.Until(result.ExpiresOn))}, nil
}

// resumed stands for the assertion, which MSAL insists on, where a session goes on without it.
const resumed = "refresh"

func call(ctx context.Context, client *confidential.Client, q *query, redeems bool) (confidential.AuthResult, error) {
	claims, scopes := string(q.claims), q.resource.FullScopes()
	if q.assertion == nil {
		if claims != "" {
			return client.AcquireTokenByCredential(ctx, scopes, confidential.WithClaims(claims))
		}
		return client.AcquireTokenByCredential(ctx, scopes)
	}
	assertion := q.assertion.token
	if redeems {
		assertion = resumed
	}
	if claims != "" {
		return client.AcquireTokenOnBehalfOf(ctx, assertion, scopes, confidential.WithClaims(claims))
	}
	return client.AcquireTokenOnBehalfOf(ctx, assertion, scopes)
}
