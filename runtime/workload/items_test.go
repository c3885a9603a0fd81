package workload_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

func TestItemLifecycle(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	item := b.create()
	payload := func() string {
		return strings.TrimSpace(string(b.want(200, "")(b.control.Payload(ctx, item)).Body))
	}
	if got, want := payload(), `{"itemPayload":{"description":"","kept":{"x":1},"name":"A"}}`; got != want {
		t.Errorf("after create %s, want %s", got, want)
	}
	b.want(200, "")(b.control.Update(ctx, item, body{"description": "d"}))
	b.want(200, "")(b.control.Update(ctx, item, body{"displayName": "B", "updatePayload": nil}))
	if got, want := payload(), `{"itemPayload":{"description":"d","kept":{"x":1},"name":"B"}}`; got != want {
		t.Errorf("after updates of one member each %s, want %s", got, want)
	}
	b.want(200, "")(b.control.Update(ctx, item, body{"updatePayload": []int{2}}))
	if got, want := payload(), `{"itemPayload":{"description":"d","kept":[2],"name":"B"}}`; got != want {
		t.Errorf("after an update of the payload %s, want %s", got, want)
	}
	b.want(200, "")(b.control.Delete(ctx, item))
	b.want(200, "")(b.control.Delete(ctx, item))
	if b.handler.deletes != 1 {
		t.Errorf("the handler deleted %d times, want once", b.handler.deletes)
	}
	b.want(404, "ItemMetadataNotFound")(b.control.Payload(ctx, item))
	b.want(404, "ItemMetadataNotFound")(b.control.Update(ctx, item, body{}))
}

func TestCreateIsIdempotent(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	item := newItem()
	b.want(500, "InternalError")(b.control.Create(ctx, item, body{"displayName": "A", "creationPayload": body{"fail": true}}))
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if r, err := b.control.Create(ctx, item, body{"displayName": "A"}); err != nil || r.Status != 200 {
				t.Errorf("%v %v", r, err)
			}
		})
	}
	wait.Wait()
	if b.handler.creates != 2 {
		t.Errorf("the handler created %d times, want twice: once in vain, once for all repeats", b.handler.creates)
	}
	upper := item
	upper.ID, upper.WorkspaceID = strings.ToUpper(item.ID), strings.ToUpper(item.WorkspaceID)
	b.want(200, "")(b.control.Payload(ctx, upper))
	other := item
	other.Type = otherType
	b.want(409, "Conflict")(b.control.Create(ctx, other, body{"displayName": "A"}))
	b.want(404, "ItemMetadataNotFound")(b.control.Payload(ctx, other))
	b.want(200, "")(b.control.Delete(ctx, other))
	b.want(200, "")(b.control.Payload(ctx, item))
}

func TestDeleteWithoutSubject(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	item := b.create()
	b.control.Tokens = func() auth.SubjectAndApp { return auth.SubjectAndApp{App: b.entra.AppToken()} }
	b.want(401, "AuthError")(b.control.Payload(ctx, item))
	b.want(401, "AuthError")(b.control.Update(ctx, item, body{"displayName": "B"}))
	b.want(200, "")(b.control.Delete(ctx, item))
	if len(b.handler.callers) != 1 || b.handler.callers[0] {
		t.Errorf("the handler saw subjects %v, want one call without", b.handler.callers)
	}
}

func TestBadItemCalls(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	good := newItem()
	named := body{"displayName": "A"}
	with := func(change func(*fabrictest.Item)) fabrictest.Item {
		item := good
		change(&item)
		return item
	}
	tests := []struct {
		name   string
		item   fabrictest.Item
		sent   any
		status int
		code   string
	}{
		{"no body", good, nil, 400, "InvalidRequest"},
		{"an array", good, []byte(`[]`), 400, "InvalidRequest"},
		{"cut off", good, []byte(`{"displayName":"A"`), 400, "InvalidRequest"},
		{"text after it", good, []byte(`{"displayName":"A"} {}`), 400, "InvalidRequest"},
		{"a member twice", good, []byte(`{"displayName":"A","displayName":"B"}`), 400, "InvalidRequest"},
		{"no name", good, body{}, 400, "InvalidRequest"},
		{"a name in another case", good, []byte(`{"DisplayName":"A"}`), 400, "InvalidRequest"},
		{"an empty name", good, body{"displayName": ""}, 400, "InvalidRequest"},
		{"a NUL in the name", good, []byte(`{"displayName":"A\u0000B"}`), 400, "InvalidRequest"},
		{"a null name", good, body{"displayName": nil}, 400, "InvalidRequest"},
		{"a number as name", good, body{"displayName": 1}, 400, "InvalidRequest"},
		{"a number as description", good, body{"displayName": "A", "description": 1}, 400, "InvalidRequest"},
		{"a long name", good, body{"displayName": strings.Repeat("é", 257)}, 400, "InvalidRequest"},
		{"not UTF-8", good, []byte("{\"displayName\":\"\xff\"}"), 400, "InvalidRequest"},
		{"over a megabyte", good, body{"displayName": "A", "x": strings.Repeat("x", 1<<20)}, 413, "PayloadTooLarge"},
		{"not a UUID", with(func(i *fabrictest.Item) { i.ID = "1" }), named, 400, "InvalidRequest"},
		{"a UUID in braces", with(func(i *fabrictest.Item) { i.ID = "{" + i.ID[:34] + "}" }), named, 400, "InvalidRequest"},
		{"a wrong digit", with(func(i *fabrictest.Item) { i.WorkspaceID = "g" + i.WorkspaceID[1:] }), named, 400, "InvalidRequest"},
		{"a path in an ID", with(func(i *fabrictest.Item) { i.ID = "../" + i.ID }), named, 404, "NotFound"},
		{"another workload's type", with(func(i *fabrictest.Item) { i.Type = "Org.Else.Report" }), named, 404, "UnknownItemType"},
		{"a short type", with(func(i *fabrictest.Item) { i.Type = "Report" }), named, 404, "UnknownItemType"},
		{"a payload that the handler refuses", good, body{"displayName": "A", "creationPayload": "x"}, 400, "InvalidItemPayload"},
		{"a handler that panics", good, body{"displayName": "A", "creationPayload": body{"panic": true}}, 500, "InternalError"},
		{"unknown members", good, body{"displayName": strings.Repeat("é", 256), "else": 1}, 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := *b
			b.t = t
			b.want(tt.status, tt.code)(b.control.Create(ctx, tt.item, tt.sent))
		})
	}
	if !strings.Contains(b.log.String(), "a handler's own mistake") {
		t.Error("the log does not tell of the panic")
	}
}

func TestTenantsAreApart(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	item := b.create()
	job := newJob(item, slowJob)
	b.want(202, "")(b.control.StartJob(ctx, job, body{"invokeType": "Manual"}))
	const tenant = "11111111-2222-4333-8444-555555555555"
	other := *b.control
	other.TenantID = tenant
	other.Tokens = func() auth.SubjectAndApp {
		return auth.SubjectAndApp{Subject: b.entra.SubjectToken(entratest.Tenant(tenant)), App: b.entra.AppToken()}
	}
	b.want(404, "ItemMetadataNotFound")(other.Payload(ctx, item))
	b.want(404, "ItemMetadataNotFound")(other.Update(ctx, item, body{"displayName": "theirs"}))
	b.want(404, "ItemMetadataNotFound")(other.StartJob(ctx, newJob(item, jobType), body{"invokeType": "Manual"}))
	b.want(404, "JobNotFound")(other.JobStatus(ctx, job))
	b.want(404, "JobNotFound")(other.CancelJob(ctx, job))
	b.want(200, "")(other.Delete(ctx, item))
	b.want(200, "")(other.Create(ctx, item, body{"displayName": "theirs"}))
	r := b.want(200, "")(b.control.Payload(ctx, item))
	if !strings.Contains(string(r.Body), `"name":"A"`) {
		t.Errorf("another tenant changed the item: %s", r.Body)
	}
	if s := b.state(job); s.Status != "InProgress" && s.Status != "NotStarted" {
		t.Errorf("another tenant changed the job: %+v", s)
	}
}

func TestRefusedCallers(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	item := b.create()
	tests := []struct {
		name   string
		tokens func() auth.SubjectAndApp
		tenant string
		status int
	}{
		{"swapped", func() auth.SubjectAndApp {
			return auth.SubjectAndApp{Subject: b.entra.AppToken(), App: b.entra.SubjectToken()}
		}, b.control.TenantID, 401},
		{"another audience", func() auth.SubjectAndApp {
			return auth.SubjectAndApp{Subject: b.entra.SubjectToken(entratest.Audience("api://x")), App: b.entra.AppToken()}
		}, b.control.TenantID, 401},
		{"another scope", func() auth.SubjectAndApp {
			return auth.SubjectAndApp{Subject: b.entra.SubjectToken(entratest.Scopes(scope)), App: b.entra.AppToken()}
		}, b.control.TenantID, 403},
		{"no tenant header", b.control.Tokens, "", 401},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := *b
			b.t = t
			client := *b.control
			client.Tokens, client.TenantID = tt.tokens, tt.tenant
			b.want(tt.status, "AuthError")(client.Payload(ctx, item))
		})
	}
}
