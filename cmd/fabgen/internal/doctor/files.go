package doctor

import (
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/generator/render"
)

// checkGenerated says whether the workload is what fabgen.yaml gives.
func (c *checkup) checkGenerated(ctx context.Context) []Result {
	const name = "generated files"
	n, err := c.Pending(ctx)
	switch {
	case err != nil:
		return fail(name, err.Error(), "mend that, and run `fabgen check`")
	case n > 0:
		return fail(name, fmt.Sprintf("%d of them differ from what fabgen.yaml gives", n),
			"`fabgen diff` shows what differs, `fabgen generate` writes it")
	}
	return ok(name, "up to date")
}

// checkPackage says whether the manifests keep every rule that is known of them.
func (c *checkup) checkPackage(context.Context) []Result {
	const name = "manifests"
	if err := c.Package(); err != nil {
		return fail(name, err.Error(), "mend that; `fabgen package` tells every problem with its place")
	}
	return ok(name, "they keep every rule of Fabric's package")
}

// manifestXML is what of WorkloadManifest.xml must agree with the registration.
type manifestXML struct {
	Workload struct {
		Name string `xml:"WorkloadName,attr"`
		App  struct {
			ID       string `xml:"AppId"`
			Redirect string `xml:"RedirectUri"`
			Resource string `xml:"ResourceId"`
		} `xml:"RemoteServiceConfiguration>CloudServiceConfiguration>AADApp"`
	} `xml:"Workload"`
}

// checkManifest holds the manifest that the package is made of against fabgen.yaml.
func (c *checkup) checkManifest(context.Context) []Result {
	name := "manifest/WorkloadManifest" + c.Env.Suffix + ".xml"
	var m manifestXML
	data, err := c.read(name)
	if err == nil {
		err = xml.Unmarshal(data, &m)
	}
	if err != nil {
		return fail(name, err.Error(), "run `fabgen generate`")
	}
	var out []Result
	for _, v := range []struct{ what, found, want string }{
		{"WorkloadName", m.Workload.Name, c.Model.Workload.Name}, {"AppId", m.Workload.App.ID, c.Env.ClientID},
		{"RedirectUri", m.Workload.App.Redirect, c.Env.RedirectURI}, {"ResourceId", m.Workload.App.Resource, c.Env.Audience},
	} {
		if v.found != v.want {
			out = append(out, fail(name, fmt.Sprintf("%s is %q, and fabgen.yaml says %q", v.what, v.found, v.want),
				"run `fabgen generate`")...)
		}
	}
	if len(out) > 0 {
		return out
	}
	return ok(name, "name, client ID, redirect URI and audience are those of fabgen.yaml")
}

// checkFrontendSettings holds the front-end's settings against fabgen.yaml, from all files that Vite reads, and its own
// environment, in the order of Vite's: a later one wins.
func (c *checkup) checkFrontendSettings(context.Context) []Result {
	name := "frontend/.env." + c.Env.Name
	rendered, err := render.One(c.Model, "frontend/.env.dev", c.Env)
	if err != nil {
		return fail(name, err.Error(), "report this as a fault of fabgen's")
	}
	found, where, out := c.frontendSettings(name)
	want := parseDotEnv(string(rendered))
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if found[key] != want[key] {
			out = append(out, fail(name, fmt.Sprintf("%s is %q (%s), and fabgen.yaml gives %q", key, found[key],
				orElse(where[key], "nowhere"), want[key]), "take it out where it is set by hand, and run `fabgen generate`")...)
		}
	}
	if len(out) > 0 {
		return out
	}
	return ok(name, fmt.Sprintf("all %d settings are those of fabgen.yaml", len(want)))
}

// frontendSettings gives each setting and where it stands. A secret among them is a failure: Vite puts it into the page.
func (c *checkup) frontendSettings(mode string) (found, where map[string]string, secrets []Result) {
	found, where = map[string]string{}, map[string]string{}
	add := func(values map[string]string, from string) {
		for _, key := range slices.Sorted(maps.Keys(values)) {
			if !strings.HasPrefix(key, "VITE_") {
				continue
			}
			found[key], where[key] = values[key], from
			if upper := strings.ToUpper(key); strings.Contains(upper, "SECRET") || strings.Contains(upper, "PASSWORD") {
				secrets = append(secrets, fail(mode, key+" in "+from+" goes into the page, for everybody to read",
					"take it out, and make a new secret in its place")...)
			}
		}
	}
	for _, file := range []string{"frontend/.env", "frontend/.env.local", mode, mode + ".local"} {
		if data, err := c.read(file); err == nil {
			add(parseDotEnv(string(data)), file)
		}
	}
	add(parseDotEnv(strings.Join(c.Environ(), "\n")), "the environment")
	return found, where, secrets
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
