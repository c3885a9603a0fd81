package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// toolchains is the first Go that gets the one a module asks for by itself.
var toolchains = version{1, 21, 0}

var goLine = regexp.MustCompile(`(?m)^go (\S+)`)

// checkGo holds Go against the line of backend/go.mod that says which one the module is for.
func (c *checkup) checkGo(ctx context.Context) []Result {
	const name, get = "go", "install it: https://go.dev/dl/"
	found, problem := c.tool(ctx, name, get, "env", "GOVERSION")
	if problem != nil {
		return problem
	}
	data, err := c.read("backend/go.mod")
	line := goLine.FindStringSubmatch(string(data))
	if err != nil || line == nil {
		return warn(name, found.String()+"; backend/go.mod does not say which one is wanted", "run `fabgen generate`")
	}
	want, _ := findVersion(line[1])
	switch {
	case found.compare(want) >= 0:
		return ok(name, fmt.Sprintf("%s; backend/go.mod wants %s or newer", found, want))
	case found.compare(toolchains) >= 0 && c.Getenv("GOTOOLCHAIN") != "local":
		return warn(name, fmt.Sprintf("%s; backend/go.mod wants %s or newer, which it downloads when it is used", found, want),
			"install Go "+want.String()+" where there is no network: https://go.dev/dl/")
	}
	return fail(name, fmt.Sprintf("%s; backend/go.mod wants %s or newer", found, want), get)
}

func (c *checkup) checkNode(ctx context.Context) []Result {
	return c.checkEngine(ctx, "node", "install it: https://nodejs.org/")
}

func (c *checkup) checkNPM(ctx context.Context) []Result {
	return c.checkEngine(ctx, "npm", "it comes with Node.js: https://nodejs.org/; a newer one by `npm install --global npm`")
}

// checkEngine holds a tool against engines of frontend/package.json.
func (c *checkup) checkEngine(ctx context.Context, name, get string) []Result {
	found, problem := c.tool(ctx, name, get, "--version")
	if problem != nil {
		return problem
	}
	var manifest struct {
		Engines map[string]string `json:"engines"`
	}
	data, err := c.read("frontend/package.json")
	if err == nil {
		err = json.Unmarshal(data, &manifest)
	}
	want := manifest.Engines[name]
	if err != nil || want == "" {
		return warn(name, found.String()+"; frontend/package.json does not say which one is wanted", "run `fabgen generate`")
	}
	text := fmt.Sprintf("%s; frontend/package.json wants %s", found, want)
	switch yes, known := found.satisfies(want); {
	case !known:
		return warn(name, text, "compare them yourself: that form of a range is not read here")
	case yes:
		return ok(name, text)
	}
	return fail(name, text, get)
}

func (c *checkup) checkGit(ctx context.Context) []Result {
	found, problem := c.tool(ctx, "git", "install it: https://git-scm.com/", "--version")
	if problem != nil {
		problem[0].Status = Warning // nothing of the workload needs it to run
		return problem
	}
	return ok("git", found.String())
}

// checkAzure looks for the Azure CLI, which the provisioning script alone needs.
func (c *checkup) checkAzure(ctx context.Context) []Result {
	const name = "az"
	found, problem := c.tool(ctx, name, "", "version", "--query", `"azure-cli"`, "--output", "tsv")
	if problem != nil {
		return warn(name, "the Azure CLI is not there, or does not run; entra/provision.sh alone needs it",
			"install it to register the application: https://learn.microsoft.com/cli/azure/install-azure-cli")
	}
	return ok(name, found.String())
}

// tool runs a program that tells its version; where it cannot, the results say so.
func (c *checkup) tool(ctx context.Context, name, get string, args ...string) (version, []Result) {
	if _, err := c.LookPath(name); err != nil {
		return version{}, fail(name, "it is not in PATH", get)
	}
	out, err := c.Output(ctx, name, args...)
	found, known := findVersion(out)
	if err != nil || !known {
		return version{}, fail(name, fmt.Sprintf("`%s %s` does not tell its version", name, strings.Join(args, " ")), get)
	}
	return found, nil
}
