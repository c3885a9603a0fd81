package localentra

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

const (
	rootFile = "root.pem"    // the certificate and its key
	caFile   = "root-ca.pem" // the certificate alone, for EXTRA_CA_FILE and NODE_EXTRA_CA_CERTS

	rootLifetime = 2 * 365 * 24 * time.Hour
	rootRenewal  = 30 * 24 * time.Hour // how long before its end a root is replaced
)

// root gives the authority kept in the folder, and makes folder and authority where they are missing or about to
// expire. Others of this machine must not read its key: where they can, that is an error.
func root(dir string, now time.Time) (*tls.Certificate, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return nil, errors.Join(err, fmt.Errorf("others may write into the folder %s: take that right from them, or "+
			"name another folder", dir))
	}
	path := filepath.Join(dir, rootFile)
	kept, err := readRoot(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case now.Add(rootRenewal).Before(kept.Leaf.NotAfter):
		return kept, nil
	default:
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	data, err := newRoot(now)
	if err != nil {
		return nil, err
	}
	if err := createFile(path, data); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return readRoot(path) // another process may have been first
}

func readRoot(path string) (*tls.Certificate, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode(); !mode.IsRegular() || runtime.GOOS != "windows" && mode.Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s has the mode %v, so that others may read the key in it or have put it there; "+
			"delete the file, and a new root is made", path, mode)
	}
	pair, err := tls.LoadX509KeyPair(path, path)
	if err != nil {
		return nil, fmt.Errorf("%s is no certificate with its key (%w); delete the file, and a new root is made",
			path, err)
	}
	return &pair, nil
}

// writeCA writes the certificate for those who are to trust it, unless it is there: programs may be reading it.
func writeCA(path string, data []byte) error {
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, data) {
		return nil
	}
	return os.WriteFile(path, data, 0o644)
}

// createFile writes a file that nobody else may read. It is there complete or not at all; that it is there already is
// an error that wraps fs.ErrExist.
func createFile(path string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".root-*") // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(data)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Link(file.Name(), path)
}

// newRoot makes an authority that vouches for this machine alone (RFC 5280 section 4.2.1.10), so that it could do no
// harm even to somebody who installed it.
func newRoot(now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: Mark + "root for this machine only"},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.Add(rootLifetime),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, MaxPathLenZero: true,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         []string{"localhost"},
		PermittedIPRanges: []*net.IPNet{
			{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
			{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
		},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return append(out, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...), nil
}
