package localentra

import (
	"fmt"
	"net/url"
)

// UserToken issues to one of Fabric's applications what Entra would without asking the user: a token for the scopes, of
// one resource, that the application is pre-authorised for. Errors are of type *Refusal where Entra would refuse.
func (s *Server) UserToken(userID, clientID, scope string) (string, error) {
	e := &Event{Time: s.options.Now(), Kind: KindMint, Client: clientID, User: userID}
	defer func() { s.options.OnEvent(*e) }()
	token, refusal, err := s.mintForUser(userID, clientID, scope, e)
	if refusal != nil {
		e.refuse(refusal)
		return "", refusal
	}
	return token, err
}

func (s *Server) mintForUser(userID, clientID, scope string, e *Event) (string, *Refusal, error) {
	u := s.directory.user(userID)
	if u == nil {
		return "", nil, fmt.Errorf("localentra: there is no user %q", userID)
	}
	e.Tenant = u.tenant.ID
	client, asked, refusal := s.minting(clientID, scope)
	if refusal != nil {
		return "", refusal, nil
	}
	if !client.firstParty {
		return "", nil, notFabrics(clientID)
	}
	g := refreshGrant{client: client, user: u, proven: s.hasProven(u)}
	names, refusal := s.allowed(g, asked)
	if refusal != nil {
		return "", refusal, nil
	}
	if !asked.every() {
		names = asked.names
	}
	e.Resource, e.Scopes = asked.uri, asked.names
	return s.userToken(g, asked, names, &tokenRequest{form: url.Values{}, event: e}), nil, nil
}

func notFabrics(clientID string) error {
	return fmt.Errorf("localentra: %s is no application of Fabric's, and must ask for its tokens", clientID)
}

// minting finds the client, and the one resource that a token is for.
func (s *Server) minting(clientID, scope string) (*application, group, *Refusal) {
	client, refusal := s.catalog.client(clientID)
	if refusal != nil {
		return nil, group{}, refusal
	}
	asked, refusal := s.catalog.parseScopes(client, scope)
	if refusal != nil {
		return nil, group{}, refusal
	}
	target, refusal := s.catalog.single(asked)
	return client, target, refusal
}

// AppToken issues to one of Fabric's applications a token of its own, of the publisher's tenant, for the workload.
func (s *Server) AppToken(clientID string) (string, error) {
	e := &Event{Time: s.options.Now(), Kind: KindMint, Client: clientID, Tenant: s.directory.home.ID}
	defer func() { s.options.OnEvent(*e) }()
	client, refusal := s.catalog.client(clientID)
	if refusal != nil {
		e.refuse(refusal)
		return "", refusal
	}
	if !client.firstParty {
		return "", notFabrics(clientID)
	}
	r := s.catalog.workload
	uri := r.appID
	if len(r.uris) > 0 {
		uri = r.uris[0]
	}
	return s.appToken(s.directory.home, client, group{resource: r, uri: uri, names: []string{everyScope}}, e), nil
}
