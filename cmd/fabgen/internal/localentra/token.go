package localentra

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/entratest"
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

// codeGrant is what a code stands for.
type codeGrant struct {
	client    *application
	user      *user
	redirect  string
	platform  platform
	challenge string
	nonce     string
	scopes    scopes
	redeemed  bool
}

// refreshGrant is what a refresh token stands for.
type refreshGrant struct {
	client   *application
	user     *user
	platform platform // web for a back-end's
	proven   bool
	scopes   scopes
	until    time.Time // for spa, whose lifetime no exchange extends
}

func (s *Server) newCode(a *authorization, u *user) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.codes.put(s.options.Now(), &codeGrant{client: a.client, user: u, redirect: a.redirect, platform: a.platform,
		challenge: a.challenge, nonce: a.nonce, scopes: a.scopes})
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

// redeemCode exchanges a code (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
func (s *Server) redeemCode(q *tokenRequest) (map[string]any, *Refusal) {
	for _, name := range []string{"code", "redirect_uri"} {
		if q.form.Get(name) == "" {
			return nil, missing(name)
		}
	}
	s.mu.Lock()
	c, ok := s.codes.get(s.options.Now(), q.form.Get("code"))
	s.mu.Unlock()
	if !ok {
		return nil, refuse("invalid_grant", 70008, "The provided authorization code or refresh token has expired due to "+
			"inactivity, or was never issued here. Send a new interactive authorization request for this user and resource.")
	}
	q.event.User, q.event.Tenant = c.user.ID, c.user.tenant.ID
	if refusal := s.checkCode(q, c); refusal != nil {
		return nil, refusal
	}
	asked := c.scopes
	if text := q.form.Get("scope"); text != "" {
		var refusal *Refusal
		if asked, refusal = s.catalog.parseScopes(q.client, text); refusal != nil {
			return nil, refusal
		}
	}
	if refusal := s.use(c); refusal != nil {
		return nil, refusal
	}
	return s.forUser(q, asked, refreshGrant{client: c.client, user: c.user, platform: c.platform,
		proven: s.hasProven(c.user), scopes: c.scopes}, c.nonce)
}

// use takes a code's one use.
func (s *Server) use(c *codeGrant) *Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.redeemed {
		return refuse("invalid_grant", 54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid "+
			"code or use an existing refresh token.")
	}
	c.redeemed = true
	return nil
}

func (s *Server) checkCode(q *tokenRequest, c *codeGrant) *Refusal {
	switch {
	case c.client != q.client:
		return refuse("invalid_grant", 700005, "Provided Authorization Code is intended to use against another application.")
	case q.tenant != nil && q.tenant != c.user.tenant:
		return refuse("invalid_grant", 700005, "Provided Authorization Code is intended to use against other tenant.")
	case q.form.Get("redirect_uri") != c.redirect:
		return refuse("invalid_client", 500112, "The reply address does not match the reply address provided when requesting "+
			"Authorization code.")
	}
	if refusal := s.checkPlatform(q, c.platform); refusal != nil {
		return refusal
	}
	return checkVerifier(q, c)
}

// checkPlatform holds each platform to how its applications redeem what they got: those of a page from that page and
// with no secret, those of a server with one, those of a device with neither.
func (s *Server) checkPlatform(q *tokenRequest, p platform) *Refusal {
	switch {
	case p == spa && q.origin == "":
		return refuse("invalid_request", 9002327, "Tokens issued for the 'Single-Page Application' client-type may only be "+
			"redeemed via cross-origin requests.")
	case p == spa && !q.client.origin(q.origin):
		return refuse("invalid_request", 9002326, "Cross-origin token redemption is permitted only for the 'Single-Page "+
			"Application' client-type. Request origin: '"+shorten(q.origin)+"'.")
	case p != spa && q.origin != "":
		return refuse("invalid_request", 9002326, "Cross-origin token redemption is permitted only for the 'Single-Page "+
			"Application' client-type. Request origin: '"+shorten(q.origin)+"'.")
	case p == web:
		return s.authenticate(q)
	case q.form.Has("client_secret") || q.form.Has("client_assertion"):
		return refuse("invalid_client", 700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be "+
			"presented.")
	}
	return nil
}

func checkVerifier(q *tokenRequest, c *codeGrant) *Refusal {
	verifier := q.form.Get("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	switch {
	case c.challenge == "" && c.platform == spa:
		return refuse("invalid_request", 9002325, "Proof Key for Code Exchange is required for cross-origin authorization code "+
			"redemption.")
	case c.challenge == "" && verifier == "":
		return nil
	case verifier == "":
		return missing("code_verifier")
	case c.challenge != base64.RawURLEncoding.EncodeToString(sum[:]):
		return refuse("invalid_grant", 501481, "The Code_Verifier does not match the code_challenge supplied in the "+
			"authorization request.")
	}
	return nil
}

// redeemRefresh exchanges a refresh token (RFC 6749 section 6). Each exchange gives a new one; the old one lives on
// until its time, as Entra's do, so that two exchanges at once both succeed.
func (s *Server) redeemRefresh(q *tokenRequest) (map[string]any, *Refusal) {
	token := q.form.Get("refresh_token")
	if token == "" {
		return nil, missing("refresh_token")
	}
	now := s.options.Now()
	s.mu.Lock()
	g, ok := s.refresh.get(now, token)
	s.mu.Unlock()
	switch {
	case ok && g.platform == spa && now.After(g.until):
		return nil, refuse("invalid_grant", 700084, "The refresh token was issued to a single page app (SPA), and therefore has "+
			"a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired.")
	case !ok:
		return nil, refuse("invalid_grant", 700082, "The refresh token has expired due to inactivity, was revoked, or was never "+
			"issued here.")
	case g.client != q.client || q.tenant != nil && q.tenant != g.user.tenant:
		return nil, refuse("invalid_grant", 700005, "The provided refresh token is of another application or tenant.")
	}
	q.event.User, q.event.Tenant = g.user.ID, g.user.tenant.ID
	if refusal := s.checkPlatform(q, g.platform); refusal != nil {
		return nil, refusal
	}
	asked := g.scopes
	if text := q.form.Get("scope"); text != "" {
		var refusal *Refusal
		if asked, refusal = s.catalog.parseScopes(q.client, text); refusal != nil {
			return nil, refusal
		}
	}
	return s.forUser(q, asked, *g, "")
}

// clientCredentials gives the application a token of its own (RFC 6749 section 4.4).
func (s *Server) clientCredentials(q *tokenRequest) (map[string]any, *Refusal) {
	if refusal := s.authenticate(q); refusal != nil {
		return nil, refusal
	}
	if q.tenant == nil {
		return nil, refuse("invalid_request", 50059, "No tenant-identifying information found in either the request or implied "+
			"by any provided credentials.")
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
		return nil, refuse("invalid_scope", 1002012, "The provided value for scope is not valid. Client credential flows must "+
			"have a scope value with /.default suffixed to the resource identifier (application ID URI).")
	case !s.installed(q.tenant):
		return nil, refuse("unauthorized_client", 7000229, "The client application '"+q.client.id+"' is missing service principal "+
			"in the tenant '"+q.tenant.ID+"'. Nobody there has consented to it yet.")
	}
	token := s.appToken(q.tenant, q.client, g, q.event)
	return s.tokenAnswer(token, g.full(g.names)), nil
}

// onBehalfOf exchanges a user's token (RFC 7523 section 2.1 with Entra's requested_token_use).
func (s *Server) onBehalfOf(q *tokenRequest) (map[string]any, *Refusal) {
	if refusal := s.authenticate(q); refusal != nil {
		return nil, refusal
	}
	if q.form.Get("requested_token_use") != "on_behalf_of" {
		return nil, missing("requested_token_use")
	}
	assertion, err := s.entra.Verify(q.form.Get("assertion"))
	if refusal := s.checkAssertion(q, assertion, err); refusal != nil {
		return nil, refusal
	}
	u := s.directory.user(assertion.ObjectID)
	if u == nil || !strings.EqualFold(u.tenant.ID, assertion.TenantID) {
		return nil, refuse("invalid_grant", 50034, "The user account does not exist in the tenant.")
	}
	q.event.User, q.event.Tenant = u.ID, u.tenant.ID
	if q.tenant != nil && q.tenant != u.tenant {
		return nil, refuse("invalid_grant", 50013, "Assertion failed validation: it is of another tenant than the request.")
	}
	asked, refusal := s.catalog.parseScopes(q.client, q.form.Get("scope"))
	if refusal != nil {
		return nil, refusal
	}
	if g, refusal := s.catalog.single(asked); refusal == nil {
		q.event.Resource, q.event.Scopes = g.uri, g.names
		if refusal := s.injected(q.client, u.tenant, g.resource); refusal != nil {
			return nil, refusal
		}
	}
	contexts, _ := assertion.Claims["acrs"].([]any)
	return s.forUser(q, asked, refreshGrant{client: q.client, user: u, platform: web,
		proven: slices.Contains(contexts, any(authContext)), scopes: asked}, "")
}

func (s *Server) checkAssertion(q *tokenRequest, assertion *entratest.Token, err error) *Refusal {
	switch {
	case q.form.Get("assertion") == "":
		return missing("assertion")
	case err != nil && assertion != nil && assertion.Expired:
		return refuse("invalid_grant", 500133, "Assertion is not within its valid time range.")
	case err != nil:
		return refuse("invalid_grant", 50013, "Assertion failed signature validation.")
	case !s.catalog.workload.is(assertion.Audience):
		return refuse("invalid_grant", 500131, "Assertion audience does not match the Client app presenting the assertion.")
	case assertion.IsApp || len(assertion.Scopes) == 0:
		return refuse("invalid_grant", 7000114, "Application is not allowed to make application on-behalf-of calls: the "+
			"assertion is no user's token.")
	}
	return nil
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
	if g.user.tenant.lacks(target.resource) || target.resource.workload && g.client.firstParty && !s.installed(g.user.tenant) {
		return nil, notEnabled(g.user.tenant, target.resource)
	}
	s.mu.Lock()
	given := s.consents.given(g.user, g.client, target.resource)
	s.mu.Unlock()
	if g.client.firstParty && !target.resource.workload {
		given = append(given, target.names...)
	}
	if len(given) == 0 || slices.ContainsFunc(target.names, func(name string) bool {
		return name != everyScope && !slices.Contains(given, name)
	}) {
		return nil, notConsented(g.client)
	}
	if s.needsProof(g.user, target.resource) && !g.proven {
		return nil, proofMissing("interaction_required", target.resource)
	}
	return slices.DeleteFunc(given, func(name string) bool { return name == everyScope }), nil
}

func (s *Server) newRefresh(g refreshGrant, asked scopes) string {
	now := s.options.Now()
	if g.platform == spa && g.until.IsZero() {
		g.until = now.Add(spaRefreshLife)
	}
	g.scopes = asked
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refresh.put(now, &g)
}

// tokenAnswer is a successful answer (RFC 6749 section 5.1).
func (s *Server) tokenAnswer(token string, granted []string) map[string]any {
	s.mu.Lock()
	seconds := int(s.lifetime.Seconds())
	s.mu.Unlock()
	return map[string]any{"token_type": "Bearer", "access_token": token, "scope": strings.Join(granted, " "),
		"expires_in": seconds, "ext_expires_in": seconds}
}
