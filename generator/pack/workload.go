package pack

import (
	"net/url"
	"strings"

	"github.com/fabgen/fabgen/generator/config"
)

const (
	defaultEnvironment = config.DefaultEnvironment

	// developmentAudience begins the ResourceId of a workload in development, and developmentPrefix its name.
	developmentAudience = "api://localdevinstance/"
	developmentPrefix   = "Org."
)

// workload is what other rules need of the WorkloadManifest. What is wrong there is empty.
type workload struct {
	name, version string
}

// checkWorkload checks the manifest of the environment that is packed (Fabric Workload Development Kit, "Backend
// manifest").
func (c *checker) checkWorkload() {
	file := c.workloadFile()
	s := c.files[file]
	if s == nil {
		c.absent(file, "the manifest of the environment "+c.request.Environment)
		return
	}
	root := c.parseXML(s, "WorkloadManifestConfiguration")
	if root == nil || !c.childrenOf(root, "Workload") {
		return
	}
	e := root.child("Workload")
	c.attributes(e, "WorkloadName", "HostingType")
	c.attrOneOf(e, "HostingType", "Remote")
	if name := e.attr("WorkloadName"); name != "" {
		c.workload.name = name
		if p, bad := config.CheckText("workload.name", name); bad {
			c.attribute(e, "WorkloadName", p.Found, p.Want, p.Hint)
		}
	}
	if !c.childrenOf(e, "Version", "RemoteServiceConfiguration") {
		return
	}
	c.leaf(e.child("Version"), "workload.version")
	c.workload.version = e.child("Version").value()
	remote := e.child("RemoteServiceConfiguration")
	if !c.childrenOf(remote, "CloudServiceConfiguration") {
		return
	}
	c.checkCloud(e, remote.child("CloudServiceConfiguration"))
}

func (c *checker) checkCloud(workload, e *element) {
	if !c.childrenOf(e, "Cloud", "AADApp", "Endpoints") {
		return
	}
	c.oneOf(e.child("Cloud"), "Public")
	frontend := c.checkEndpoints(e.child("Endpoints"))
	app := e.child("AADApp")
	if !c.childrenOf(app, "AppId", "RedirectUri", "ResourceId") {
		return
	}
	c.leaf(app.child("AppId"), "entra.clientId")
	c.leaf(app.child("RedirectUri"), "entra.redirectUri")
	c.leaf(app.child("ResourceId"), "entra.audience")
	c.checkAudience(workload, app, frontend)
}

// checkAudience holds the application ID URI against the workload's name, and the redirect URI against the front-end.
func (c *checker) checkAudience(workload, app *element, frontend string) {
	id, redirect, name := app.child("ResourceId"), app.child("RedirectUri"), workload.attr("WorkloadName")
	audience := id.value()
	rest, development := strings.CutPrefix(audience, developmentAudience)
	if development {
		if !strings.HasPrefix(name, developmentPrefix) {
			c.attribute(workload, "WorkloadName", quote(name)+" with a development audience",
				"a name that begins with "+developmentPrefix+", or an https:// audience", "")
		}
		if segments := strings.Split(rest, "/"); len(segments) > 1 && segments[1] != name {
			c.element(id, quote(audience), quote(developmentAudience+segments[0]+"/"+name)+", with a subpath if need be", "")
		}
		return
	}
	if !strings.HasSuffix(audience, name) && !strings.Contains(audience, name+"/") {
		c.element(id, quote(audience)+", which does not hold the workload's name",
			"a URI that ends with "+name+", or holds "+name+"/", "")
	}
	if frontend != "" && redirect.value() != frontend+"/close" {
		c.element(redirect, quote(redirect.value()), quote(frontend+"/close")+", the front-end's page that closes the pop-up", "")
	}
}

// checkEndpoints gives the front-end's address.
func (c *checker) checkEndpoints(e *element) (frontend string) {
	c.childrenOf(e, "ServiceEndpoint*")
	seen := map[string]int{}
	for _, endpoint := range e.children {
		if endpoint.name != "ServiceEndpoint" ||
			!c.childrenOf(endpoint, "Name", "Url", "IsEndpointResolutionService", "EndpointResolutionContext?") {
			continue
		}
		name := endpoint.child("Name").value()
		seen[name]++
		c.oneOf(endpoint.child("Name"), "Workload", "Frontend")
		c.leaf(endpoint.child("Url"), "endpoints.backend")
		c.oneOf(endpoint.child("IsEndpointResolutionService"), "true", "false")
		c.checkResolution(endpoint.child("EndpointResolutionContext"))
		if name == "Frontend" {
			frontend = endpoint.child("Url").value()
		}
	}
	for _, name := range []string{"Workload", "Frontend"} {
		if seen[name] != 1 {
			c.element(e, count(seen[name], "ServiceEndpoint")+" named "+name, "one ServiceEndpoint each for Workload and Frontend", "")
		}
	}
	if _, err := url.Parse(frontend); err != nil {
		return ""
	}
	return strings.TrimSuffix(frontend, "/")
}

// checkResolution checks what Fabric tells an endpoint that resolves others.
func (c *checker) checkResolution(e *element) {
	if e == nil {
		return
	}
	c.childrenOf(e, "ResolutionContextProperty*")
	for _, property := range e.children {
		c.oneOf(property, "EndpointName", "TenantRegion", "WorkspaceRegion", "TenantId")
	}
}
