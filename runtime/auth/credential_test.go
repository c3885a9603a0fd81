package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// certificate makes a self-signed certificate: its DER, and it and its key as PEM.
func certificate(t testing.TB) (der []byte, both string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "workload"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	if der, err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key); err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) +
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

func TestSecretFileIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	w := newWorld(t, func(s *auth.Settings) { s.Credential = auth.SecretFile(path) })
	_, err := w.auth.Token(w.as(t), storage)
	if wantKind(t, err, auth.Misconfigured); !strings.Contains(err.Error(), path) {
		t.Errorf("err = %v, want one that names the file", err)
	}
	write(t, path, "wrong")
	_, err = w.auth.Token(w.as(t), storage)
	if failure := wantKind(t, err, auth.Misconfigured); failure.Code != "AADSTS7000215" {
		t.Errorf("code = %s", failure.Code)
	}
	write(t, path, " "+w.entra.Options.ClientSecret+"\r\n")
	w.verified(t, w.as(t), storage)
}

func TestCertificateFile(t *testing.T) {
	der, both := certificate(t)
	path := filepath.Join(t.TempDir(), "cert.pem")
	write(t, path, both)
	credential, err := auth.CertificateFile(path)
	if err != nil {
		t.Fatal(err)
	}
	entra := entratest.New(t, func(o *entratest.Options) { o.Certificate = der })
	w := &world{entra: entra, log: &logBuffer{}}
	w.auth = w.another(t, func(s *auth.Settings) { s.Credential = credential })
	w.verified(t, w.as(t), storage)
	w.verified(t, t.Context(), app)

	_, other := certificate(t)
	write(t, path, other)
	_, err = w.auth.Token(w.as(t), storage)
	if failure := wantKind(t, err, auth.Misconfigured); failure.Code != "AADSTS700027" {
		t.Errorf("code = %s", failure.Code)
	}
	write(t, path, "renewed badly")
	_, err = w.auth.Token(w.as(t), storage)
	wantKind(t, err, auth.Misconfigured)
	write(t, path, both)
	w.verified(t, w.as(t), storage)
}

func TestCertificateFileChecksAtOnce(t *testing.T) {
	_, both := certificate(t)
	_, other := certificate(t)
	i := strings.Index(both, "-----BEGIN PRIVATE KEY")
	j := strings.Index(other, "-----BEGIN PRIVATE KEY")
	for name, text := range map[string]string{
		"empty": "", "not PEM": "x", "no key": both[:i], "no certificate": both[i:], "another's key": both[:i] + other[j:],
		"too long": both + strings.Repeat(" ", 1<<20),
	} {
		path := filepath.Join(t.TempDir(), "cert.pem")
		write(t, path, text)
		if _, err := auth.CertificateFile(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: err = %v, want one that names the file", name, err)
		}
	}
	if _, err := auth.CertificateFile(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there was taken")
	}
}

func TestFederatedTokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	w := newWorld(t, func(s *auth.Settings) { s.Credential = auth.FederatedTokenFile(path) })
	_, err := w.auth.Token(w.as(t), storage)
	wantKind(t, err, auth.Misconfigured)
	write(t, path, w.entra.FederatedToken(entratest.Claim("sub", "another")))
	_, err = w.auth.Token(w.as(t), storage)
	wantKind(t, err, auth.Misconfigured)
	write(t, path, w.entra.FederatedToken())
	w.verified(t, w.as(t), storage)
	w.verified(t, t.Context(), app)
}

func TestNoCredential(t *testing.T) {
	w := newWorld(t, func(s *auth.Settings) { s.Credential = auth.Secret("") })
	_, err := w.auth.Token(w.as(t), storage)
	wantKind(t, err, auth.Misconfigured)
	if !auth.Secret("").IsZero() || auth.Secret("x").IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestCredentialsArePrintedWithoutTheirSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	for _, c := range []auth.Credential{auth.Secret("hunter2"), auth.SecretFile(path), auth.FederatedTokenFile(path),
		{}} {
		text := fmt.Sprintf("%v %+v %#v %s %q %x %d", c, c, c, c, c, c, c) + c.LogValue().String() + c.GoString()
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") {
			t.Errorf("%s", text)
		}
	}
}
