package auth

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
)

// signingKey is one of Entra's public keys. It is never changed, and the same key keeps the same pointer from one
// fetch to the next, so that pointers can be compared.
type signingKey struct {
	id string
	// issuer, where the document gives one, is the only one that the key is for; "{tenantid}" stands for any tenant.
	issuer string
	public *rsa.PublicKey
}

func (k *signingKey) equal(other *signingKey) bool {
	return other != nil && k.id == other.id && k.issuer == other.issuer && k.public.Equal(other.public)
}

// jwk is a key as RFC 7517 writes it, with Entra's issuer beside.
type jwk struct {
	Type       string   `json:"kty"`
	Use        string   `json:"use"`
	Operations []string `json:"key_ops"`
	Algorithm  string   `json:"alg"`
	ID         string   `json:"kid"`
	Modulus    string   `json:"n"`
	Exponent   string   `json:"e"`
	Issuer     string   `json:"issuer"`
}

// Bounds on keys. Below 2048 bits RS256 is not allowed (RFC 7518 section 3.3); above 8192 verifying gets too slow to be
// left to strangers.
const (
	minKeyBits  = 2048
	maxKeyBits  = 8192
	minExponent = 1<<16 + 1
	maxKeys     = 256
)

// parseKeys reads a JWK set. Keys that cannot be used are left out, each with a reason for the log; a set without any
// usable key is an error.
func parseKeys(data []byte) (keys map[string]*signingKey, refused []error, err error) {
	var set struct {
		Keys []jwk `json:"keys"`
	}
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, nil, fmt.Errorf("the key set is not JSON: %w", err)
	}
	if len(set.Keys) > maxKeys {
		return nil, nil, fmt.Errorf("the key set has %d keys, want at most %d", len(set.Keys), maxKeys)
	}
	keys = map[string]*signingKey{}
	twice := map[string]bool{}
	for _, k := range set.Keys {
		key, err := k.signingKey()
		switch {
		case err != nil:
			refused = append(refused, fmt.Errorf("key %s: %w", quote(k.ID), err))
		case keys[key.id] != nil && !keys[key.id].equal(key):
			twice[key.id] = true
		default:
			keys[key.id] = key
		}
	}
	for id := range twice { // which of them is meant cannot be known
		delete(keys, id)
		refused = append(refused, fmt.Errorf("key %s: two different keys have this ID", quote(id)))
	}
	if len(keys) == 0 {
		return nil, refused, fmt.Errorf("the key set has %d keys and none that can be used", len(set.Keys))
	}
	return keys, refused, nil
}

func (k jwk) signingKey() (*signingKey, error) {
	switch {
	case k.Type != "RSA":
		return nil, fmt.Errorf("kty is %s, want RSA", quote(k.Type))
	case k.Use != "" && k.Use != "sig":
		return nil, fmt.Errorf("use is %s, want sig", quote(k.Use))
	case len(k.Operations) > 0 && !slices.Contains(k.Operations, "verify"):
		return nil, fmt.Errorf("key_ops lacks verify")
	case k.Algorithm != "" && k.Algorithm != "RS256":
		return nil, fmt.Errorf("alg is %s, want RS256", quote(k.Algorithm))
	case k.ID == "" || len(k.ID) > maxKeyID || !isKeyID([]byte(k.ID)):
		return nil, fmt.Errorf("kid is not a key ID")
	}
	public, err := k.publicKey()
	if err != nil {
		return nil, err
	}
	return &signingKey{id: k.ID, issuer: k.Issuer, public: public}, nil
}

func (k jwk) publicKey() (*rsa.PublicKey, error) {
	n, err := base64.RawURLEncoding.DecodeString(k.Modulus)
	if err != nil {
		return nil, fmt.Errorf("n is not base64url")
	}
	e, err := base64.RawURLEncoding.DecodeString(k.Exponent)
	if err != nil || len(e) > 4 {
		return nil, fmt.Errorf("e is not base64url of at most four bytes")
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(n)}
	for _, b := range e {
		public.E = public.E<<8 | int(b)
	}
	switch bits := public.N.BitLen(); {
	case bits < minKeyBits || bits > maxKeyBits:
		return nil, fmt.Errorf("it has %d bits, want %d to %d", bits, minKeyBits, maxKeyBits)
	case public.N.Bit(0) == 0:
		return nil, fmt.Errorf("its modulus is even")
	case public.E < minExponent || public.E > 1<<31-1 || public.E%2 == 0:
		return nil, fmt.Errorf("its exponent is %d, want an odd one from %d on", public.E, minExponent)
	}
	return public, nil
}
