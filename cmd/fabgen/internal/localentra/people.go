package localentra

import (
	"fmt"
)

// Person is one of the seed's users.
type Person struct {
	ID, Name, SignInName string
	TenantID, Tenant     string
	About                string
	Admin                bool   // of the tenant
	Role                 string // in the local Fabric's workspace; empty for none
}

// People are the seed's users, in its order.
func (s *Server) People() []Person {
	var out []Person
	for _, u := range s.directory.users {
		out = append(out, u.person())
	}
	return out
}

// SetProven says whether the user has given the second proof, which tokens that are issued from then on tell.
func (s *Server) SetProven(userID string, proven bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proven[userID] = proven
}

// RequireProof says, in place of the seed, whether a second proof is asked of the user for the resource.
func (s *Server) RequireProof(userID, resourceURI string, required bool) error {
	r := s.catalog.resource(resourceURI)
	if r == nil || s.directory.user(userID) == nil {
		return fmt.Errorf("localentra: there is no user %q, or no resource %q", userID, resourceURI)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mfa[mfaKey{userID, r.key()}] = required
	return nil
}

// Consent consents for the user to scopes of the workload's application, as if they had done so on the page.
func (s *Server) Consent(userID, scope string) error {
	u, client := s.directory.user(userID), s.catalog.clients[0]
	if u == nil {
		return fmt.Errorf("localentra: there is no user %q", userID)
	}
	asked, refusal := s.catalog.parseScopes(client, scope)
	if refusal != nil {
		return refusal
	}
	s.consent(u, client, false, s.catalog.wanted(client, asked))
	return nil
}

// RevokeConsent takes back all that anybody has consented to; what the seed says holds again.
func (s *Server) RevokeConsent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.consents)
	s.consentOfSeed()
}

// consentOfSeed gives the consents of the users who have consented from the beginning. It needs the lock.
func (s *Server) consentOfSeed() {
	client := s.catalog.clients[0]
	for _, u := range s.directory.users {
		if !u.Consented {
			continue
		}
		for _, p := range client.required {
			s.consents.add(u.tenant.ID, u.ID, client, p)
		}
	}
}

// installed says whether the workload's application is known in the tenant.
func (s *Server) installed(t *tenant) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return t.Home || t.Installed || s.consents.installed(t, s.catalog.clients[0])
}
