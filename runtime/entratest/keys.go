package entratest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
)

// signingKey is one of the server's RSA keys.
type signingKey struct {
	id      string
	private *rsa.PrivateKey
}

const signingKeyBits = 2048

func newSigningKey(prefix string) (*signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, signingKeyBits)
	if err != nil {
		return nil, err
	}
	var thumbprint [20]byte         // as Entra's key IDs are: of a certificate, whose x5t they double as
	_, _ = rand.Read(thumbprint[:]) // never fails: crypto/rand ends the program first
	return &signingKey{id: prefix + encode(thumbprint[:]), private: private}, nil
}

// RotateKeys makes a new signing key. The earlier ones stay published, as Entra's do, until RetireKeys.
func (s *Server) RotateKeys() error {
	key, err := newSigningKey(s.Options.KeyIDPrefix)
	if err != nil {
		return fmt.Errorf("entratest: making a signing key: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, key)
	return nil
}

// RetireKeys takes all keys but the current one out of the key set.
func (s *Server) RetireKeys() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = s.keys[len(s.keys)-1:]
}

// KeyIDs are the IDs of the published keys; the last is that of the current one.
func (s *Server) KeyIDs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, len(s.keys))
	for i, key := range s.keys {
		ids[i] = key.id
	}
	return ids
}

func (s *Server) currentKey() *signingKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[len(s.keys)-1]
}

func (s *Server) keyByID(id string) *signingKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range s.keys {
		if key.id == id {
			return key
		}
	}
	return nil
}

// keySet is the JWK set (RFC 7517 section 5) as Entra writes it.
func (s *Server) keySet(w http.ResponseWriter, _ *http.Request, _ string) {
	s.mu.Lock()
	keys := make([]map[string]any, 0, len(s.keys))
	for _, key := range s.keys {
		jwk := map[string]any{
			"kty": "RSA", "use": "sig", "kid": key.id, "x5t": key.id,
			"n": encode(key.private.N.Bytes()), "e": encode(big.NewInt(int64(key.private.E)).Bytes()),
		}
		if s.Options.KeyIssuer != "" {
			jwk["issuer"] = s.Options.KeyIssuer
		}
		keys = append(keys, jwk)
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"keys": keys})
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// discoveryV1 is the document that points to /common/discovery/keys (OpenID Connect Discovery 1.0 section 3).
func (s *Server) discoveryV1(w http.ResponseWriter, _ *http.Request, tenant string) {
	issuer := s.V1Issuer() + "/{tenantid}/"
	if tenant != "common" {
		issuer = s.V1Issuer() + "/" + tenant + "/"
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                issuer,
		"jwks_uri":                              s.URL + "/common/discovery/keys",
		"authorization_endpoint":                s.URL + "/" + tenant + "/oauth2/authorize",
		"token_endpoint":                        s.URL + "/" + tenant + "/oauth2/token",
		"response_types_supported":              []string{"code", "id_token"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (s *Server) discoveryV2(w http.ResponseWriter, _ *http.Request, tenant string) {
	issuer := tenant
	if tenant == "common" {
		issuer = "{tenantid}"
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                s.URL + "/" + issuer + "/v2.0",
		"jwks_uri":                              s.URL + "/common/discovery/v2.0/keys",
		"authorization_endpoint":                s.URL + "/" + tenant + "/oauth2/v2.0/authorize",
		"token_endpoint":                        s.URL + "/" + tenant + "/oauth2/v2.0/token",
		"response_types_supported":              []string{"code", "id_token"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that is gone has nobody to tell
}
