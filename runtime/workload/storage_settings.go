package workload

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/fabgen/fabgen/runtime/auth"
)

// setDatabase takes an address by its scheme alone: what follows can hold a password, and belongs to the database.
func (s *Settings) setDatabase(value string) error {
	for _, scheme := range []string{"postgres://", "postgresql://", "sqlite:", MemoryDatabase} {
		if strings.HasPrefix(value, scheme) {
			s.DatabaseURL = auth.Sensitive(value)
			return nil
		}
	}
	return errors.New("its scheme is neither sqlite: nor postgres://")
}

func (s *Settings) setTokenCache(value string) error {
	if value != "" && !strings.HasPrefix(value, "redis://") && !strings.HasPrefix(value, "rediss://") {
		return errors.New("its scheme is neither redis:// nor rediss://")
	}
	s.TokenCacheURL = auth.Sensitive(value)
	return nil
}

func (s *Settings) setTokenCacheKeys(value string) (err error) {
	if value != "" {
		s.TokenCacheKeys, err = auth.ParseEncryptionKeys(value)
	}
	return err
}

// maxKeysFile bounds a file of keys, each of which takes 45 bytes.
const maxKeysFile = 4 << 10

func (s *Settings) setTokenCacheKeysFile(path string) error {
	if path == "" {
		return nil
	}
	if len(s.TokenCacheKeys) > 0 {
		return errors.New("TOKEN_CACHE_KEYS is set too; one is right")
	}
	data, err := readSmallFile(path, maxKeysFile)
	if err != nil {
		return err
	}
	return s.setTokenCacheKeys(string(bytes.TrimSpace(data)))
}

func readSmallFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s has more than %d bytes", path, most)
	}
	return data, err
}

// checkTokenCache gives a shared cache a key, where none is set: one that follows from the client secret, which all
// replicas have.
func (s *Settings) checkTokenCache() error {
	if s.TokenCacheURL == "" {
		s.TokenCacheKeys = nil
		return nil
	}
	if len(s.TokenCacheKeys) > 0 {
		return nil
	}
	secret, err := s.credentials.sharedSecret()
	if err != nil {
		return fmt.Errorf("TOKEN_CACHE_URL is set without TOKEN_CACHE_KEYS: %w; "+
			"set it to what \"openssl rand -base64 32\" gives", err)
	}
	derived, err := hkdf.Key(sha256.New, secret, nil, "fabgen token cache: of the client secret", sha256.Size)
	if err != nil {
		return fmt.Errorf("deriving a key of the client secret: %w", err)
	}
	key, err := auth.NewEncryptionKey(derived)
	s.TokenCacheKeys = []auth.EncryptionKey{key}
	return err
}
