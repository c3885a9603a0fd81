package localentra

import "time"

// refreshGrant is what a refresh token stands for.
type refreshGrant struct {
	client   *application
	user     *user
	platform platform // web for a back-end's
	proven   bool
	scopes   scopes
	until    time.Time // for spa, whose lifetime no exchange extends
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
		return nil, refuse("invalid_grant", 700084, "The refresh token was issued to a single page app (SPA), and "+
			"therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired.")
	case !ok:
		return nil, refuse("invalid_grant", 700082, "The refresh token has expired due to inactivity, was revoked, or "+
			"was never issued here.")
	case g.client != q.client || q.tenant != nil && q.tenant != g.user.tenant:
		return nil, refuse("invalid_grant", 700005, "The provided refresh token is of another application or tenant.")
	}
	q.event.User, q.event.Tenant = g.user.ID, g.user.tenant.ID
	if refusal := s.checkPlatform(q, g.platform); refusal != nil {
		return nil, refusal
	}
	asked, refusal := s.asked(q, g.scopes)
	if refusal != nil {
		return nil, refusal
	}
	return s.forUser(q, asked, *g, "")
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
