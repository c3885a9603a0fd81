// Package doctor finds out why a workload does not run here: tools, ports, files, settings and credentials, each
// checked on its own and told with what to do next. It needs no network, writes nothing and shows no secret.
package doctor

import (
	"context"
	"time"

	"github.com/fabgen/fabgen/generator/model"
)

// Status is how a check ended.
type Status string

// The ways in which a check ends.
const (
	OK      Status = "ok"
	Warning Status = "warning" // it may keep the workload from running
	Failed  Status = "failed"  // it does
)

// Result is what one check found.
type Result struct {
	Group  string `json:"group"` // such as tools
	Name   string `json:"name"`  // what was checked
	Status Status `json:"status"`
	Found  string `json:"found"`
	Next   string `json:"next,omitempty"` // what to do; empty where it is ok
}

// Machine is what the checks see of the world around them.
type Machine struct {
	LookPath func(name string) (string, error)
	// Output runs a program in a folder that no project is in, and gives its standard output.
	Output  func(ctx context.Context, program string, args ...string) (string, error)
	Getenv  func(name string) string
	Environ func() []string
	// Free says whether an address can be listened on; the error says why not.
	Free func(address string) error
	// Get asks an address of this machine, for a second at most, and gives the status and a part of the body.
	Get func(ctx context.Context, url string) (status int, body string, err error)
	Now func() time.Time
}

// Workload is what is checked.
type Workload struct {
	Dir   string // its folder
	Model *model.Model
	Env   *model.Environment
	// Pending counts the files that differ from what fabgen.yaml gives, as `fabgen check` does.
	Pending func(ctx context.Context) (int, error)
	// Package packs the manifests, as `fabgen package` does, and throws the package away.
	Package func() error
}

// checkup is a Workload on a Machine.
type checkup struct {
	*Machine
	Workload
}

// group is some checks that belong together. Each function gives one result or several.
type group struct {
	name   string
	checks []func(*checkup, context.Context) []Result
}

// groups are all checks in their order: what is quick and what the others rest on comes first.
var groups = []group{
	{"tools", []func(*checkup, context.Context) []Result{
		(*checkup).checkGo, (*checkup).checkNode, (*checkup).checkNPM, (*checkup).checkGit, (*checkup).checkAzure,
	}},
	{"ports", []func(*checkup, context.Context) []Result{(*checkup).checkBackendPort, (*checkup).checkFrontendPort}},
	{"files", []func(*checkup, context.Context) []Result{
		(*checkup).checkGenerated, (*checkup).checkManifest, (*checkup).checkPackage,
		(*checkup).checkFrontendSettings,
	}},
	{"settings", []func(*checkup, context.Context) []Result{
		(*checkup).checkSettings, (*checkup).checkIdentity, (*checkup).checkCredential,
	}},
}

// Run runs every check and hands each result on as soon as it is there. It stops when ctx ends.
func Run(ctx context.Context, m *Machine, w Workload, found func(Result)) error {
	c := &checkup{Machine: m, Workload: w}
	for _, g := range groups {
		for _, check := range g.checks {
			if err := ctx.Err(); err != nil {
				return err
			}
			for _, r := range check(c, ctx) {
				r.Group = g.name
				found(r)
			}
		}
	}
	return nil
}

func ok(name, found string) []Result { return []Result{{Name: name, Status: OK, Found: found}} }

func warn(name, found, next string) []Result {
	return []Result{{Name: name, Status: Warning, Found: found, Next: next}}
}

func fail(name, found, next string) []Result {
	return []Result{{Name: name, Status: Failed, Found: found, Next: next}}
}
