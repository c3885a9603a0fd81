package localentra

import (
	"slices"
)

// consentKey is whom a consent is from, and what for. The user of one for a whole tenant is empty.
type consentKey struct{ tenant, user, client, resource string }

// consents is what users and administrators have consented to. It is not safe for concurrent use.
type consents map[consentKey][]string

func (c consents) add(tenant, user string, client *application, p permission) {
	key := consentKey{tenant, user, client.id, p.resource.key()}
	if !slices.Contains(c[key], p.name) {
		c[key] = append(c[key], p.name)
	}
}

// given is the scopes of a resource that the client may use for the user, in the order of consent.
func (c consents) given(u *user, client *application, r *resource) []string {
	out := slices.Clone(r.preAuthorized[client.id])
	for _, from := range []string{"", u.ID} {
		for _, name := range c[consentKey{u.tenant.ID, from, client.id, r.key()}] {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// installed says whether somebody of the tenant has consented to the client, by which Entra makes it known there.
func (c consents) installed(t *tenant, client *application) bool {
	for key := range c {
		if key.tenant == t.ID && key.client == client.id {
			return true
		}
	}
	return false
}

// wanted is what a request asks the user to consent to. It is .default that stands for everything that the application
// is registered with, of whatever resource.
func (c *catalog) wanted(client *application, s scopes) []permission {
	var out []permission
	for _, name := range s.oidc {
		out = append(out, permission{c.graph, name})
	}
	for _, g := range s.groups {
		if g.every() {
			out = append(out, client.required...)
			continue
		}
		for _, name := range g.names {
			out = append(out, permission{g.resource, name})
		}
	}
	return out
}

// known says whether the user has consented to anything of the client, or an administrator for them.
func (c consents) known(u *user, client *application) bool {
	for key := range c {
		if key.tenant == u.tenant.ID && (key.user == "" || key.user == u.ID) && key.client == client.id {
			return true
		}
	}
	return false
}

// unconsented is those that the client may not use yet. To be signed in is part of every consent. A first party of
// Microsoft's needs no consent to Microsoft's own, and cannot ask for it elsewhere: it must be pre-authorised.
func (s *Server) unconsented(u *user, client *application, wanted []permission) []permission {
	if client.firstParty {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []permission
	for _, p := range wanted {
		if p.resource == s.catalog.graph && p.name == "openid" && s.consents.known(u, client) {
			continue
		}
		if !slices.Contains(s.consents.given(u, client, p.resource), p.name) {
			out = append(out, p)
		}
	}
	return out
}

func (s *Server) consent(u *user, client *application, wholeTenant bool, permissions []permission) {
	from := u.ID
	if wholeTenant {
		from = ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range permissions {
		s.consents.add(u.tenant.ID, from, client, p)
	}
}

// needsAdmin says whether the user cannot consent to these.
func needsAdmin(u *user, permissions []permission) bool {
	if u.Admin {
		return false
	}
	return u.tenant.UsersMayNotConsent || slices.ContainsFunc(permissions, func(p permission) bool {
		s, _ := p.resource.scope(p.name)
		return s.admin
	})
}

// notConsented is the refusal of a token for what nobody has consented to.
func notConsented(client *application) *Refusal {
	r := refuse("invalid_grant", 65001, "The user or administrator has not consented to use the application with ID '"+
		client.id+"' named '"+client.name+"'. Send an interactive authorization request for this user and resource.")
	r.Suberror = "consent_required"
	return r
}

// notEnabled is the refusal of a resource that the tenant lacks.
func notEnabled(t *tenant, r *resource) *Refusal {
	return refuse("invalid_client", 650052, "The app needs access to a service ('"+r.title+"') that your organization '"+
		t.Name+"' has not subscribed to or enabled. Contact your IT Admin to review the configuration of your service "+
		"subscriptions.")
}
