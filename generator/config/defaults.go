package config

import (
	"maps"
	"slices"
	"strings"
)

// The values that hold where fabgen.yaml gives none and that are always the same.
const (
	defaultVersion     = "1.0.0"
	defaultRedirectURI = "http://localhost:60006/close"
	defaultBackend     = "http://127.0.0.1:5000/workload"
	defaultFrontend    = "http://localhost:60006"
	defaultCategory    = "Data"
	defaultScope       = ".default" // all that an administrator has granted (Entra, "OpenID Connect scopes")
)

// derived is one text that has a value where fabgen.yaml gives none: fill writes it, strip takes it away again.
type derived struct {
	at    *string
	value string
}

// derivedTexts lists the texts with a default. Each may build on those before it, so that the list is made anew for
// each group.
func (c *Config) derivedTexts() []func() []derived {
	return []func() []derived{
		func() []derived {
			w := &c.Workload
			return []derived{
				{&w.DisplayName, lastSegment(w.Name)}, {&w.Version, defaultVersion},
				{&c.Entra.Audience, developmentAudience(c.Entra.TenantID, w.Name)},
				{&c.Entra.RedirectURI, defaultRedirectURI}, {&c.Entra.Credential, CredentialSecret},
				{&c.Endpoints.Backend, defaultBackend}, {&c.Endpoints.Frontend, defaultFrontend},
			}
		},
		func() []derived {
			w := &c.Workload
			return []derived{{&w.Description, w.DisplayName}, {&w.Publisher, w.DisplayName}}
		},
		c.derivedScopes, c.derivedResources,
		c.derivedItems, c.derivedPlurals,
	}
}

func (c *Config) derivedScopes() []derived {
	var out []derived
	for i := range c.Scopes {
		out = append(out, derived{&c.Scopes[i].Description, c.Scopes[i].Name})
	}
	return out
}

func (c *Config) derivedResources() []derived {
	var out []derived
	for i := range c.Resources {
		r := &c.Resources[i]
		out = append(out, derived{&r.As, AsUser})
		k, known := knownFor(r)
		if !known {
			continue
		}
		out = append(out, derived{&r.AppID, k.AppID})
		if r.Name == k.Name {
			out = append(out, derived{&r.URI, k.URI}, derived{&r.BaseURL, k.BaseURL})
		}
	}
	return out
}

func (c *Config) derivedItems() []derived {
	var out []derived
	for i := range c.Items {
		item := &c.Items[i]
		out = append(out, derived{&item.DisplayName, item.Name}, derived{&item.Category, defaultCategory})
	}
	return out
}

func (c *Config) derivedPlurals() []derived {
	var out []derived
	for i := range c.Items {
		out = append(out, derived{&c.Items[i].DisplayNamePlural, c.Items[i].DisplayName + "s"})
	}
	return out
}

// fill gives every member that fabgen.yaml leaves out its default.
func (c *Config) fill() {
	for _, group := range c.derivedTexts() {
		for _, d := range group() {
			orElse(d.at, d.value)
		}
	}
	if c.Entra.TokenVersion == 0 {
		c.Entra.TokenVersion = 1
	}
	for i := range c.Resources {
		c.Resources[i].fill()
	}
}

func (r *Resource) fill() {
	if r.Name == "kusto" {
		orElse(&r.BaseURL, r.URI) // a cluster's API is at its own address
	}
	if len(r.Scopes) == 0 && r.As == AsApp {
		r.Scopes = []string{defaultScope}
	}
	for scope, id := range r.knownPermissions() {
		if r.Permissions == nil {
			r.Permissions = map[string]string{}
		}
		if r.Permissions[scope] == "" {
			r.Permissions[scope] = id
		}
	}
}

// knownPermissions are the IDs of the resource's scopes that nobody has to give.
func (r *Resource) knownPermissions() map[string]string {
	k, _ := knownFor(r)
	ids := map[string]string{}
	for _, scope := range r.Scopes {
		if id, ok := k.Permissions[scope]; ok {
			ids[scope] = id
		}
	}
	return ids
}

// stripped is a copy of the Config without what fill would write again.
func (c *Config) stripped() *Config {
	out := c.clone()
	groups := out.derivedTexts()
	slices.Reverse(groups)
	for i := range out.Resources {
		out.Resources[i].strip()
	}
	for _, group := range groups {
		for _, d := range group() {
			if *d.at == d.value {
				*d.at = ""
			}
		}
	}
	if out.Entra.TokenVersion == 1 {
		out.Entra.TokenVersion = 0
	}
	return out
}

func (r *Resource) strip() {
	for scope, id := range r.knownPermissions() {
		if r.Permissions[scope] == id {
			delete(r.Permissions, scope)
		}
	}
	if r.As == AsApp && slices.Equal(r.Scopes, []string{defaultScope}) {
		r.Scopes = nil
	}
	if r.Name == "kusto" && r.BaseURL == r.URI {
		r.BaseURL = ""
	}
}

// clone copies what stripped changes.
func (c *Config) clone() *Config {
	out := *c
	out.Scopes, out.Resources, out.Items = slices.Clone(c.Scopes), slices.Clone(c.Resources), slices.Clone(c.Items)
	for i := range out.Resources {
		out.Resources[i].Permissions = maps.Clone(out.Resources[i].Permissions)
	}
	return &out
}

func orElse(at *string, value string) {
	if *at == "" {
		*at = value
	}
}

func lastSegment(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// developmentAudience is the application ID URI that Fabric expects of a workload in development.
func developmentAudience(tenantID, name string) string { return development + tenantID + "/" + name }
