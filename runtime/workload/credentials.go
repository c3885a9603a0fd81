package workload

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/fabgen/fabgen/runtime/auth"
)

// credentials are the ways in which the workload can prove itself to Entra, of which one is right.
type credentials struct {
	found  []string
	use    func() (auth.Credential, error)
	secret func() ([]byte, error) // what all replicas know and others do not; nil where there is no such thing
}

func (c *credentials) table() []Setting {
	return []Setting{
		c.setting("FABRIC_CLIENT_SECRET", "the application's secret; better in a file", true,
			func(value string) (auth.Credential, error) {
				c.secret = func() ([]byte, error) { return []byte(value), nil }
				return auth.Secret(value), nil
			}),
		c.setting("FABRIC_CLIENT_SECRET_FILE", "file with the application's secret", false,
			func(value string) (auth.Credential, error) {
				c.secret = func() ([]byte, error) { return readSmallFile(value, maxKeysFile) }
				return auth.SecretFile(value), nil
			}),
		c.setting("FABRIC_CLIENT_CERTIFICATE_FILE", "PEM file with the application's certificate and key", false,
			auth.CertificateFile),
		c.setting("FABRIC_FEDERATED_TOKEN_FILE", "file with a federated token, such as a workload identity's", false,
			func(value string) (auth.Credential, error) { return auth.FederatedTokenFile(value), nil }),
	}
}

func (c *credentials) setting(name, help string, secret bool, use func(string) (auth.Credential, error)) Setting {
	return Setting{Name: name, Help: help, Secret: secret, Set: func(value string) error {
		if value != "" {
			c.found = append(c.found, name)
			c.use = func() (auth.Credential, error) { return use(value) }
		}
		return nil
	}}
}

// one gives the credential, where exactly one is set.
func (c *credentials) one() (auth.Credential, error) {
	switch len(c.found) {
	case 0:
		return auth.Credential{}, errors.New("there is no credential to prove the workload to Entra with; set one of " +
			"FABRIC_CLIENT_SECRET (or FABRIC_CLIENT_SECRET_FILE), FABRIC_CLIENT_CERTIFICATE_FILE and " +
			"FABRIC_FEDERATED_TOKEN_FILE")
	case 1:
		credential, err := c.use()
		if err != nil {
			return auth.Credential{}, fmt.Errorf("%s: %w", c.found[0], err)
		}
		return credential, nil
	}
	return auth.Credential{}, fmt.Errorf("found the credentials %s; one is right", strings.Join(c.found, " and "))
}

func (c *credentials) sharedSecret() ([]byte, error) {
	if c.secret == nil {
		return nil, errors.New("the credential is no secret that a key could be made of")
	}
	secret, err := c.secret()
	if err == nil && len(bytes.TrimSpace(secret)) == 0 {
		err = errors.New("the client secret is empty")
	}
	return bytes.TrimSpace(secret), err
}
