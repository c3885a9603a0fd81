package entratest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// grant is what a refresh token stands for.
type grant struct {
	tenant, user string
	satisfied    bool
}

// maxForm bounds a request for a token.
const maxForm = 256 << 10

// token is the token endpoint (RFC 6749 section 3.2): client credentials, on behalf of, and refresh.
func (s *Server) token(w http.ResponseWriter, r *http.Request, tenant string) {
	answer, refusal := s.grantToken(w, r, tenant)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

func (s *Server) grantToken(w http.ResponseWriter, r *http.Request, tenant string) (map[string]any, *Refusal) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		return nil, Refuse(http.StatusBadRequest, "invalid_request", 900144,
			"The request must be a form that is posted.")
	}
	if refusal := s.CheckClient(r.PostForm, tenant); refusal != nil {
		return nil, refusal
	}
	scope, refusal := parseScope(r.PostForm.Get("scope"))
	if refusal != nil {
		return nil, refusal
	}
	switch r.PostForm.Get("grant_type") {
	case "client_credentials":
		s.count(func(c *Counts) { c.ClientCredentials++ })
		return s.forApp(tenant, scope)
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		s.count(func(c *Counts) { c.OnBehalfOf++ })
		return s.onBehalfOf(tenant, scope, r.PostForm)
	case "refresh_token":
		s.count(func(c *Counts) { c.Refresh++ })
		return s.refreshed(tenant, scope, r.PostForm.Get("refresh_token"))
	}
	return nil, Refuse(http.StatusBadRequest, "unsupported_grant_type", 70003, "The grant type is not supported.")
}

func (s *Server) count(f func(*Counts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.counts)
}

// scopeRequest is the scope parameter, taken apart.
type scopeRequest struct {
	resource string
	names    []string // short
	full     []string
	offline  bool
}

// parseScope takes scopes of exactly one resource, besides those of OpenID Connect.
func parseScope(text string) (scopeRequest, *Refusal) {
	var out scopeRequest
	for _, scope := range strings.Fields(text) {
		switch scope {
		case "offline_access":
			out.offline = true
			continue
		case "openid", "profile", "email":
			continue
		}
		i := strings.LastIndexByte(scope, '/')
		if i <= 0 || out.resource != "" && out.resource != scope[:i] {
			return out, Refuse(http.StatusBadRequest, "invalid_scope", 70011,
				"The scope is not valid: it must name one resource, as <resource>/<scope>.")
		}
		out.resource = scope[:i]
		out.names, out.full = append(out.names, scope[i+1:]), append(out.full, scope)
	}
	if out.resource == "" {
		return out, Refuse(http.StatusBadRequest, "invalid_scope", 70011, "The scope names no resource.")
	}
	return out, nil
}

// forApp is the client credentials grant (RFC 6749 section 4.4).
func (s *Server) forApp(tenant string, scope scopeRequest) (map[string]any, *Refusal) {
	if !slices.Equal(scope.names, []string{".default"}) {
		return nil, Refuse(http.StatusBadRequest, "invalid_scope", 1002012,
			"Client credential flows must have a scope with /.default after the resource.")
	}
	d := s.draft(tenant, scope.resource)
	d.claims["appid"], d.claims["idtyp"] = s.Options.ClientID, "app"
	d.claims["oid"] = "d4f0a2b8-6c1e-4a97-8b35-0e9f7c6d5a42"
	return s.answer(d, scope, ""), nil
}

// onBehalfOf exchanges a user's token (RFC 7523 section 2.1 with Entra's requested_token_use).
func (s *Server) onBehalfOf(tenant string, scope scopeRequest, form url.Values) (map[string]any, *Refusal) {
	if form.Get("requested_token_use") != "on_behalf_of" {
		return nil, Refuse(http.StatusBadRequest, "invalid_request", 900144,
			"requested_token_use must be on_behalf_of.")
	}
	user, err := s.Verify(form.Get("assertion"))
	switch {
	case err != nil && user != nil && user.Expired:
		return nil, Refuse(http.StatusBadRequest, "invalid_grant", 500133, "The assertion has expired.")
	case err != nil:
		return nil, Refuse(http.StatusBadRequest, "invalid_grant", 50013, "The assertion failed signature validation.")
	case user.Audience != s.Options.Audience && user.Audience != s.Options.ClientID:
		return nil, Refuse(http.StatusBadRequest, "invalid_grant", 50013,
			"The assertion's audience is another application.")
	case user.IsApp || len(user.Scopes) == 0:
		return nil, Refuse(http.StatusBadRequest, "invalid_grant", 50027, "The assertion is no user's token.")
	case user.TenantID != tenant:
		return nil, Refuse(http.StatusBadRequest, "invalid_grant", 50013, "The assertion is of another tenant.")
	}
	return s.forUser(grant{tenant: tenant, user: user.ObjectID, satisfied: user.satisfied()}, scope)
}

// refreshed redeems a refresh token (RFC 6749 section 6).
func (s *Server) refreshed(tenant string, scope scopeRequest, token string) (map[string]any, *Refusal) {
	s.mu.Lock()
	g, ok := s.refresh[token]
	s.mu.Unlock()
	if !ok || g.tenant != tenant {
		return nil, Refuse(http.StatusBadRequest, "invalid_grant", 700082, "The refresh token is not valid.")
	}
	return s.forUser(g, scope)
}

// RevokeRefreshTokens forgets all refresh tokens that were issued.
func (s *Server) RevokeRefreshTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.refresh)
}

func (s *Server) forUser(g grant, scope scopeRequest) (map[string]any, *Refusal) {
	if refusal := s.guard(scope.resource, g.satisfied); refusal != nil {
		return nil, refusal
	}
	d := s.draft(g.tenant, scope.resource)
	d.claims["appid"], d.claims["oid"] = s.Options.ClientID, g.user
	d.claims["scp"] = strings.Join(s.granted(scope), " ")
	refresh := ""
	if scope.offline {
		refresh = randomText()
		s.mu.Lock()
		s.refresh[refresh] = g
		s.mu.Unlock()
	}
	answer := s.answer(d, scope, refresh)
	info, _ := json.Marshal(map[string]string{"uid": g.user, "utid": g.tenant}) // strings always encode
	answer["client_info"] = encode(info)
	return answer, nil
}

// granted is the short names that a token's scp gets.
func (s *Server) granted(scope scopeRequest) []string {
	var out []string
	for _, name := range scope.names {
		switch static := s.Options.StaticScopes[scope.resource]; {
		case name != ".default":
			out = append(out, name)
		case static != nil:
			out = append(out, static...)
		default:
			out = append(out, "user_impersonation")
		}
	}
	return out
}

func (s *Server) answer(d *draft, scope scopeRequest, refresh string) map[string]any {
	seconds := int(s.Options.TokenLifetime.Seconds())
	out := map[string]any{
		"token_type": "Bearer", "access_token": d.finish(nil), "scope": strings.Join(scope.full, " "),
		"expires_in": seconds, "ext_expires_in": seconds,
	}
	if refresh != "" {
		out["refresh_token"] = refresh
	}
	return out
}
