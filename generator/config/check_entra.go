package config

import (
	"fmt"
	"strconv"
	"strings"
)

// checkAll applies the rules that look at more than one value. What already has a problem is left alone.
func (r *reader) checkAll(c *Config) {
	for _, name := range c.EnvironmentNames() {
		r.checkEntra(c, name)
	}
	for i := range c.Resources {
		r.checkResource(&c.Resources[i], fmt.Sprintf("resources[%d]", i))
	}
	for i := range c.Items {
		r.checkItem(c, i)
	}
	r.checkRoutes(c)
}

// sound tells whether none of the paths has a problem.
func (r *reader) sound(paths ...string) bool {
	for _, p := range paths {
		if r.broken[p] {
			return false
		}
	}
	return true
}

// checkEntra holds the audience of one environment against tenant and workload name (Fabric Workload Development Kit,
// "Authentication setup" and "Backend manifest").
func (r *reader) checkEntra(c *Config, environment string) {
	prefix := "entra"
	if environment != DefaultEnvironment {
		prefix = "environments." + environment + ".entra"
	}
	name := c.Workload.Name
	if !r.sound("workload", "workload.name", "entra", "entra.tenantId", "entra.audience", prefix, prefix+".tenantId",
		prefix+".audience") {
		return
	}
	entra, _, _ := c.Environment(environment)
	if isDevelopment(entra.Audience) && !strings.HasPrefix(name, "Org.") {
		r.orgName(name, environment)
		return
	}
	if f, bad := audienceFault(entra, name); bad {
		r.reportAt(r.given(prefix+".audience", prefix+".tenantId", "entra.audience"), f)
	}
}

// orgName reports, once, a name that Fabric does not take with a development audience.
func (r *reader) orgName(name, environment string) {
	r.reportAt("workload.name", fault{
		fmt.Sprintf("%s with a development audience in the environment %s", quote(name), environment),
		"a name that begins with Org., or an https:// audience",
		"did you mean " + strconv.Quote("Org."+lastSegment(name)) + "?"})
}

// given is the first of the paths that the file holds.
func (r *reader) given(paths ...string) string {
	for _, p := range paths {
		if _, ok := r.positions[p]; ok {
			return p
		}
	}
	return paths[0]
}

func audienceFault(entra Entra, name string) (fault, bool) {
	right := developmentAudience(entra.TenantID, name)
	if isDevelopment(entra.Audience) {
		if entra.Audience == right || strings.HasPrefix(entra.Audience, right+"/") {
			return fault{}, false
		}
		return fault{quote(entra.Audience), "the tenant ID and the workload name of this environment in it",
			"did you mean " + strconv.Quote(right) + "?"}, true
	}
	if strings.HasSuffix(entra.Audience, name) || strings.Contains(entra.Audience, name+"/") {
		return fault{}, false
	}
	return fault{quote(entra.Audience) + ", which does not hold the workload name",
		"a URI that ends with the workload name or contains it with a slash after it",
		"did you mean " + strconv.Quote(entra.Audience+"/"+name) + "?"}, true
}
