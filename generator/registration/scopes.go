package registration

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/generator/model"
)

const scopesMember = "api.oauth2PermissionScopes"

// scope finds an exposed scope by its name.
func (c *comparison) scope(name string) (Scope, bool) {
	i := slices.IndexFunc(c.app.API.Scopes, func(s Scope) bool { return s.Value == name })
	if i < 0 {
		return Scope{}, false
	}
	return c.app.API.Scopes[i], true
}

func (c *comparison) checkScopes() {
	want := c.model.ExposedScopes()
	for _, s := range want {
		c.checkScope(s)
	}
	for _, s := range c.app.API.Scopes {
		if !slices.ContainsFunc(want, func(w *model.Scope) bool { return w.Name == s.Value }) {
			c.note(fmt.Sprintf("the application has the scope %s, too; entra/provision.sh removes it", s.Value))
		}
	}
}

func (c *comparison) checkScope(want *model.Scope) {
	found, ok := c.scope(want.Name)
	if !ok {
		c.fault(Fault{Member: scopesMember, Found: c.missingScope(want.Name), Want: want.Name,
			Symptom: c.scopeSymptom(want), Fix: c.provision()})
		return
	}
	if !found.Enabled() {
		c.fault(Fault{Member: scopesMember, Found: want.Name + ", disabled", Want: want.Name + ", enabled",
			Symptom: c.scopeSymptom(want), Fix: c.provision() + ", or enable it"})
	}
	if found.Type == "Admin" {
		c.note("only an administrator can consent to the scope " + want.Name)
	}
	if found.ID != "" && !same(found.ID, want.ID) {
		c.note(fmt.Sprintf("the scope %s has the ID %s and not fabgen's %s; it serves as well, and entra/provision.sh "+
			"replaces it", want.Name, found.ID, want.ID))
	}
}

// missingScope says what is there in the scope's place.
func (c *comparison) missingScope(name string) string {
	for _, s := range c.app.API.Scopes {
		if strings.EqualFold(s.Value, name) {
			return s.Value + ", in another case"
		}
	}
	return "no scope " + name
}

func (c *comparison) scopeSymptom(s *model.Scope) string {
	if s.ID == c.model.ControlScope().ID {
		return "Fabric cannot get a user's token for the workload: items cannot be created or opened, and the error names " +
			"the scope (AADSTS650053, AADSTS65001, AuthError)"
	}
	return "no token has this scope: the routes that want it answer 403, insufficient_scope" + c.routesOf(s)
}

// routesOf names the routes that only this scope opens.
func (c *comparison) routesOf(s *model.Scope) string {
	var names []string
	for _, r := range c.model.Routes {
		if len(r.Scopes) == 1 && r.Scopes[0].Name == s.Name {
			names = append(names, r.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (" + strings.Join(names, ", ") + ")"
}

const preAuthorizedMember = "api.preAuthorizedApplications"

// checkPreAuthorized compares who gets which scopes without asking the user.
func (c *comparison) checkPreAuthorized() {
	known := map[string]bool{}
	for _, want := range c.model.PreAuthorized() {
		known[want.AppID] = true
		c.checkGrant(want)
	}
	for _, p := range c.app.API.PreAuthorized {
		if !known[strings.ToLower(p.AppID)] {
			c.note("the application pre-authorises " + p.AppID + ", which is none of Fabric's: it gets tokens for this " +
				"workload without asking the user")
		}
	}
}

// checkGrant looks for the scopes that one of Fabric's applications gets, by the IDs that they have in this export.
func (c *comparison) checkGrant(want model.PreAuthorized) {
	var granted []string
	there := false
	for _, p := range c.app.API.PreAuthorized {
		if same(p.AppID, want.AppID) {
			there = true
			granted = append(granted, p.Scopes()...)
		}
	}
	var missing []string
	for _, s := range c.model.ExposedScopes() {
		found, ok := c.scope(s.Name)
		if !ok || !slices.Contains(want.ScopeIDs, s.ID) {
			continue // a scope that is not there is a fault of its own
		}
		if !slices.ContainsFunc(granted, func(id string) bool { return same(id, found.ID) }) {
			missing = append(missing, s.Name)
		}
	}
	if len(missing) == 0 && there {
		return
	}
	f := Fault{Member: preAuthorizedMember, Found: want.AppID + " without " + strings.Join(missing, ", "),
		Want: want.AppID + " with " + c.names(want.ScopeIDs), Symptom: grantSymptom(want.AppID), Fix: c.provision()}
	if !there {
		f.Found = "no " + want.AppID + c.strangers()
	}
	c.fault(f)
}

func (c *comparison) names(ids []string) string {
	var names []string
	for _, s := range c.model.ExposedScopes() {
		if slices.Contains(ids, s.ID) {
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, ", ")
}

// strangers names the applications that may stand in the place of a missing one.
func (c *comparison) strangers() string {
	var ids []string
	for _, p := range c.app.API.PreAuthorized {
		if !slices.ContainsFunc(c.model.PreAuthorized(), func(w model.PreAuthorized) bool { return same(w.AppID, p.AppID) }) {
			ids = append(ids, p.AppID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return "; in its place, perhaps, " + strings.Join(ids, ", ")
}

func grantSymptom(appID string) string {
	if appID == model.FabricFrontendApp {
		return "the front-end gets no token: acquireAccessToken fails with WorkloadAuthError 2 (workload configuration), or " +
			"asks for consent each time (AADSTS65001)"
	}
	return "Fabric cannot call the back-end in the user's name: items cannot be created or opened, AuthUIRequired with " +
		"AADSTS65001"
}
