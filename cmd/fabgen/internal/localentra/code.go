package localentra

import (
	"crypto/sha256"
	"encoding/base64"
)

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

func (s *Server) newCode(a *authorization, u *user) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.codes.put(s.options.Now(), &codeGrant{client: a.client, user: u, redirect: a.redirect,
		platform: a.platform, challenge: a.challenge, nonce: a.nonce, scopes: a.scopes})
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
		return nil, refuse("invalid_grant", 70008, "The provided authorization code or refresh token has expired due "+
			"to inactivity, or was never issued here. Send a new interactive authorization request for this user and "+
			"resource.")
	}
	q.event.User, q.event.Tenant = c.user.ID, c.user.tenant.ID
	if refusal := s.checkCode(q, c); refusal != nil {
		return nil, refusal
	}
	asked, refusal := s.asked(q, c.scopes)
	if refusal != nil {
		return nil, refusal
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
		return refuse("invalid_grant", 54005, "OAuth2 Authorization code was already redeemed, please retry with a "+
			"new valid code or use an existing refresh token.")
	}
	c.redeemed = true
	return nil
}

func (s *Server) checkCode(q *tokenRequest, c *codeGrant) *Refusal {
	switch {
	case c.client != q.client:
		return refuse("invalid_grant", 700005, "Provided Authorization Code is intended to use against another "+
			"application.")
	case q.tenant != nil && q.tenant != c.user.tenant:
		return refuse("invalid_grant", 700005, "Provided Authorization Code is intended to use against other tenant.")
	case q.form.Get("redirect_uri") != c.redirect:
		return refuse("invalid_client", 500112, "The reply address does not match the reply address provided when "+
			"requesting Authorization code.")
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
		return refuse("invalid_request", 9002327, "Tokens issued for the 'Single-Page Application' client-type may "+
			"only be redeemed via cross-origin requests.")
	case p == spa && !q.client.origin(q.origin):
		return refuse("invalid_request", 9002326, "Cross-origin token redemption is permitted only for the "+
			"'Single-Page Application' client-type. Request origin: '"+shorten(q.origin)+"'.")
	case p != spa && q.origin != "":
		return refuse("invalid_request", 9002326, "Cross-origin token redemption is permitted only for the "+
			"'Single-Page Application' client-type. Request origin: '"+shorten(q.origin)+"'.")
	case p == web:
		return s.authenticate(q)
	case q.form.Has("client_secret") || q.form.Has("client_assertion"):
		return refuse("invalid_client", 700025, "Client is public so neither 'client_assertion' nor 'client_secret' "+
			"should be presented.")
	}
	return nil
}

func checkVerifier(q *tokenRequest, c *codeGrant) *Refusal {
	verifier := q.form.Get("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	switch {
	case c.challenge == "" && c.platform == spa:
		return refuse("invalid_request", 9002325, "Proof Key for Code Exchange is required for cross-origin "+
			"authorization code redemption.")
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
