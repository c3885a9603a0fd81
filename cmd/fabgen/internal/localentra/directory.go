package localentra

import (
	"slices"
	"strings"
)

// tenant is a Tenant with its ID.
type tenant struct{ Tenant }

// lacks says whether the tenant has not enabled the resource.
func (t *tenant) lacks(r *resource) bool { return slices.ContainsFunc(t.Lacks, r.is) }

// user is a User with their tenant.
type user struct {
	User
	tenant *tenant
}

func (u *user) signInName() string { return u.UserName + "@" + u.tenant.Domain }

// directory is who there is. It does not change.
type directory struct {
	tenants []*tenant
	users   []*user
	home    *tenant
}

func newDirectory(seed *Seed, publisher string) *directory {
	d := &directory{}
	for _, t := range seed.Tenants {
		if t.Home {
			t.ID = publisher
		}
		own := &tenant{t}
		d.tenants = append(d.tenants, own)
		if t.Home {
			d.home = own
		}
	}
	for _, u := range seed.Users {
		t := d.tenant(u.Tenant)
		d.users = append(d.users, &user{u, t})
	}
	return d
}

// tenant finds a tenant by its ID or domain.
func (d *directory) tenant(name string) *tenant {
	i := slices.IndexFunc(d.tenants, func(t *tenant) bool {
		return strings.EqualFold(t.ID, name) || strings.EqualFold(t.Domain, name)
	})
	if i < 0 {
		return nil
	}
	return d.tenants[i]
}

// user finds a user by object ID or sign-in name.
func (d *directory) user(name string) *user {
	i := slices.IndexFunc(d.users, func(u *user) bool {
		return strings.EqualFold(u.ID, name) || strings.EqualFold(u.signInName(), name)
	})
	if i < 0 {
		return nil
	}
	return d.users[i]
}

// anyTenant says whether a path is for users of whatever tenant.
func anyTenant(path string) bool { return path == "common" || path == "organizations" }

// authority finds the tenant that a path names: nil for any.
func (d *directory) authority(path string) (*tenant, *Refusal) {
	if anyTenant(path) {
		return nil, nil
	}
	if t := d.tenant(path); t != nil {
		return t, nil
	}
	return nil, refuse("invalid_request", 90002, "Tenant '"+shorten(path)+"' not found. Check that it is a tenant of "+
		"the seed, by its id or its domain.")
}
