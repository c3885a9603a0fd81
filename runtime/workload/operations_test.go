package workload_test

import (
	"context"

	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// sender calls an operation about a job, or about the job's item, with a body where the operation has one.
type sender func(ctx context.Context, c *fabrictest.Client, j fabrictest.Job, sent any) (*fabrictest.Response, error)

// operation is one of the eight of the contract.
type operation struct {
	name      string
	good      any  // a body that is right; nil where it has none
	ofItem    bool // runs the item's handler
	ofJob     bool
	anyone    bool // is served without a subject
	anyTenant bool // is served without a tenant
	send      sender
}

// call makes a call that is right.
func (o operation) call(ctx context.Context, c *fabrictest.Client, j fabrictest.Job) (*fabrictest.Response, error) {
	return o.send(ctx, c, j, o.good)
}

var operations = []operation{
	{name: "create", good: body{"displayName": "A"}, ofItem: true,
		send: func(ctx context.Context, c *fabrictest.Client, j fabrictest.Job, sent any) (*fabrictest.Response, error) {
			return c.Create(ctx, j.Item, sent)
		}},
	{name: "update", good: body{"displayName": "B"}, ofItem: true,
		send: func(ctx context.Context, c *fabrictest.Client, j fabrictest.Job, sent any) (*fabrictest.Response, error) {
			return c.Update(ctx, j.Item, sent)
		}},
	{name: "delete", ofItem: true, anyone: true,
		send: func(ctx context.Context, c *fabrictest.Client, j fabrictest.Job, _ any) (*fabrictest.Response, error) {
			return c.Delete(ctx, j.Item)
		}},
	{name: "payload", ofItem: true,
		send: func(ctx context.Context, c *fabrictest.Client, j fabrictest.Job, _ any) (*fabrictest.Response, error) {
			return c.Payload(ctx, j.Item)
		}},
	{name: "start", good: manual, ofJob: true,
		send: func(ctx context.Context, c *fabrictest.Client, j fabrictest.Job, sent any) (*fabrictest.Response, error) {
			return c.StartJob(ctx, j, sent)
		}},
	{name: "status", ofJob: true,
		send: func(ctx context.Context, c *fabrictest.Client, j fabrictest.Job, _ any) (*fabrictest.Response, error) {
			return c.JobStatus(ctx, j)
		}},
	{name: "cancel", ofJob: true,
		send: func(ctx context.Context, c *fabrictest.Client, j fabrictest.Job, _ any) (*fabrictest.Response, error) {
			return c.CancelJob(ctx, j)
		}},
	{name: "resolve", good: body{"context": []body{{"name": "EndpointName", "value": "Backend"}}},
		anyone: true, anyTenant: true,
		send: func(ctx context.Context, c *fabrictest.Client, _ fabrictest.Job, sent any) (*fabrictest.Response, error) {
			return c.Do(ctx, "POST", "/resolve-api-path-placeholder", sent)
		}},
}

func named(name string) operation {
	for _, o := range operations {
		if o.name == name {
			return o
		}
	}
	panic("there is no operation " + name)
}
