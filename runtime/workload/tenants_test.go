package workload_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// tenant is a client of Fabric's for a user of another tenant.
func (b *bench) tenant() *fabrictest.Client {
	c := *b.control
	c.TenantID = fabrictest.NewID()
	user := opts(entratest.Tenant(c.TenantID), entratest.User(fabrictest.NewID()))
	c.Tokens = func() auth.SubjectAndApp {
		return auth.SubjectAndApp{Subject: b.entra.SubjectToken(user...), App: b.entra.AppToken()}
	}
	return &c
}

// what is known of an item and its job, to their own tenant and to the workload's handler.
type known struct {
	payload, status string
	deletes         int
}

func (b *bench) known(j fabrictest.Job) known {
	b.t.Helper()
	payload := b.want(200, "")(b.control.Payload(b.t.Context(), j.Item))
	status := b.want(200, "")(b.control.JobStatus(b.t.Context(), j))
	return known{string(payload.Body), string(status.Body), b.handler.deletes}
}

// answer is a reply without what differs from call to call.
func answer(r *fabrictest.Response) (status int, body string, header map[string][]string) {
	header = maps.Clone(r.Header)
	for _, name := range []string{"Activityid", "Requestid", "Date"} {
		delete(header, name)
	}
	return r.Status, strings.ReplaceAll(string(r.Body), r.Header.Get("RequestId"), "…"), header
}

// running is a job of an item of the bench's own tenant that goes on until it is cancelled.
func (b *bench) running() fabrictest.Job {
	b.t.Helper()
	j := newJob(b.create(), slowJob)
	b.want(202, "")(b.control.StartJob(b.t.Context(), j, manual))
	<-b.started
	return j
}

// A tenant that knows the IDs of another's item and job is answered as if they were not there, and changes nothing.
func TestNoTenantReachesAnother(t *testing.T) {
	b := newBench(t)
	theirs := b.running()
	before := b.known(theirs)
	itemAlone := theirs
	itemAlone.ID = fabrictest.NewID()
	for _, o := range operations {
		if o.name == "create" || o.name == "resolve" { // makes an item of the tenant's own; is about no item
			continue
		}
		for name, ids := range map[string]fabrictest.Job{"item and job": theirs, "item": itemAlone} {
			t.Run(o.name+" of another tenant's "+name, func(t *testing.T) {
				b := *b
				b.t = t
				b.answersAlike(o, ids, newJob(newItem(), slowJob))
				if after := b.known(theirs); after != before {
					t.Errorf("the other tenant's item was %+v and is %+v", before, after)
				}
			})
		}
	}
}

// answersAlike wants one answer for another tenant's IDs and for IDs that nobody has.
func (b *bench) answersAlike(o operation, theirs, nobodys fabrictest.Job) {
	b.t.Helper()
	other := b.tenant()
	taken, err := o.call(b.t.Context(), other, theirs)
	must(b.t, err)
	free, err := o.call(b.t.Context(), other, nobodys)
	must(b.t, err)
	status, body, header := answer(taken)
	wantStatus, wantBody, wantHeader := answer(free)
	if status != wantStatus || body != wantBody || !maps.EqualFunc(header, wantHeader, slices.Equal) {
		b.t.Errorf("another tenant's IDs: %d %s %v\nIDs of nobody: %d %s %v", status, body, header, wantStatus, wantBody,
			wantHeader)
	}
}

// The same IDs are an item and a job of its own in each tenant.
func TestTenantsMayHaveTheSameIDs(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	theirs := b.running()
	before := b.known(theirs)
	own := b.tenant()
	b.want(200, "")(own.Create(ctx, theirs.Item, body{"displayName": "Own", "creationPayload": body{"own": true}}))
	b.want(404, "JobNotFound")(own.JobStatus(ctx, theirs))
	b.want(202, "")(own.StartJob(ctx, theirs, manual))
	<-b.started
	b.want(200, "")(own.Update(ctx, theirs.Item, body{"description": "own"}))
	got := strings.TrimSpace(string(b.want(200, "")(own.Payload(ctx, theirs.Item)).Body))
	if want := `{"itemPayload":{"description":"own","kept":{"own":true},"name":"Own"}}`; got != want {
		t.Errorf("the tenant's own item is %s, want %s", got, want)
	}
	if after := b.known(theirs); after != before {
		t.Errorf("the other tenant's item was %+v and is %+v", before, after)
	}
	var s state
	must(t, b.want(200, "")(own.CancelJob(ctx, theirs)).JSON(&s))
	b.want(200, "")(own.Delete(ctx, theirs.Item))
	b.want(404, "ItemMetadataNotFound")(own.Payload(ctx, theirs.Item))
	before.deletes++ // of the own one
	if after := b.known(theirs); after != before || s.Status != "Cancelled" {
		t.Errorf("the other tenant's item was %+v and is %+v; the own job is %s", before, after, s.Status)
	}
}

// The header says which tenant a call is about, and cannot say it for somebody else's user.
func TestNoUserSpeaksForAnotherTenant(t *testing.T) {
	b := newBench(t)
	theirs := b.running()
	before := b.known(theirs)
	other := b.tenant()
	other.TenantID = b.control.TenantID
	for _, o := range operations {
		b.want(401, "AuthError")(o.call(t.Context(), other, theirs))
		if after := b.known(theirs); after != before {
			t.Errorf("%s: the other tenant's item was %+v and is %+v", o.name, before, after)
		}
	}
}
