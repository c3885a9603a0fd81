package rules

import (
	"path"
	"regexp"
	"slices"
)

// IDs of Microsoft's that a registration names.
const (
	fabricService    = "00000009-0000-0000-c000-000000000000"
	fabricClient     = "d2450708-699c-41e3-8077-b0c8341509aa"
	fabricFrontend   = "871c010f-5e61-4fb1-83ac-98610a7e9110"
	extendPermission = "7ba630b9-8110-4e27-8d17-81e5f2218787"

	controlScope = "FabricWorkloadControl"
)

const registration = "application" // file name, without environment and extension

var scopeValuePattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,120}$`)

// checkApplications checks the registration of every environment against that environment's manifest. The IDs of
// scopes are the same everywhere, so that consent survives a change of environment.
func (c *checker) checkApplications(workloads []workload) {
	var first map[string]string
	for _, w := range workloads {
		name := registration + ".json"
		if w.environment != "" {
			name = registration + "." + w.environment + ".json"
		}
		m := c.object(path.Join(entraFolder, name))
		if m == nil {
			continue
		}
		scopes := c.checkApplication(m, w)
		if first == nil {
			first = scopes
		}
		for value, id := range scopes {
			c.equal(m.file, "api.oauth2PermissionScopes "+value, id, first[value])
		}
	}
	for _, file := range c.list(entraFolder, ".json") {
		environment, ok := environmentOf(file, registration)
		if !ok || !slices.ContainsFunc(workloads, func(w workload) bool { return w.environment == environment }) {
			c.add(file, "", "a registration without a manifest", "one of each an environment")
		}
	}
}

func (c *checker) checkApplication(m *members, w workload) map[string]string {
	m.required("displayName")
	c.equal(m.file, "signInAudience", m.text("signInAudience"), "AzureADMultipleOrgs")
	if uris := m.strings("identifierUris"); !slices.Equal(uris, []string{w.resourceID}) {
		m.add("identifierUris", quote(first(uris)), quote(w.resourceID)+", the manifest's ResourceId")
	}
	if uris := m.strings("spa.redirectUris"); !slices.Contains(uris, w.redirectURI) {
		m.add("spa.redirectUris", quote(first(uris)), quote(w.redirectURI)+", the manifest's RedirectUri")
	}
	if v := m.value("api.requestedAccessTokenVersion"); v != nil && v != 1.0 && v != 2.0 {
		m.add("api.requestedAccessTokenVersion", "another version", "null, 1 or 2")
	}
	c.checkClaims(m)
	scopes := c.checkScopes(m)
	c.checkPreAuthorized(m, scopes)
	c.checkPermissions(m)
	return scopes
}

func (c *checker) checkClaims(m *members) {
	for _, claim := range m.list("optionalClaims.accessToken") {
		if claim.text("name") == "idtyp" {
			return
		}
	}
	m.add("optionalClaims.accessToken", "no idtyp", "the claim idtyp, which tells an app token from a user's")
}

// checkScopes gives the scopes' IDs by their values.
func (c *checker) checkScopes(m *members) map[string]string {
	scopes, ids := map[string]string{}, map[string]bool{}
	for _, s := range m.list("api.oauth2PermissionScopes") {
		value, id := s.text("value"), s.text("id")
		c.matches(m.file, s.join("value"), value, scopeValuePattern, "at most 120 letters, digits, dots and dashes")
		c.matches(m.file, s.join("id"), id, guidPattern, "a GUID in lower case")
		c.oneOf(m.file, s.join("type"), s.text("type"), "User", "Admin")
		if s.value("isEnabled") != true {
			s.add("isEnabled", "no", "true")
		}
		for _, who := range []string{"admin", "user"} {
			s.atMost(who+"ConsentDisplayName", 100)
			s.atMost(who+"ConsentDescription", 1000)
		}
		if scopes[value] != "" || ids[id] {
			s.add("", "the scope "+value+" or its ID twice", "each scope once")
		}
		scopes[value], ids[id] = id, true
	}
	if scopes[controlScope] == "" {
		m.add("api.oauth2PermissionScopes", "no "+controlScope, "the scope that Fabric's calls carry")
	}
	return scopes
}

// atMost checks a text that must be there and has a limit in characters.
func (m *members) atMost(path string, most int) {
	m.required(path)
	if n := len([]rune(m.text(path))); n > most {
		m.add(path, number(n)+" characters", "at most "+number(most))
	}
}

func (c *checker) checkPreAuthorized(m *members, scopes map[string]string) {
	got := map[string][]string{}
	for _, app := range m.list("api.preAuthorizedApplications") {
		id := app.text("appId")
		if got[id] != nil {
			app.add("appId", quote(id)+" twice", "each application once")
		}
		got[id] = app.strings("delegatedPermissionIds")
	}
	want := map[string][]string{fabricService: {scopes[controlScope]}, fabricClient: {scopes[controlScope]}}
	for value, id := range scopes {
		if value != controlScope {
			want[fabricFrontend] = append(want[fabricFrontend], id)
		}
	}
	for _, app := range []string{fabricService, fabricClient, fabricFrontend} {
		slices.Sort(got[app])
		slices.Sort(want[app])
		if !slices.Equal(got[app], want[app]) {
			m.add("api.preAuthorizedApplications", "other scopes for "+app,
				controlScope+" for Fabric's services, every other scope for its front-end")
		}
		delete(got, app)
	}
	for app := range got {
		m.add("api.preAuthorizedApplications", app, "Fabric's applications alone")
	}
}

func (c *checker) checkPermissions(m *members) {
	resources, extend := map[string]bool{}, false
	for _, resource := range m.list("requiredResourceAccess") {
		app := resource.text("resourceAppId")
		c.matches(m.file, resource.join("resourceAppId"), app, guidPattern, "a GUID in lower case")
		if resources[app] {
			resource.add("resourceAppId", quote(app)+" twice", "each resource once")
		}
		resources[app] = true
		ids := map[string]bool{}
		for _, access := range resource.list("resourceAccess") {
			id := access.text("id")
			c.matches(m.file, access.join("id"), id, guidPattern, "a GUID in lower case")
			c.oneOf(m.file, access.join("type"), access.text("type"), "Scope", "Role")
			if ids[id] {
				access.add("id", quote(id)+" twice", "each permission once")
			}
			ids[id] = true
		}
		extend = extend || app == fabricService && ids[extendPermission]
	}
	if !extend {
		m.add("requiredResourceAccess", "no Fabric.Extend", extendPermission+" of "+fabricService)
	}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
