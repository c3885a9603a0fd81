package rules

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// workload is what the other files must agree with in one environment's WorkloadManifest.
type workload struct {
	file        string
	environment string // empty in the default one
	name        string
	version     string
	appID       string
	redirectURI string
	resourceID  string
	frontend    string
}

const workloadManifest = "WorkloadManifest"

var (
	workloadNamePattern = regexp.MustCompile(`^[A-Za-z0-9-]+\.[A-Za-z0-9-]+$`)
	semVerPattern       = regexp.MustCompile(`^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)
	devSubpathPattern   = regexp.MustCompile(`^[A-Za-z0-9-]{1,36}$`)
)

const devAudience = "api://localdevinstance/"

// checkWorkloads checks the WorkloadManifest of every environment, and gives them with the default one first. They agree
// on the workload's name and version.
func (c *checker) checkWorkloads() []workload {
	var out []workload
	for _, file := range c.list(manifestFolder, ".xml") {
		environment, ok := environmentOf(file, workloadManifest)
		if !ok {
			continue
		}
		if root := c.parse(file); root != nil && c.root(file, root, "WorkloadManifestConfiguration") {
			w := c.checkWorkload(file, root)
			w.environment = environment
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b workload) int { return strings.Compare(a.environment, b.environment) })
	if len(out) == 0 || out[0].environment != "" {
		c.add(path.Join(manifestFolder, workloadManifest+".xml"), "", "no manifest", "that of the default environment")
		return nil
	}
	for _, w := range out[1:] {
		c.equal(w.file, "WorkloadName", w.name, out[0].name)
		c.equal(w.file, "Version", w.version, out[0].version)
	}
	return out
}

func (c *checker) checkWorkload(file string, root *node) workload {
	c.expect(file, root, "Workload")
	n := root.child("Workload")
	c.attributes(file, n, "WorkloadName", "HostingType")
	c.equal(file, "HostingType", n.attr("HostingType"), "Remote")
	c.expect(file, n, "Version", "RemoteServiceConfiguration")
	c.expect(file, n.child("RemoteServiceConfiguration"), "CloudServiceConfiguration")
	cloud := n.at("RemoteServiceConfiguration/CloudServiceConfiguration")
	c.expect(file, cloud, "Cloud", "AADApp", "Endpoints")
	c.equal(file, "Cloud", cloud.child("Cloud").value(), "Public")
	c.expect(file, cloud.child("AADApp"), "AppId", "RedirectUri", "ResourceId")
	w := workload{
		file: file, name: n.attr("WorkloadName"), version: n.child("Version").value(),
		appID:       cloud.at("AADApp/AppId").value(),
		redirectURI: cloud.at("AADApp/RedirectUri").value(),
		resourceID:  cloud.at("AADApp/ResourceId").value(),
	}
	w.frontend = c.checkEndpoints(file, cloud.child("Endpoints"))
	c.checkNames(w)
	c.checkResourceID(w)
	c.checkRedirectURI(w)
	return w
}

func (c *checker) checkNames(w workload) {
	c.matches(w.file, "WorkloadName", w.name, workloadNamePattern, "two segments of letters, digits and dashes")
	if len(w.name) > 32 {
		c.add(w.file, "WorkloadName", quote(w.name), "at most 32 characters")
	}
	c.matches(w.file, "Version", w.version, semVerPattern, "a semantic version")
	if len(w.version) > 16 {
		c.add(w.file, "Version", quote(w.version), "at most 16 characters")
	}
	c.matches(w.file, "AppId", w.appID, guidPattern, "a GUID in lower case")
}

// checkResourceID checks the application ID URI, whose form says whether this is a development manifest.
func (c *checker) checkResourceID(w workload) {
	if strings.HasSuffix(w.resourceID, "/") {
		c.add(w.file, "ResourceId", quote(w.resourceID), "no slash at the end")
	}
	if !strings.HasSuffix(w.resourceID, w.name) && !strings.Contains(w.resourceID, w.name+"/") {
		c.add(w.file, "ResourceId", quote(w.resourceID), "the workload's name "+w.name+" in it")
	}
	rest, dev := strings.CutPrefix(w.resourceID, devAudience)
	if !dev {
		c.address(w.file, "ResourceId", w.resourceID, "https")
		return
	}
	if !strings.HasPrefix(w.name, "Org.") {
		c.add(w.file, "WorkloadName", quote(w.name), "the prefix Org., since the audience is one of development")
	}
	tenant, rest, _ := strings.Cut(rest, "/")
	c.matches(w.file, "ResourceId", tenant, guidPattern, "the tenant's ID in lower case after "+devAudience)
	name, subpath, more := strings.Cut(rest, "/")
	c.equal(w.file, "ResourceId", name, w.name)
	if more {
		c.matches(w.file, "ResourceId", subpath, devSubpathPattern,
			"one subpath of at most 36 letters, digits and dashes")
	}
}

func (c *checker) checkRedirectURI(w workload) {
	if strings.HasPrefix(w.resourceID, devAudience) {
		c.address(w.file, "RedirectUri", w.redirectURI, "http", "https")
		return
	}
	c.address(w.file, "RedirectUri", w.redirectURI, "https")
	c.equal(w.file, "RedirectUri", w.redirectURI, strings.TrimSuffix(w.frontend, "/")+"/close")
}

// checkEndpoints gives the front-end's address.
func (c *checker) checkEndpoints(file string, n *node) (frontend string) {
	c.expect(file, n, "ServiceEndpoint*")
	seen := map[string]int{}
	for _, endpoint := range n.children {
		c.expect(file, endpoint, "Name", "Url", "IsEndpointResolutionService", "EndpointResolutionContext?")
		name, address := endpoint.child("Name").value(), endpoint.child("Url").value()
		seen[name]++
		c.oneOf(file, "ServiceEndpoint Name", name, "Workload", "Frontend")
		c.address(file, "ServiceEndpoint "+name+" Url", address, "http", "https")
		c.oneOf(file, "IsEndpointResolutionService", endpoint.child("IsEndpointResolutionService").value(), "true", "false")
		for _, property := range endpoint.child("EndpointResolutionContext").children {
			c.equal(file, "EndpointResolutionContext", property.name, "ResolutionContextProperty")
			c.oneOf(file, "ResolutionContextProperty", property.value(),
				"EndpointName", "TenantRegion", "WorkspaceRegion", "TenantId")
		}
		if name == "Frontend" {
			frontend = address
		}
	}
	for _, name := range []string{"Workload", "Frontend"} {
		if seen[name] != 1 {
			c.add(file, "Endpoints", "not one ServiceEndpoint "+name, "one ServiceEndpoint each for Workload and Frontend")
		}
	}
	return frontend
}

// address checks for an absolute address of one of the schemes.
func (c *checker) address(file, where, value string, schemes ...string) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Fragment != "" || u.User != nil {
		c.add(file, where, quote(value), "an absolute address")
		return
	}
	c.oneOf(file, where+" scheme", u.Scheme, schemes...)
}
