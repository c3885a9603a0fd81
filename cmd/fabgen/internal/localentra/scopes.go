package localentra

import (
	"slices"
	"strings"
)

// everyScope is the name that stands for all that an application is registered with.
const everyScope = ".default"

// scopes is the scope parameter, taken apart.
type scopes struct {
	oidc   []string // openid, profile, email, offline_access
	groups []group  // by resource, in the order of the request
}

// group is the scopes of one resource.
type group struct {
	resource *resource
	uri      string // as in the request: the audience of a v1.0 token
	names    []string
}

// every says whether it asks for .default.
func (g group) every() bool { return slices.Contains(g.names, everyScope) }

// full gives the scopes as they stand in a request.
func (g group) full(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = g.uri + "/" + name
	}
	return out
}

func (s scopes) has(oidc string) bool { return slices.Contains(s.oidc, oidc) }

// strings gives all scopes as in a request.
func (s scopes) strings() []string {
	out := slices.Clone(s.oidc)
	for _, g := range s.groups {
		out = append(out, g.full(g.names)...)
	}
	return out
}

// oidcScopes are those of OpenID Connect, which belong to Microsoft Graph.
var oidcScopes = []string{"openid", "profile", "email", "offline_access"}

// parseScopes takes a scope parameter apart. What no resource here has is refused as Entra does.
func (c *catalog) parseScopes(client *application, text string) (scopes, *Refusal) {
	var out scopes
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return out, missing("scope")
	}
	for _, field := range fields {
		if slices.Contains(oidcScopes, field) {
			if !out.has(field) {
				out.oidc = append(out.oidc, field)
			}
			continue
		}
		if refusal := c.addScope(&out, client, field); refusal != nil {
			return out, refusal
		}
	}
	if slices.ContainsFunc(out.groups, group.every) && (len(out.groups) > 1 || len(out.groups[0].names) > 1) {
		return out, refuse("invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid. "+
			".default scope can't be combined with resource-specific scopes.")
	}
	return out, nil
}

func (c *catalog) addScope(out *scopes, client *application, field string) *Refusal {
	uri, name := graphURI, field // a bare name is Graph's
	if i := strings.LastIndexByte(field, '/'); i >= 0 {
		uri, name = field[:i], field[i+1:]
	}
	r := c.resource(uri)
	if r == nil {
		return refuse("invalid_resource", 500011, "The resource principal named "+shorten(uri)+" was not found in the "+
			"tenant. A resource of your own is known here once fabgen.yaml has it.")
	}
	if _, ok := r.scope(name); !ok && name != everyScope {
		return refuse("invalid_client", 650053, "The application '"+client.name+"' asked for scope '"+shorten(name)+
			"' that doesn't exist on the resource '"+r.key()+"'. Contact the app vendor.")
	}
	i := slices.IndexFunc(out.groups, func(g group) bool { return g.resource == r })
	if i < 0 {
		i = len(out.groups)
		out.groups = append(out.groups, group{resource: r, uri: uri})
	}
	if g := &out.groups[i]; !slices.Contains(g.names, name) {
		g.names = append(g.names, name)
	}
	return nil
}

// single gives the one resource that a token is for. Scopes of OpenID Connect alone are for Graph.
func (c *catalog) single(s scopes) (group, *Refusal) {
	switch len(s.groups) {
	case 0:
		return group{resource: c.graph, uri: graphURI, names: s.oidc}, nil
	case 1:
		return s.groups[0], nil
	}
	return group{}, refuse("invalid_request", 28000, "Provided value for the input parameter scope is not valid "+
		"because it contains more than one resource.")
}
