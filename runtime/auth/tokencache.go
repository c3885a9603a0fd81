package auth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// TokenCache is a place that the replicas of a workload share, in which they find the tokens that others have exchanged
// and the long-running sessions that others have begun. It sees neither: names are digests, and values are encrypted
// before they get there, see EncryptionKey. Package rediscache has one over Redis.
//
// Implementations must be safe for concurrent use and heed ctx. A call that fails costs a token's exchange, or a
// session's move to another replica, and nothing else: after one the cache is left alone for some seconds.
type TokenCache interface {
	// Get gives the value of a name, or nil and no error where there is none.
	Get(ctx context.Context, name string) ([]byte, error)
	// Set keeps a value, of some KB, until it is replaced, or for ttl, which is more than zero.
	Set(ctx context.Context, name string, value []byte, ttl time.Duration) error
	// Delete forgets a value; it is no error where there is none.
	Delete(ctx context.Context, name string) error
}

// EncryptionKey encrypts what goes into a TokenCache, by AES-256-GCM. Make one with NewEncryptionKey or
// ParseEncryptionKeys. Printing it tells nothing. The zero value is no key.
type EncryptionKey struct {
	key *sealingKey // behind a pointer, so that no printing of Settings can reach it
}

type sealingKey struct {
	id   [keyIDSize]byte
	aead cipher.AEAD
}

const (
	secretSize = 32 // of the secret that a key is made of
	keyIDSize  = 4
)

// NewEncryptionKey makes a key of a secret of 32 random bytes.
func NewEncryptionKey(secret []byte) (EncryptionKey, error) {
	if len(secret) != secretSize {
		return EncryptionKey{}, fmt.Errorf("auth: an encryption key has %d bytes, want %d random ones", len(secret),
			secretSize)
	}
	aesKey, err := hkdf.Key(sha256.New, secret, nil, "fabgen token cache: AES-256-GCM", 32)
	if err != nil {
		return EncryptionKey{}, fmt.Errorf("auth: deriving an encryption key: %w", err)
	}
	id, err := hkdf.Key(sha256.New, secret, nil, "fabgen token cache: key ID", keyIDSize)
	if err != nil {
		return EncryptionKey{}, fmt.Errorf("auth: deriving an encryption key's ID: %w", err)
	}
	block, err := aes.NewCipher(aesKey)
	if err != nil {
		return EncryptionKey{}, fmt.Errorf("auth: making a cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return EncryptionKey{}, fmt.Errorf("auth: making a cipher: %w", err)
	}
	return EncryptionKey{&sealingKey{id: [keyIDSize]byte(id), aead: aead}}, nil
}

// ParseEncryptionKeys reads keys from a setting: each 32 random bytes in base64, as "openssl rand -base64 32" makes
// them, with commas between them. The first encrypts. To rotate, put the new key last on every replica, then first,
// and take the old one away a day later. An error tells which key is wrong and never shows one.
func ParseEncryptionKeys(text string) ([]EncryptionKey, error) {
	var keys []EncryptionKey
	for i, word := range strings.Split(text, ",") {
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(word))
		if err != nil {
			return nil, fmt.Errorf("auth: encryption key %d is not base64; want 32 random bytes in base64", i+1)
		}
		key, err := NewEncryptionKey(secret)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// IsZero says whether there is no key.
func (k EncryptionKey) IsZero() bool { return k.key == nil }

// String returns "[redacted]".
func (EncryptionKey) String() string { return redacted }

// Format writes "[redacted]" for every verb.
func (EncryptionKey) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// keyRing encrypts with its first key and decrypts with any.
type keyRing []EncryptionKey

// sealedVersion is the first byte of what a ring seals: the version of the format, the key's ID, and then nonce,
// ciphertext and tag.
const sealedVersion = 1

var errNotOurs = errors.New("it was not encrypted by one of TokenCacheKeys, or not under this name")

// seal encrypts a value for one name only, so that whoever can write to the cache cannot pass off one as another.
func (r keyRing) seal(name string, value []byte) []byte {
	key := r[0].key
	head := append([]byte{sealedVersion}, key.id[:]...)
	return key.aead.Seal(head, nil, value, additionalData(head, name))
}

func (r keyRing) open(name string, sealed []byte) ([]byte, error) {
	const headSize = 1 + keyIDSize
	if len(sealed) < headSize || sealed[0] != sealedVersion {
		return nil, errNotOurs
	}
	head, body := sealed[:headSize:headSize], sealed[headSize:]
	for _, k := range r {
		if [keyIDSize]byte(head[1:]) != k.key.id {
			continue
		}
		if value, err := k.key.aead.Open(nil, nil, body, additionalData(head, name)); err == nil {
			return value, nil
		}
	}
	return nil, errNotOurs
}

func additionalData(head []byte, name string) []byte {
	return append(head[:len(head):len(head)], name...)
}
