package model

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/fabgen/fabgen/generator/config"
)

// Applications of Microsoft's that every workload's registration names.
const (
	fabricServiceApp = "00000009-0000-0000-c000-000000000000" // Power BI service: Fabric's own API
	fabricClientApp  = "d2450708-699c-41e3-8077-b0c8341509aa" // calls the back-end in the control plane
)

// FabricFrontendApp is the application of Fabric's that gets the front-end's tokens for the back-end.
const FabricFrontendApp = "871c010f-5e61-4fb1-83ac-98610a7e9110"

// fabricExtend is the permission that lets an application be a workload at all.
var fabricExtend = RequiredPermission{
	AppID: fabricServiceApp, ID: "7ba630b9-8110-4e27-8d17-81e5f2218787", Name: "Fabric.Extend", Type: delegated,
}

// controlScope is the scope that Fabric's calls to the back-end carry.
const controlScope = "FabricWorkloadControl"

// The kinds of permission, in Microsoft Graph's words.
const (
	delegated   = "Scope" // the application acts for a user
	application = "Role"  // the application acts for itself
)

// ControlScope is FabricWorkloadControl as one of the application's scopes. It is not among Model.Scopes, which no
// caller but the workload's own front-end has.
func (m *Model) ControlScope() *Scope {
	return newScope(m.Workload.Name, config.Scope{
		Name: controlScope, Description: "Let Microsoft Fabric call this workload",
	})
}

// ExposedScopes gives every scope of the application: FabricWorkloadControl first, then the data plane's in the order
// of the configuration.
func (m *Model) ExposedScopes() []*Scope {
	return append([]*Scope{m.ControlScope()}, m.Scopes...)
}

// PreAuthorized is an application that gets some of the workload's scopes without asking the user.
type PreAuthorized struct {
	AppID    string
	ScopeIDs []string
}

// PreAuthorized gives the applications of Fabric's that may call the workload, and with which scopes. The front-end's
// is missing where the data plane has no scope, since Entra accepts no empty list.
func (m *Model) PreAuthorized() []PreAuthorized {
	control := []string{m.ControlScope().ID}
	out := []PreAuthorized{{AppID: fabricServiceApp, ScopeIDs: control}, {AppID: fabricClientApp, ScopeIDs: control}}
	if len(m.Scopes) == 0 {
		return out
	}
	frontend := PreAuthorized{AppID: FabricFrontendApp}
	for _, s := range m.Scopes {
		frontend.ScopeIDs = append(frontend.ScopeIDs, s.ID)
	}
	return append(out, frontend)
}

// RequiredPermission is one permission that the application asks for.
type RequiredPermission struct {
	AppID string // the resource's application ID; empty where the user gave none
	URI   string // the resource's URI, to find it by where AppID is empty
	ID    string // empty where it is to be looked up in the tenant
	Name  string // user_impersonation
	Type  string // Scope (delegated) or Role (application)
}

// String is the permission in words: delegated permission user_impersonation of e406a681-….
func (p RequiredPermission) String() string {
	kind := "delegated"
	if p.Type == application {
		kind = "application"
	}
	return kind + " permission " + p.Name + " of " + cmp.Or(p.AppID, p.URI)
}

// RequiredResource is the permissions of one resource whose IDs are known, sorted by ID.
type RequiredResource struct {
	AppID       string
	Permissions []RequiredPermission
}

// RequiredResources groups the permissions whose IDs are known by resource, sorted by application ID. Fabric.Extend
// is always among them.
func (m *Model) RequiredResources() []RequiredResource {
	var out []RequiredResource
	for _, p := range m.permissions() {
		if p.ID == "" || p.AppID == "" {
			continue
		}
		if n := len(out); n == 0 || out[n-1].AppID != p.AppID {
			out = append(out, RequiredResource{AppID: p.AppID})
		}
		last := &out[len(out)-1]
		last.Permissions = append(last.Permissions, p)
	}
	return out
}

// LookedUpPermissions gives the permissions that only the tenant knows the IDs of: the provisioning script finds them
// in the resource's service principal.
func (m *Model) LookedUpPermissions() []RequiredPermission {
	var out []RequiredPermission
	for _, p := range m.permissions() {
		if p.ID == "" || p.AppID == "" {
			out = append(out, p)
		}
	}
	return out
}

// everyPermission is the name that stands for all that the application was given; it is no permission itself.
const everyPermission = ".default"

// permissions gives each permission once, sorted by application ID, URI, ID, name and type.
func (m *Model) permissions() []RequiredPermission {
	out := []RequiredPermission{fabricExtend}
	for _, r := range m.Resources {
		for _, p := range r.Permissions {
			if p.Name != everyPermission {
				out = append(out, requiredPermission(r, p))
			}
		}
	}
	slices.SortFunc(out, func(a, b RequiredPermission) int {
		return cmp.Or(cmp.Compare(a.AppID, b.AppID), cmp.Compare(a.URI, b.URI), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
	})
	return slices.Compact(out)
}

// requiredPermission tells delegated from application permissions by how the back-end presents itself. The IDs of
// fabgen's known resources are those of delegated permissions, so an application permission of theirs is looked up;
// the ID that a user gives for a resource of their own is taken as it is.
func requiredPermission(r *Resource, p Permission) RequiredPermission {
	out := RequiredPermission{AppID: r.AppID, ID: p.ID, Name: p.Name, Type: delegated}
	if !r.User() {
		out.Type = application
		if r.Known {
			out.ID = ""
		}
	}
	if out.AppID == "" {
		out.URI, out.ID = r.URI, ""
	}
	return out
}

// RequestedTokenVersion is requestedAccessTokenVersion of the application's registration: null stands for 1.
func (e *Environment) RequestedTokenVersion() string {
	if e.TokenVersion == 2 {
		return "2"
	}
	return "null"
}

// The most characters that Microsoft Graph takes for the texts of a scope.
const (
	maxConsentTitle = 100
	maxConsentText  = 1000
)

// ConsentTitle is the line that the consent page lists for the scope: its description, or its name where that is too
// long for a title.
func (s *Scope) ConsentTitle() string { return s.orName(s.Description, maxConsentTitle) }

// AdminConsent is what an administrator reads who consents for a whole tenant.
func (s *Scope) AdminConsent(w Workload) string {
	return s.orName("Allows the app to call "+w.DisplayName+" for the signed-in user: "+s.Description, maxConsentText)
}

// UserConsent is what a person reads who consents for themselves.
func (s *Scope) UserConsent(w Workload) string {
	return s.orName("Allows the app to call "+w.DisplayName+" for you: "+s.Description, maxConsentText)
}

func (s *Scope) orName(text string, most int) string {
	if utf8.RuneCountInString(text) > most {
		return s.Name
	}
	return text
}
