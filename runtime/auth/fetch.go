package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxDocument bounds what is read of any of Entra's documents. Its key set is some 20 KB.
const maxDocument = 1 << 20

// entraClient is the HTTP client for Entra alone: it follows no redirect, so that nothing but the configured authority
// is ever asked for keys or given a credential.
func entraClient(client *http.Client) *http.Client {
	c := *client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.Jar = nil
	if c.Timeout == 0 {
		c.Timeout = entraTimeout
	}
	return &c
}

// keyFetcher gets the key set by the authority's discovery document (OpenID Connect Discovery 1.0 section 4).
type keyFetcher struct {
	client    *http.Client
	authority string
	refused   func([]error) // told about the keys that cannot be used
}

func (f *keyFetcher) fetch(ctx context.Context) (map[string]*signingKey, error) {
	discovery := f.authority + "/common/.well-known/openid-configuration"
	data, err := getDocument(ctx, f.client, discovery)
	if err != nil {
		return nil, err
	}
	var document struct {
		KeysURL string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("%s is not JSON: %w", discovery, err)
	}
	if !sameOrigin(document.KeysURL, f.authority) {
		return nil, fmt.Errorf("%s: jwks_uri is %s, want an address under %s", discovery, quote(document.KeysURL),
			f.authority)
	}
	if data, err = getDocument(ctx, f.client, document.KeysURL); err != nil {
		return nil, err
	}
	keys, refused, err := parseKeys(data)
	if len(refused) > 0 {
		f.refused(refused)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", document.KeysURL, err)
	}
	return keys, nil
}

// sameOrigin says whether two URLs have the same scheme, host and port.
func sameOrigin(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	return errA == nil && errB == nil && ua.User == nil && ub.User == nil && ua.Host != "" && origin(ua) == origin(ub)
}

// origin is scheme, host and port of a URL in one form (RFC 6454 section 4).
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[strings.ToLower(u.Scheme)]
	}
	return strings.ToLower(u.Scheme + "://" + u.Hostname() + ":" + port)
}

var errTooLong = errors.New("the document is too long")

// getDocument reads one document of Entra, bounded in length.
func getDocument(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: status %d, want 200", address, resp.StatusCode)
	}
	data, err := readBounded(resp.Body, maxDocument)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", address, err)
	}
	return data, nil
}

// readBounded reads all of r, or fails where that is more than the bound.
func readBounded(r io.Reader, bound int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, bound+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > bound {
		return nil, errTooLong
	}
	return data, nil
}
