package localentra

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/google/uuid"
)

// Seed is who there is in the local Entra.
type Seed struct {
	Tenants []Tenant `yaml:"tenants"`
	Users   []User   `yaml:"users"`
}

// Tenant is an organisation.
type Tenant struct {
	// ID is a GUID. That of the home tenant is the publisher's, and may be left out.
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	// Domain ends its users' names, and stands for it in an authority's path. It must end in .example, .test or
	// .invalid (RFC 2606), so that it is nobody's.
	Domain string `yaml:"domain"`
	// Home marks the tenant that publishes the workload. There is exactly one.
	Home bool `yaml:"home"`
	// Installed says that the workload's application is known in the tenant before anybody there has consented to it.
	// The home tenant's always is.
	Installed bool `yaml:"installed"`
	// UsersMayNotConsent leaves consent to administrators (AADSTS90094).
	UsersMayNotConsent bool `yaml:"usersMayNotConsent"`
	// Lacks are the URIs of resources that the tenant has not enabled (AADSTS650052).
	Lacks []string `yaml:"lacks"`
}

// User is a person.
type User struct {
	// ID is the object ID, a GUID.
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	// UserName is the part of the sign-in name before the tenant's domain.
	UserName string `yaml:"userName"`
	// Tenant is the domain of the user's tenant.
	Tenant string `yaml:"tenant"`
	// About says on the sign-in page what the person is there for.
	About string `yaml:"about"`
	// Admin may consent for the whole tenant.
	Admin bool `yaml:"admin"`
	// Role is the person's in the workspace of the local Fabric: Admin (the default), Member, Contributor, Viewer or none.
	Role string `yaml:"role"`
	// MFAFor are the URIs of resources for which a second proof is asked of the person (AADSTS50076).
	MFAFor []string `yaml:"mfaFor"`
	// Consented says that the person has consented to everything that the application is registered with.
	Consented bool `yaml:"consented"`
	// DeclinesConsent and FailsMFA are the answers of the person where nobody is there to give them: see
	// Options.Unattended.
	DeclinesConsent bool `yaml:"declinesConsent"`
	FailsMFA        bool `yaml:"failsMfa"`
}

// Roles are those that a User may have, the default first.
var Roles = []string{"Admin", "Member", "Contributor", "Viewer", NoRole}

// NoRole is the role of who has none.
const NoRole = "none"

//go:embed seed.yaml
var defaultSeed []byte

// DefaultSeed has a person of the publisher's tenant, who is its administrator, one of a foreign tenant, one who must
// prove more for OneLake, and one who declines.
func DefaultSeed() *Seed {
	seed, err := ParseSeed(defaultSeed)
	if err != nil {
		panic(err) // a test reads it
	}
	return seed
}

// MaxSeed is the most bytes that a seed may have.
const MaxSeed = 1 << 20

// ParseSeed reads a seed, in YAML or JSON, and checks it. Every problem is told at once.
func ParseSeed(data []byte) (*Seed, error) {
	if len(data) > MaxSeed {
		return nil, fmt.Errorf("reading the local Entra's seed: it has more than %d bytes", MaxSeed)
	}
	seed := &Seed{}
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(seed); err != nil {
		return nil, fmt.Errorf("reading the local Entra's seed: %w", err)
	}
	if err := seed.check(); err != nil {
		return nil, fmt.Errorf("reading the local Entra's seed:\n%w", err)
	}
	return seed, nil
}

func (s *Seed) check() error {
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	homes, seen := 0, map[string]bool{}
	unique := func(what string) {
		if key := strings.ToLower(what); seen[key] {
			problem("%s is there twice", what)
		} else {
			seen[key] = true
		}
	}
	for _, t := range s.Tenants {
		if t.Home {
			homes++
		}
		if !(t.Home && t.ID == "") {
			if uuid.Validate(t.ID) != nil {
				problem("tenant %q: the id %q is no GUID", t.Name, t.ID)
			}
			unique(t.ID)
		}
		if !reserved(t.Domain) {
			problem("tenant %q: the domain %q does not end in .example, .test or .invalid", t.Name, t.Domain)
		}
		unique(t.Domain)
	}
	if homes != 1 {
		problem("%d tenants have home: true, and one is right", homes)
	}
	for _, u := range s.Users {
		if uuid.Validate(u.ID) != nil {
			problem("user %q: the id %q is no GUID", u.Name, u.ID)
		}
		if u.UserName == "" || strings.ContainsAny(u.UserName, "@ ") {
			problem("user %q: the userName %q is empty, or has an @ or a space", u.Name, u.UserName)
		}
		if !slices.ContainsFunc(s.Tenants, func(t Tenant) bool { return t.Domain == u.Tenant }) {
			problem("user %q: no tenant has the domain %q", u.Name, u.Tenant)
		}
		if u.Role != "" && !slices.Contains(Roles, u.Role) {
			problem("user %q: the role %q is none of %s", u.Name, u.Role, strings.Join(Roles, ", "))
		}
		unique(u.ID)
		unique(u.UserName + "@" + u.Tenant)
	}
	if len(s.Users) == 0 {
		problem("there are no users, and at least one is needed")
	}
	return errors.Join(problems...)
}

func reserved(domain string) bool {
	return slices.ContainsFunc([]string{".example", ".test", ".invalid"}, func(end string) bool {
		return len(domain) > len(end) && strings.HasSuffix(domain, end)
	})
}
