package localentra

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// tokenRequest is a request for a token, and who asks.
type tokenRequest struct {
	path   string  // the authority's
	tenant *tenant // nil for any
	client *application
	form   url.Values
	origin string // of the page that asks, if it is one
	base   string // the address that it came to
	event  *Event
}

// token is the token endpoint (RFC 6749 section 3.2).
func (s *Server) token(w http.ResponseWriter, r *http.Request, path string) {
	answer, refusal := s.grant(w, r, path)
	if refusal == nil {
		writeJSON(w, http.StatusOK, answer)
		return
	}
	refusal = s.stamp(refusal, r)
	eventOf(r).refuse(refusal)
	if refusal.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	refusal.Write(w)
}

func (s *Server) grant(w http.ResponseWriter, r *http.Request, path string) (map[string]any, *Refusal) {
	if r.Method != http.MethodPost {
		return nil, refuse("invalid_request", 900561, "The endpoint only accepts POST requests. Received a "+r.Method+
			" request.")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.ParseForm() != nil {
		return nil, malformed("The request's body is no form, or is too long.")
	}
	for name, all := range r.PostForm {
		if len(all) > 1 {
			return nil, refuse("invalid_request", 9000411, "The request is not properly formatted. The parameter '"+
				shorten(name)+"' is duplicated.")
		}
	}
	q := &tokenRequest{path: path, form: r.PostForm, origin: r.Header.Get("Origin"), base: s.base(r), event: eventOf(r)}
	if id, secret, ok := r.BasicAuth(); ok {
		q.form.Set("client_id", id)
		q.form.Set("client_secret", secret)
	}
	var refusal *Refusal
	if q.tenant, refusal = s.directory.authority(path); refusal != nil {
		return nil, refusal
	}
	if q.client, refusal = s.catalog.client(q.form.Get("client_id")); refusal != nil {
		return nil, refusal
	}
	q.event.Client, q.event.Grant = q.client.id, shorten(q.form.Get("grant_type"))
	switch q.form.Get("grant_type") {
	case "":
		return nil, missing("grant_type")
	case "authorization_code":
		return s.redeemCode(q)
	case "refresh_token":
		return s.redeemRefresh(q)
	case "client_credentials":
		return s.clientCredentials(q)
	case jwtBearer:
		return s.onBehalfOf(q)
	}
	return nil, refuse("unsupported_grant_type", 70003, "The app requested an unsupported grant type '"+
		shorten(q.form.Get("grant_type"))+"'.")
}

// maxForm bounds a request for a token, in bytes.
const maxForm = 256 << 10

// authenticate checks a confidential client's credential.
func (s *Server) authenticate(q *tokenRequest) *Refusal {
	if bad := s.entra.CheckClient(q.form, q.path); bad != nil {
		return &Refusal{Refusal: *bad}
	}
	return nil
}

// clientCredentials gives the application a token of its own (RFC 6749 section 4.4).
func (s *Server) clientCredentials(q *tokenRequest) (map[string]any, *Refusal) {
	if refusal := s.authenticate(q); refusal != nil {
		return nil, refusal
	}
	if q.tenant == nil {
		return nil, refuse("invalid_request", 50059, "No tenant-identifying information found in either the request "+
			"or implied by any provided credentials.")
	}
	q.event.Tenant = q.tenant.ID
	asked, refusal := s.catalog.parseScopes(q.client, q.form.Get("scope"))
	if refusal != nil {
		return nil, refusal
	}
	g, refusal := s.catalog.single(asked)
	switch {
	case refusal != nil:
		return nil, refusal
	case !slices.Equal(g.names, []string{everyScope}):
		return nil, refuse("invalid_scope", 1002012, "The provided value for scope is not valid. Client credential "+
			"flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).")
	case !s.installed(q.tenant):
		return nil, refuse("unauthorized_client", 7000229, "The client application '"+q.client.id+"' is missing "+
			"service principal in the tenant '"+q.tenant.ID+"'. Nobody there has consented to it yet.")
	}
	token := s.appToken(q.tenant, q.client, g, q.event)
	return s.tokenAnswer(token, g.full(g.names)), nil
}

// asked is the scopes of a request, which may leave them out where it redeems what was given for some.
func (s *Server) asked(q *tokenRequest, given scopes) (scopes, *Refusal) {
	text := q.form.Get("scope")
	if text == "" {
		return given, nil
	}
	return s.catalog.parseScopes(q.client, text)
}

// forUser issues the tokens of a user, if nothing forbids it.
func (s *Server) forUser(q *tokenRequest, asked scopes, g refreshGrant, nonce string) (map[string]any, *Refusal) {
	target, refusal := s.catalog.single(asked)
	if refusal != nil {
		return nil, refusal
	}
	q.event.Resource, q.event.Scopes = target.uri, target.names
	names, refusal := s.allowed(g, target)
	if refusal != nil {
		return nil, refusal
	}
	granted := target.full(names)
	for _, name := range target.full(target.names) { // MSAL takes what is not named for declined
		if !slices.Contains(granted, name) {
			granted = append(granted, name)
		}
	}
	if target.resource == s.catalog.graph && len(asked.groups) == 0 {
		granted = nil
	}
	answer := s.tokenAnswer(s.userToken(g, target, names, q), append(slices.Clone(asked.oidc), granted...))
	answer["client_info"] = clientInfo(g.user)
	if asked.has("openid") {
		answer["id_token"] = s.idToken(q, g, nonce)
	}
	if asked.has("offline_access") {
		answer["refresh_token"] = s.newRefresh(g, asked)
		q.event.issue("refresh", nil)
	}
	return answer, nil
}

// allowed is the scopes that a token of the user's for the resource has: all that were consented to, once those that
// were asked for are among them, as Entra has it.
func (s *Server) allowed(g refreshGrant, target group) ([]string, *Refusal) {
	t, r := g.user.tenant, target.resource
	if t.lacks(r) || r.workload && g.client.firstParty && !s.installed(t) {
		return nil, notEnabled(t, r)
	}
	s.mu.Lock()
	given := s.consents.given(g.user, g.client, r)
	s.mu.Unlock()
	if g.client.firstParty && !r.workload {
		given = append(given, target.names...)
	}
	if len(given) == 0 || slices.ContainsFunc(target.names, func(name string) bool {
		return name != everyScope && !slices.Contains(given, name)
	}) {
		return nil, notConsented(g.client)
	}
	if s.needsProof(g.user, r) && !g.proven {
		return nil, proofMissing("interaction_required", r)
	}
	return slices.DeleteFunc(given, func(name string) bool { return name == everyScope }), nil
}

// tokenAnswer is a successful answer (RFC 6749 section 5.1).
func (s *Server) tokenAnswer(token string, granted []string) map[string]any {
	s.mu.Lock()
	seconds := int(s.lifetime.Seconds())
	s.mu.Unlock()
	return map[string]any{"token_type": "Bearer", "access_token": token, "scope": strings.Join(granted, " "),
		"expires_in": seconds, "ext_expires_in": seconds}
}
