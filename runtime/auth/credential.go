package auth

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

// Credential is how the workload's application proves to Entra what it is. Make one with Secret, SecretFile,
// CertificateFile or FederatedTokenFile. Files are looked at again for every exchange, so that a renewed one is used
// without a restart. Printing a Credential tells its kind only. The zero value is no credential.
type Credential struct {
	source *credentialSource // behind a pointer, so that no printing of Settings can reach a secret
}

type credentialSource struct {
	kind string
	load func() (confidential.Credential, error)
}

// maxCredentialFile bounds what is read of a secret, certificate or token file.
const maxCredentialFile = 64 << 10

// Secret is a client secret that is at hand, for example from the environment. An empty one is no credential.
func Secret(secret string) Credential {
	if secret == "" {
		return Credential{}
	}
	return Credential{&credentialSource{kind: "secret", load: func() (confidential.Credential, error) {
		return confidential.NewCredFromSecret(secret)
	}}}
}

// SecretFile is a client secret in a mounted file. White space around it is not part of it. It is an exchange that
// fails where the file cannot be read.
func SecretFile(path string) Credential {
	return Credential{&credentialSource{kind: "secret file", load: func() (confidential.Credential, error) {
		secret, err := readCredential(path)
		if err != nil {
			return confidential.Credential{}, err
		}
		return confidential.NewCredFromSecret(string(secret))
	}}}
}

// CertificateFile is a PEM file with a certificate, its RSA key (unencrypted PKCS #8 or PKCS #1) and, if there are any,
// the certificates above it. A file that cannot be used is an error now; one that goes bad later is an exchange that
// fails.
func CertificateFile(path string) (Credential, error) {
	file := &certificateFile{path: path}
	if _, err := file.load(); err != nil {
		return Credential{}, err
	}
	return Credential{&credentialSource{kind: "certificate file", load: file.load}}, nil
}

// FederatedTokenFile is a file with a token of another issuer that Entra was told to trust (workload identity
// federation), such as Kubernetes projects for a service account. It is read anew each time, since such tokens are
// short lived.
func FederatedTokenFile(path string) Credential {
	read := func(context.Context, confidential.AssertionRequestOptions) (string, error) {
		token, err := readCredential(path)
		return string(token), err
	}
	return Credential{&credentialSource{kind: "federated token file", load: func() (confidential.Credential, error) {
		if _, err := readCredential(path); err != nil {
			return confidential.Credential{}, err
		}
		return confidential.NewCredFromAssertionCallback(read), nil
	}}}
}

// IsZero says whether there is no credential.
func (c Credential) IsZero() bool { return c.source == nil }

// String tells the kind of credential, such as "secret file".
func (c Credential) String() string {
	if c.source == nil {
		return "none"
	}
	return c.source.kind
}

// GoString is String.
func (c Credential) GoString() string { return c.String() }

// Format writes String for every verb.
func (c Credential) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.String()) }

// LogValue is String.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

var errNoCredential = errors.New("no credential is set; " +
	"give the workload a secret, a secret file, a certificate or a federated token file")

func (c Credential) load() (confidential.Credential, error) {
	if c.source == nil {
		return confidential.Credential{}, errNoCredential
	}
	return c.source.load()
}

// readCredential reads a file and trims it. Its error names the file and never its content.
func readCredential(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("credential file: %w", err)
	}
	defer f.Close()
	data, err := readBounded(f, maxCredentialFile)
	if err != nil {
		return nil, fmt.Errorf("credential file %s: %w", path, err)
	}
	if data = bytes.TrimSpace(data); len(data) == 0 {
		return nil, fmt.Errorf("credential file %s is empty", path)
	}
	return data, nil
}

// certificateFile parses its file when that has changed: checking an RSA key takes long enough to be worth it.
type certificateFile struct {
	path string

	mu     sync.Mutex
	digest digest
	parsed confidential.Credential
}

func (c *certificateFile) load() (confidential.Credential, error) {
	data, err := readCredential(c.path)
	if err != nil {
		return confidential.Credential{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := sha256.Sum256(data)
	if sum == c.digest {
		return c.parsed, nil
	}
	certificates, key, err := confidential.CertFromPEM(data, "")
	if err != nil {
		return confidential.Credential{}, fmt.Errorf("certificate file %s: want PEM with a certificate and its "+
			"unencrypted RSA key: %w", c.path, err)
	}
	parsed, err := confidential.NewCredFromCert(certificates, key)
	if err != nil {
		return confidential.Credential{}, fmt.Errorf("certificate file %s: %w", c.path, err)
	}
	c.digest, c.parsed = sum, parsed
	return parsed, nil
}
