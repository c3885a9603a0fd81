package localentra

import (
	"encoding/json"
	"net/http"
)

// base is the address that a request came to.
func (s *Server) base(r *http.Request) string {
	if r.TLS != nil {
		return s.URL
	}
	return s.PagesURL
}

// discoveryV1 is the document that points to the keys of v1.0 tokens (OpenID Connect Discovery 1.0 section 3). Its
// issuer is that of the TLS listener on both, since back-ends are told of that one alone.
func (s *Server) discoveryV1(w http.ResponseWriter, r *http.Request, path string) {
	id, ok := s.documentTenant(w, r, path)
	if !ok {
		return
	}
	document := s.document(r, path)
	document["issuer"] = s.V1Issuer() + "/" + id + "/"
	document["jwks_uri"] = s.base(r) + "/common/discovery/keys"
	writeJSON(w, http.StatusOK, document)
}

func (s *Server) discoveryV2(w http.ResponseWriter, r *http.Request, path string) {
	id, ok := s.documentTenant(w, r, path)
	if !ok {
		return
	}
	document := s.document(r, path)
	document["issuer"] = s.base(r) + "/" + id + "/v2.0"
	document["jwks_uri"] = s.base(r) + "/" + path + "/discovery/v2.0/keys"
	writeJSON(w, http.StatusOK, document)
}

// documentTenant is the tenant in an issuer: its ID, or the template that Entra has for any.
func (s *Server) documentTenant(w http.ResponseWriter, r *http.Request, path string) (string, bool) {
	t, refusal := s.directory.authority(path)
	if refusal != nil {
		eventOf(r).refuse(refusal)
		s.stamp(refusal, r).Write(w)
		return "", false
	}
	if t == nil {
		return "{tenantid}", true
	}
	return t.ID, true
}

var (
	grantTypes    = []string{"authorization_code", "refresh_token", "client_credentials", jwtBearer}
	clientAuth    = []string{"client_secret_post", "client_secret_basic", "private_key_jwt", "none"}
	idTokenClaims = []string{"aud", "exp", "iat", "iss", "name", "nbf", "nonce", "oid", "preferred_username", "sub", "tid",
		"uti", "ver"}
)

// document is what both versions have. What a person opens is at the pages' address.
func (s *Server) document(r *http.Request, path string) map[string]any {
	return map[string]any{
		"authorization_endpoint":                s.PagesURL + "/" + path + "/oauth2/v2.0/authorize",
		"end_session_endpoint":                  s.PagesURL + "/" + path + "/oauth2/v2.0/logout",
		"token_endpoint":                        s.base(r) + "/" + path + "/oauth2/v2.0/token",
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query", "fragment"},
		"grant_types_supported":                 grantTypes,
		"code_challenge_methods_supported":      []string{"S256"},
		"token_endpoint_auth_methods_supported": clientAuth,
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      oidcScopes,
		"claims_supported":                      idTokenClaims,
		"claims_parameter_supported":            true,
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that is gone has nobody to tell
}
