package workload_test

import (
	"context"

	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// operation is one of the eight of the contract; what it is about is a job, or the job's item.
type operation struct {
	name      string
	sends     bool // has a body
	ofJob     bool
	ofItem    bool // runs the item's handler
	anyone    bool // is served without a subject
	anyTenant bool // is served without a tenant
	// call makes a call that is right; other makes one with another body.
	call  func(context.Context, *fabrictest.Client, fabrictest.Job) (*fabrictest.Response, error)
	other func(context.Context, *fabrictest.Client, fabrictest.Job, any) (*fabrictest.Response, error)
}

type (
	ctx    = context.Context
	client = *fabrictest.Client
	job    = fabrictest.Job
)

var operations = []operation{
	sending("create", body{"displayName": "A"}, operation{ofItem: true},
		func(ctx ctx, c client, j job, sent any) (*fabrictest.Response, error) {
			return c.Create(ctx, j.Item, sent)
		}),
	sending("update", body{"displayName": "B"}, operation{ofItem: true},
		func(ctx ctx, c client, j job, sent any) (*fabrictest.Response, error) {
			return c.Update(ctx, j.Item, sent)
		}),
	{name: "delete", ofItem: true, anyone: true,
		call: func(ctx ctx, c client, j job) (*fabrictest.Response, error) { return c.Delete(ctx, j.Item) }},
	{name: "payload", ofItem: true,
		call: func(ctx ctx, c client, j job) (*fabrictest.Response, error) { return c.Payload(ctx, j.Item) }},
	sending("start", manual, operation{ofJob: true},
		func(ctx ctx, c client, j job, sent any) (*fabrictest.Response, error) {
			return c.StartJob(ctx, j, sent)
		}),
	{name: "status", ofJob: true,
		call: func(ctx ctx, c client, j job) (*fabrictest.Response, error) { return c.JobStatus(ctx, j) }},
	{name: "cancel", ofJob: true,
		call: func(ctx ctx, c client, j job) (*fabrictest.Response, error) { return c.CancelJob(ctx, j) }},
	sending("resolve", body{"context": []body{{"name": "EndpointName", "value": "Backend"}}},
		operation{anyone: true, anyTenant: true},
		func(ctx ctx, c client, _ job, sent any) (*fabrictest.Response, error) {
			return c.Do(ctx, "POST", "/resolve-api-path-placeholder", sent)
		}),
}

// sending completes an operation that has a body, of which good is one that is right.
func sending(name string, good any, o operation, send func(ctx, client, job, any) (*fabrictest.Response, error)) operation {
	o.name, o.sends, o.other = name, true, send
	o.call = func(ctx ctx, c client, j job) (*fabrictest.Response, error) { return send(ctx, c, j, good) }
	return o
}
