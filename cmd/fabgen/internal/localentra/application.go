package localentra

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/registration"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// Resource is a service that the workload may ask tokens for, besides those that fabgen knows by name.
type Resource struct {
	// URI is the resource's, as in a scope before the last slash; AppID its application ID, where there is one.
	URI, AppID string
	Title      string
	// Scopes are the IDs of its delegated permissions by name; an ID may be empty.
	Scopes map[string]string
}

// platform is a kind of redirect URI.
type platform string

const (
	spa          platform = "spa"
	web          platform = "web"
	publicClient platform = "publicClient"
)

// application is a client.
type application struct {
	id, name     string
	firstParty   bool // of Microsoft's: it asks nobody for consent
	singleTenant bool
	redirects    map[platform][]string
	required     []permission // what .default stands for
}

// permission is a scope that an application is registered with.
type permission struct {
	resource *resource
	name     string
}

// resource is what a token can be for.
type resource struct {
	appID, title  string
	uris          []string
	scopes        []scope
	open          bool // has scopes that are not listed here
	version       int  // of its access tokens
	idtyp         bool // in tokens of applications
	idtypUser     bool // in tokens of users
	workload      bool
	preAuthorized map[string][]string // names of scopes by client
}

type scope struct {
	name, id, title string
	admin           bool // for administrators to consent to
	disabled        bool
}

// is says whether the name is the resource's: one of its URIs, with or without a slash at the end, or its ID.
func (r *resource) is(name string) bool {
	name = strings.TrimSuffix(name, "/")
	return r.appID != "" && strings.EqualFold(r.appID, name) || slices.ContainsFunc(r.uris,
		func(uri string) bool { return strings.EqualFold(uri, name) })
}

// key is the name by which consent to the resource is kept.
func (r *resource) key() string {
	if r.appID != "" {
		return r.appID
	}
	return r.uris[0]
}

// scope finds a scope that can be asked for.
func (r *resource) scope(name string) (scope, bool) {
	i := slices.IndexFunc(r.scopes, func(s scope) bool { return s.name == name && !s.disabled })
	switch {
	case i >= 0:
		return r.scopes[i], true
	case r.open && plainScope(name):
		return scope{name: name}, true
	}
	return scope{}, false
}

func plainScope(name string) bool {
	return name != "" && len(name) <= 120 && !strings.ContainsFunc(name, func(c rune) bool {
		return c <= ' ' || c > '~' || strings.ContainsRune(`/"\`, c)
	})
}

// byID finds a scope by its permission ID.
func (r *resource) byID(id string) (scope, bool) {
	i := slices.IndexFunc(r.scopes, func(s scope) bool { return s.id != "" && strings.EqualFold(s.id, id) })
	if i < 0 {
		return scope{}, false
	}
	return r.scopes[i], true
}

const (
	graphURI   = "https://graph.microsoft.com"
	graphAppID = "00000003-0000-0000-c000-000000000000"
	vaultURI   = "https://vault.azure.net"
)

// catalog is the applications and resources that there are. It does not change.
type catalog struct {
	clients   []*application
	resources []*resource
	graph     *resource
	workload  *resource
}

func newCatalog(o Options) *catalog {
	c := &catalog{}
	for _, name := range config.KnownResources() {
		known, _ := config.Known(name)
		c.addKnown(known.URI, known.AppID, known.Title, known.Permissions)
	}
	c.addKnown(vaultURI, "cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault",
		map[string]string{"user_impersonation": "f53da476-18e3-4152-8e01-aec403e6edc0"})
	c.graph = c.resource(graphURI)
	if fabric := c.resource(auth.FabricURI); fabric != nil {
		fabric.uris = append(fabric.uris, "https://api.fabric.microsoft.com")
	}
	for _, r := range o.Resources {
		c.addOwn(r)
	}
	c.workload = newWorkloadResource(o)
	c.resources = append(c.resources, c.workload)
	c.clients = []*application{c.newWorkload(o)}
	// Microsoft's own that call a workload.
	for _, a := range []application{
		{id: auth.FabricServiceAppID, name: "Power BI Service"},
		{id: auth.FabricClientAppID, name: "Fabric Client for Workloads"},
		{id: entratest.FabricFrontendAppID, name: "Microsoft Power BI",
			redirects: map[platform][]string{spa: o.PortalRedirectURIs}},
	} {
		a.firstParty = true
		c.clients = append(c.clients, &a)
	}
	return c
}

func (c *catalog) addKnown(uri, appID, title string, ids map[string]string) {
	r := &resource{appID: appID, title: title, uris: []string{uri}, open: true, version: 1, idtyp: true}
	r.add(ids)
	c.resources = append(c.resources, r)
}

// addOwn adds a resource of the user's, or the URI under which one that is known is called, such as a cluster's.
func (c *catalog) addOwn(own Resource) {
	r := c.resource(own.URI)
	if r == nil && own.AppID != "" {
		r = c.resource(own.AppID)
	}
	if r == nil {
		r = &resource{appID: own.AppID, title: own.Title, version: 1, idtyp: true}
		c.resources = append(c.resources, r)
	}
	if !r.is(own.URI) {
		r.uris = append(r.uris, strings.TrimSuffix(own.URI, "/"))
	}
	r.add(own.Scopes)
}

func (r *resource) add(ids map[string]string) {
	for name, id := range ids {
		i := slices.IndexFunc(r.scopes, func(s scope) bool { return s.name == name })
		if i < 0 {
			r.scopes = append(r.scopes, scope{name: name, id: id})
		}
	}
}

// newWorkloadResource is the workload's application as one that is called.
func newWorkloadResource(o Options) *resource {
	app := o.Registration
	r := &resource{appID: o.ClientID, title: app.DisplayName, version: max(app.API.TokenVersion, 1), workload: true,
		preAuthorized: map[string][]string{}}
	for _, uri := range app.IdentifierURIs {
		r.uris = append(r.uris, strings.TrimSuffix(uri, "/"))
	}
	for _, s := range app.API.Scopes {
		r.scopes = append(r.scopes, scope{name: s.Value, id: s.ID, title: s.Title, admin: s.Type == "Admin",
			disabled: !s.Enabled()})
	}
	for _, p := range app.API.PreAuthorized {
		id := strings.ToLower(p.AppID)
		for _, scopeID := range p.Scopes() {
			if s, ok := r.byID(scopeID); ok && !s.disabled {
				r.preAuthorized[id] = append(r.preAuthorized[id], s.name)
			}
		}
	}
	for _, claim := range app.OptionalClaims.AccessToken {
		if claim.Name == registration.IDTypeClaim {
			r.idtyp = true
			r.idtypUser = slices.Contains(claim.Properties, registration.IDTypeOfUsers)
		}
	}
	return r
}

// newWorkload is the workload's application as one that calls.
func (c *catalog) newWorkload(o Options) *application {
	app := o.Registration
	a := &application{id: o.ClientID, name: app.DisplayName, singleTenant: app.SignInAudience == "AzureADMyOrg",
		redirects: map[platform][]string{spa: app.SPA.RedirectURIs, web: app.Web.RedirectURIs,
			publicClient: app.PublicClient.RedirectURIs}}
	for _, required := range app.RequiredResourceAccess {
		r := c.resource(required.AppID)
		if r == nil {
			continue
		}
		for _, access := range required.Access {
			if s, ok := r.byID(access.ID); ok && access.Type == "Scope" {
				a.required = append(a.required, permission{r, s.name})
			}
		}
	}
	for _, p := range o.LookedUp {
		if r := c.resource(p.URI); r != nil {
			a.required = append(a.required, permission{r, p.Scope})
		}
	}
	return a
}

// resource finds a resource by one of its URIs or its ID.
func (c *catalog) resource(name string) *resource {
	i := slices.IndexFunc(c.resources, func(r *resource) bool { return r.is(name) })
	if i < 0 {
		return nil
	}
	return c.resources[i]
}

// client finds an application by its ID.
func (c *catalog) client(id string) (*application, *Refusal) {
	i := slices.IndexFunc(c.clients, func(a *application) bool { return strings.EqualFold(a.id, id) })
	switch {
	case id == "":
		return nil, missing("client_id")
	case i < 0:
		return nil, refuse("unauthorized_client", 700016, "Application with identifier '"+shorten(id)+
			"' was not found in the directory. Here there is the workload's own, by the client ID of its "+
			"configuration, and Fabric's.")
	}
	return c.clients[i], nil
}

// redirect finds the platform that a redirect URI is registered for. URIs are compared as they are; the port of a
// loopback address is free for native applications alone (RFC 8252 section 7.3).
func (a *application) redirect(uri string) (platform, bool) {
	for _, p := range []platform{spa, web, publicClient} {
		if slices.Contains(a.redirects[p], uri) {
			return p, true
		}
	}
	if without, ok := withoutLoopbackPort(uri); ok && slices.Contains(a.redirects[publicClient], without) {
		return publicClient, true
	}
	return "", false
}

func withoutLoopbackPort(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" || u.Port() == "" || !loopbackHost(u.Hostname()) {
		return "", false
	}
	u.Host = u.Hostname()
	return u.String(), true
}

func loopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// origin says whether a page of that origin is one of the application's.
func (a *application) origin(origin string) bool {
	return slices.ContainsFunc(a.redirects[spa], func(uri string) bool { return originOf(uri) == origin })
}

func originOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
