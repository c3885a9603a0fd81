package model

import (
	"net/url"
	"slices"
	"strings"
)

// The names of the known resources that the back-end has a client of its own for.
const (
	oneLakeName = "onelake"
	fabricName  = "fabric"
)

// OneLake is the resource of that name, or nil.
func (m *Model) OneLake() *Resource { return m.resource(oneLakeName) }

// OneLakeURL is where the configuration says that OneLake is; empty where it says nothing.
func (m *Model) OneLakeURL() string { return m.resource(oneLakeName).baseURL() }

// FabricURL is where the configuration says that Fabric's API is; empty where it says nothing.
func (m *Model) FabricURL() string { return m.resource(fabricName).baseURL() }

func (m *Model) resource(name string) *Resource {
	for _, r := range m.Resources {
		if r.Name == name {
			return r
		}
	}
	return nil
}

func (r *Resource) baseURL() string {
	if r == nil {
		return ""
	}
	return r.BaseURL
}

// ClientType is the type of the runtime's workload package that calls the resource: OneLake, Fabric, API, or
// TokenSource where the resource has no HTTP API.
func (r *Resource) ClientType() string {
	switch {
	case r.BaseURL == "":
		return "TokenSource"
	case r.Name == oneLakeName:
		return "OneLake"
	case r.Name == fabricName:
		return "Fabric"
	}
	return "API"
}

// NamedPermissions are the resource's permissions without .default, which stands for all of them.
func (r *Resource) NamedPermissions() []Permission {
	var out []Permission
	for _, p := range r.Permissions {
		if p.Name != everyPermission {
			out = append(out, p)
		}
	}
	return out
}

// AddressField is where the back-end's settings hold the resource's address; empty where it has none.
func (r *Resource) AddressField() string {
	switch r.ClientType() {
	case "TokenSource":
		return ""
	case "OneLake":
		return "OneLakeURL"
	case "Fabric":
		return "FabricURL"
	}
	return "URLs." + r.GoName
}

// What the handler of a route does when it is made.
const (
	behaviourOneLake    = "onelake"    // lists, writes or deletes a file of the item
	behaviourFabric     = "fabric"     // lists workspaces
	behaviourFabricItem = "fabricItem" // gets the item
	behaviourAPI        = "api"        // hands the call on to the resource
	behaviourToken      = "token"      // gets a token
	behaviourCaller     = "caller"     // says who called
)

// Behaviour is what the handler of a route does when it is made, by its resource.
func (r *Route) Behaviour() string {
	if r.Resource == nil {
		return behaviourCaller
	}
	return r.Resource.sample(r.Item != nil)
}

// Sample is a behaviour that shows whether the resource takes the tokens that its client brings.
func (r *Resource) Sample() string { return r.sample(true) }

// sample is a behaviour that the resource's permissions are enough for, on an item or on none.
func (r *Resource) sample(onItem bool) string {
	switch client := r.ClientType(); {
	case client == "OneLake":
		return behaviourOneLake
	case client == "API":
		return behaviourAPI
	case client == "Fabric" && onItem && r.readsItems():
		return behaviourFabricItem
	case client == "Fabric" && r.readsWorkspaces():
		return behaviourFabric
	}
	return behaviourToken
}

// readsWorkspaces and readsItems say what of Fabric's API may be read:
// https://learn.microsoft.com/rest/api/fabric/articles/scopes. The application's own token has no scopes.
func (r *Resource) readsWorkspaces() bool {
	return !r.User() || r.has("Workspace.Read.All", "Workspace.ReadWrite.All", everyPermission)
}

func (r *Resource) readsItems() bool {
	return !r.User() || r.has("Item.Read.All", "Item.ReadWrite.All", everyPermission)
}

func (r *Resource) has(anyOf ...string) bool {
	return slices.ContainsFunc(r.Permissions, func(p Permission) bool { return slices.Contains(anyOf, p.Name) })
}

// NeedsCaller says whether the made handler looks at who called.
func (r *Route) NeedsCaller() bool { return r.Behaviour() == behaviourCaller }

// ReadsBody says whether the made handler reads a body.
func (r *Route) ReadsBody() bool {
	sends := r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH"
	return sends && (r.Behaviour() == behaviourOneLake || r.Behaviour() == behaviourAPI)
}

// Segment is one step of a route's path.
type Segment struct {
	Text  string // the parameter's name, or the step as it is
	Param bool
}

// Segments are the steps of the route's path.
func (r *Route) Segments() []Segment {
	var out []Segment
	for step := range strings.SplitSeq(strings.TrimPrefix(r.Path, "/"), "/") {
		name, param := strings.CutPrefix(step, "{")
		out = append(out, Segment{Text: strings.TrimSuffix(name, "}"), Param: param})
	}
	return out
}

// FrontendOrigin is the origin of the front-end: scheme, host and port of its address.
func (e *Environment) FrontendOrigin() string {
	u, err := url.Parse(e.FrontendURL)
	if err != nil {
		return e.FrontendURL
	}
	return u.Scheme + "://" + u.Host
}
