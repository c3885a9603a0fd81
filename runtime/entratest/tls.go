package entratest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"time"
)

// silent keeps the noise of clients that hang up in the middle of a handshake out of test output.
var silent = log.New(io.Discard, "", 0)

// certificateAuthority signs the certificates of local servers.
type certificateAuthority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// authorityOf takes the authority that the Options give, or makes one whose key never leaves memory.
func authorityOf(o Options) (*certificateAuthority, error) {
	if o.Authority == nil {
		return newCertificateAuthority()
	}
	key, ok := o.Authority.PrivateKey.(crypto.Signer)
	if !ok || len(o.Authority.Certificate) == 0 {
		return nil, errors.New("Options.Authority has no certificate, or no key that signs")
	}
	certificate, err := x509.ParseCertificate(o.Authority.Certificate[0])
	return &certificateAuthority{certificate: certificate, key: key}, err
}

func newCertificateAuthority() (*certificateAuthority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := certificateTemplate("entratest authority")
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return &certificateAuthority{certificate: certificate, key: key}, err
}

func certificateTemplate(name string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62)) // never fails: see crypto/rand.Read
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(365 * 24 * time.Hour),
	}
}

// serverConfig makes a certificate for the hosts.
func (a *certificateAuthority) serverConfig(hosts []string) (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := certificateTemplate(hosts[0])
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
			continue
		}
		template.DNSNames = append(template.DNSNames, host)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		MinVersion:   tls.VersionTLS12,
	}, nil
}

func (a *certificateAuthority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

func (a *certificateAuthority) client() *http.Client {
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	transport.Proxy = nil
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// Certify makes the TLS configuration of another local server, such as a resource, whose certificate Client and
// whoever trusts CAPEM trust too. Without hosts it is for localhost and 127.0.0.1.
func (s *Server) Certify(hosts ...string) (*tls.Config, error) {
	if len(hosts) == 0 {
		hosts = []string{"localhost", "127.0.0.1", "::1"}
	}
	return s.authority.serverConfig(hosts)
}
