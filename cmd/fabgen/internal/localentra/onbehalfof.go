package localentra

import (
	"slices"
	"strings"

	"github.com/fabgen/fabgen/runtime/entratest"
)

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
		return nil, refuse("invalid_grant", 50013, "Assertion failed validation: it is of another tenant than the "+
			"request.")
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
		return refuse("invalid_grant", 500131, "Assertion audience does not match the Client app presenting the "+
			"assertion.")
	case assertion.IsApp || len(assertion.Scopes) == 0:
		return refuse("invalid_grant", 7000114, "Application is not allowed to make application on-behalf-of calls: "+
			"the assertion is no user's token.")
	}
	return nil
}
