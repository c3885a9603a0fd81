package flowtest

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/yamlfile"
	"github.com/fabgen/fabgen/generator/model"
)

// Inputs are what the flows give to the handlers of a workload, where those want more than the least that a call can
// have. The zero value is that least. docs/flows.md is the format for those who write them.
type Inputs struct {
	Items  map[string]ItemInput  `yaml:"items"`
	Routes map[string]RouteInput `yaml:"routes"`
	// Resolve is what Fabric says of the endpoint that it wants resolved, by the contract's properties.
	Resolve map[string]string `yaml:"resolve"`
}

// ItemInput is of one type of item, and its jobs.
type ItemInput struct {
	Create ItemChange          `yaml:"create"`
	Update ItemChange          `yaml:"update"`
	Jobs   map[string]JobInput `yaml:"jobs"`
}

// ItemChange is what an item is made with, or changed to. What is left out has a name, and nothing else.
type ItemChange struct {
	Name        string        `yaml:"name"`
	Description string        `yaml:"description"`
	Payload     yamlfile.JSON `yaml:"payload"`
}

// JobInput is what a job is started with.
type JobInput struct {
	Payload yamlfile.JSON `yaml:"payload"`
}

// RouteInput is what a route is called with.
type RouteInput struct {
	Params map[string]string `yaml:"params"` // of its path; those of the item are the test's
	Body   yamlfile.JSON     `yaml:"body"`   // default: an empty object, where the method has a body
}

// change is what a person gives of it. A name is always given.
func (c ItemChange) change(name string) play.Changes {
	if c.Name != "" {
		name = c.Name
	}
	out := play.Changes{DisplayName: &name, Payload: json.RawMessage(c.Payload)}
	if c.Description != "" {
		out.Description = &c.Description
	}
	return out
}

// body is the contract's for the same, with the payload under its name.
func (c ItemChange) body(payload string) map[string]any {
	given := c.change("A name")
	body := map[string]any{"displayName": given.DisplayName}
	if given.Description != nil {
		body["description"] = given.Description
	}
	if given.Payload != nil {
		body[payload] = given.Payload
	}
	return body
}

// item and job are what is given to those of a flow.
func (in *Inputs) item(f flow) ItemInput { return in.Items[f.item.Name] }
func (in *Inputs) job(f flow) JobInput   { return in.item(f).Jobs[f.job.Name] }

// ofItem are the parameters of a route that say which item it is about.
var ofItem = []string{"workspaceId", "itemId"}

// freeParams are the parameters of a route that the item does not give.
func freeParams(r *model.Route) []string {
	var names []string
	for _, p := range r.Params {
		if !slices.Contains(ofItem, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// anyValue is that of a parameter that nothing else is said of.
const anyValue = "one"

// request is a flow's call of its route about an item.
func (in *Inputs) request(f flow, item string) play.Request {
	given := in.Routes[f.route.Name]
	values := map[string]string{}
	for _, name := range freeParams(f.route) {
		values[name] = anyValue
	}
	maps.Copy(values, given.Params)
	values["workspaceId"], values["itemId"] = local.WorkspaceID, item
	body := given.Body
	if body == nil && slices.Contains(withBody, f.route.Method) {
		body = yamlfile.JSON(`{}`)
	}
	return play.RequestOf(f.route, values, body)
}

// resolve is what Fabric says of an endpoint.
func (in *Inputs) resolve() map[string]string {
	if len(in.Resolve) > 0 {
		return in.Resolve
	}
	return map[string]string{"EndpointName": "Workload"}
}
