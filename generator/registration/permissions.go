package registration

import (
	"fmt"
	"strings"

	"github.com/fabgen/fabgen/generator/model"
)

const accessMember = "requiredResourceAccess"

// checkPermissions looks for the API permissions that the application asks for. Of those whose IDs only a tenant knows
// it can be told that their resource is missing, and no more.
func (c *comparison) checkPermissions() {
	for _, r := range c.model.RequiredResources() {
		for _, p := range r.Permissions {
			if kinds := c.kindsOf(p.AppID, p.ID); !strings.Contains(kinds, p.Type) {
				c.fault(c.missingPermission(p, kinds))
			}
		}
	}
	for _, p := range c.model.LookedUpPermissions() {
		switch {
		case p.AppID != "" && p.ID == "" && !strings.Contains(c.kindsOf(p.AppID, ""), p.Type):
			c.fault(c.missingPermission(p, ""))
		default:
			c.note("an export does not tell whether the application asks for the " + p.String() +
				": only the tenant knows its ID, and entra/provision.sh looks it up")
		}
	}
}

// kindsOf gives the types under which the application asks for a permission of a resource, for any of them where id is
// empty.
func (c *comparison) kindsOf(appID, id string) string {
	var kinds []string
	for _, r := range c.app.RequiredResourceAccess {
		for _, a := range r.Access {
			if same(r.AppID, appID) && (id == "" || same(a.ID, id)) {
				kinds = append(kinds, a.Type)
			}
		}
	}
	return strings.Join(kinds, " ")
}

func (c *comparison) missingPermission(p model.RequiredPermission, otherKind string) Fault {
	f := Fault{Member: accessMember, Found: "no " + p.Name, Want: p.String(), Fix: c.provision() +
		", and have an administrator consent: " + c.env.AdminConsentURL}
	if p.ID != "" {
		f.Want += fmt.Sprintf(" (%s)", p.ID)
	}
	if otherKind != "" {
		f.Found = p.Name + " with the type " + otherKind + " in place of " + p.Type
	}
	resources := c.resourcesOf(p)
	switch {
	case p.Name == "Fabric.Extend":
		f.Symptom = "Fabric does not take the application for a workload's: it calls the back-end without a user, or refuses " +
			"what the back-end asks of workload control"
	case p.Type == "Role":
		f.Symptom = "the back-end's own token for " + resources + " has no such role, and the resource answers 403"
	default:
		f.Symptom = "the exchange for " + resources + " fails, and consent to .default does not cover it (AADSTS65001, " +
			"AADSTS650057)"
	}
	return f
}

// resourcesOf names the resources of fabgen.yaml that a permission is for.
func (c *comparison) resourcesOf(p model.RequiredPermission) string {
	for _, r := range c.model.Resources {
		if r.AppID != p.AppID {
			continue
		}
		for _, permission := range r.Permissions {
			if permission.Name == p.Name {
				return r.Name
			}
		}
	}
	return "the resource"
}
