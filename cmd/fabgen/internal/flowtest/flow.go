package flowtest

import (
	"strings"

	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/runtime/auth"
)

// operation is what a flow does.
type operation int

const (
	callRoute operation = iota
	createItem
	readItem
	updateItem
	deleteItem
	runJob
	cancelJob
	resolveEndpoint
)

// flow is one thing that the back-end is called for.
type flow struct {
	name  string
	op    operation
	route *model.Route
	item  *model.Item // of all but routes and endpoint resolution
	job   *model.Job  // of runJob and cancelJob

	unscoped bool // the workload has no scope of the data plane
}

// flows are those of the workload, in the order of fabgen.yaml.
func flows(m *model.Model) []flow {
	var out []flow
	for _, r := range m.Routes {
		out = append(out, flow{name: r.Name, op: callRoute, route: r, item: itemOf(m, r)})
	}
	for _, i := range m.Items {
		for _, o := range []struct {
			op   operation
			verb string
		}{{createItem, "create"}, {readItem, "read"}, {updateItem, "update"}} {
			out = append(out, flow{name: i.Name + " " + o.verb, op: o.op, item: i})
		}
		for _, j := range i.Jobs {
			out = append(out, flow{name: i.Name + "." + j.Name + " run", op: runJob, item: i, job: j},
				flow{name: i.Name + "." + j.Name + " cancel", op: cancelJob, item: i, job: j})
		}
		out = append(out, flow{name: i.Name + " delete", op: deleteItem, item: i})
	}
	out = append(out, flow{name: "endpoint resolution", op: resolveEndpoint})
	for i := range out {
		out[i].unscoped = len(m.Scopes) == 0
	}
	return out
}

// itemOf is the item that a call of a route is about: its own, or any where its path or query wants one.
func itemOf(m *model.Model, r *model.Route) *model.Item {
	if r.Item == nil && (strings.Contains(r.Path, "{itemId}") || len(r.Query) > 0) && len(m.Items) > 0 {
		return m.Items[0]
	}
	return r.Item
}

// data says whether it is called by the front-end, and not by Fabric.
func (f flow) data() bool { return f.op == callRoute }

// asUser says whether the back-end may ask for a token on behalf of the user: a route that fabgen.yaml has do so, and
// whatever calls a handler of items or jobs.
func (f flow) asUser() bool {
	if f.op == cancelJob || f.op == resolveEndpoint {
		return false
	}
	return !f.data() || len(f.route.Permissions) > 0 || f.route.Resource != nil && f.route.Resource.User()
}

// asApp says whether it has it ask for one as the application.
func (f flow) asApp() bool {
	return f.data() && (len(f.route.Permissions) > 0 || f.route.Resource != nil && !f.route.Resource.User())
}

// callsFabric says whether it has it call Fabric's API or workload control.
func (f flow) callsFabric() bool {
	return f.data() && (len(f.route.Permissions) > 0 || f.route.Resource != nil && f.route.Resource.URI == auth.FabricURI)
}

// needsItem says whether there must be an item before.
func (f flow) needsItem() bool { return f.item != nil && f.op != createItem }

// subjectOptional says whether Fabric may call it on nobody's behalf.
func (f flow) subjectOptional() bool { return f.op == deleteItem || f.op == resolveEndpoint }
