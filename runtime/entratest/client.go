package entratest

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	assertionType     = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	federatedAudience = "api://AzureADTokenExchange"
)

// CheckClient checks that a request for a token, at the tenant's endpoint, is the workload's application's: by its
// secret, by an assertion signed with its certificate, or by a federated token (RFC 7521 section 4.2).
func (s *Server) CheckClient(form url.Values, tenant string) *Refusal {
	if form.Get("client_id") != s.Options.ClientID {
		return Refuse(http.StatusBadRequest, "unauthorized_client", 700016, "The application was not found.")
	}
	secret, assertion := form.Get("client_secret"), form.Get("client_assertion")
	switch {
	case secret != "":
		return s.checkSecret(secret)
	case assertion != "" && form.Get("client_assertion_type") == assertionType:
		if s.checkCertificate(assertion, tenant) || s.checkFederated(assertion) {
			return nil
		}
		return Refuse(http.StatusUnauthorized, "invalid_client", 700027, "The client assertion failed validation.")
	}
	return Refuse(http.StatusUnauthorized, "invalid_client", 7000218,
		"The request must contain client_assertion or client_secret.")
}

func (s *Server) checkSecret(secret string) *Refusal {
	s.mu.Lock()
	expired := s.script.secretExpired
	s.mu.Unlock()
	switch {
	case subtle.ConstantTimeCompare([]byte(secret), []byte(s.Options.ClientSecret)) == 0:
		return Refuse(http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided.")
	case expired:
		return Refuse(http.StatusUnauthorized, "invalid_client", 7000222, "The client secret keys are expired.")
	}
	return nil
}

// checkCertificate checks an assertion that the application made and signed itself (RFC 7523 section 3).
func (s *Server) checkCertificate(assertion, tenant string) bool {
	certificate, err := x509.ParseCertificate(s.Options.Certificate)
	if err != nil {
		return false
	}
	thumbprint := sha256.Sum256(certificate.Raw)
	claims := jwt.RegisteredClaims{}
	_, err = jwt.ParseWithClaims(assertion, &claims, func(t *jwt.Token) (any, error) {
		if t.Header["x5t#S256"] != base64.StdEncoding.EncodeToString(thumbprint[:]) &&
			t.Header["x5t#S256"] != encode(thumbprint[:]) {
			return nil, jwt.ErrTokenUnverifiable
		}
		return certificate.PublicKey, nil
	}, jwt.WithValidMethods([]string{"PS256", "RS256"}), jwt.WithIssuer(s.Options.ClientID),
		jwt.WithSubject(s.Options.ClientID), jwt.WithAudience(s.URL+"/"+tenant+"/oauth2/v2.0/token"),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(time.Now))
	return err == nil
}

// FederatedToken makes a token of the workload's platform, as Kubernetes projects one into a file, which the
// application may prove itself with.
func (s *Server) FederatedToken(options ...TokenOption) string {
	d := s.draft("", federatedAudience)
	d.claims = map[string]any{
		"iss": s.URL + "/platform", "sub": s.Options.FederatedSubject, "aud": federatedAudience,
		"exp": d.claims["exp"], "iat": d.claims["iat"],
	}
	return d.finish(options)
}

func (s *Server) checkFederated(assertion string) bool {
	claims := jwt.RegisteredClaims{}
	_, err := jwt.ParseWithClaims(assertion, &claims, s.publicKey, jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithIssuer(s.URL+"/platform"), jwt.WithSubject(s.Options.FederatedSubject),
		jwt.WithAudience(federatedAudience), jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.Options.Now))
	return err == nil
}

func (s *Server) publicKey(t *jwt.Token) (any, error) {
	id, _ := t.Header["kid"].(string)
	if key := s.keyByID(id); key != nil {
		return key.private.Public(), nil
	}
	return nil, jwt.ErrTokenUnverifiable
}
