package tokencheck

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"strings"

	"github.com/fabgen/fabgen/runtime/auth"
)

// bench is a back-end's door whose Entra is in memory: it publishes the keys that were given, and one of its own.
type bench struct {
	door *auth.Authenticator
	key  *rsa.PrivateKey
	kid  string
}

func newBench(w Workload) (*bench, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("making a key to sign with: %w", err)
	}
	b := &bench{key: key, kid: "fabgen-" + rand.Text()}
	keys, err := b.keySet(w.Keys)
	if err != nil {
		return nil, err
	}
	settings := w.Settings
	settings.Credential = auth.Credential{}
	settings.Logger = slog.New(slog.DiscardHandler)
	settings.HTTPClient = &http.Client{Transport: memory(keys)}
	b.door, err = auth.New(settings)
	return b, err
}

// keySet is the given JWK set and the bench's own key.
func (b *bench) keySet(given []byte) ([]byte, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if given != nil {
		if err := json.Unmarshal(given, &set); err != nil || len(set.Keys) == 0 {
			return nil, fmt.Errorf("the keys are no JWK set: want {\"keys\": [...]}, as Entra's jwks_uri gives it")
		}
	}
	encode := base64.RawURLEncoding.EncodeToString
	own, err := json.Marshal(map[string]string{"kty": "RSA", "use": "sig", "kid": b.kid,
		"n": encode(b.key.N.Bytes()), "e": encode(big.NewInt(int64(b.key.E)).Bytes())})
	if err != nil {
		return nil, err
	}
	set.Keys = append(set.Keys, own)
	return json.Marshal(set)
}

// sign signs a token's parts with the bench's key.
func (b *bench) sign(t *token) (string, error) {
	header := map[string]json.RawMessage{}
	for name, value := range t.header {
		header[name] = value
	}
	header["kid"] = quoted(b.kid)
	head, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	payload := t.payload
	if t.changed {
		if payload, err = json.Marshal(t.claims); err != nil {
			return "", err
		}
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode(head) + "." + encode(payload)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, b.key, crypto.SHA256, sum[:])
	return signed + "." + encode(signature), err
}

// memory answers what the door asks of Entra; nothing goes to the network.
type memory []byte

// RoundTrip gives the discovery document and the keys.
func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte(m)
	if strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration") {
		origin := r.URL.Scheme + "://" + r.URL.Host
		body = []byte(`{"jwks_uri": ` + string(quoted(origin+"/common/discovery/keys")) + `}`)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(bytes.NewReader(body))}, nil
}

func quoted(s string) json.RawMessage {
	data, _ := json.Marshal(s) // a string always encodes
	return data
}
