package workload_test

import (
	"strings"
	"testing"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// Fabric may deliver a call twice: the second reply is the first one again.
func contractSuccess(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	j := newJob(newItem(), jobType)
	for _, name := range []string{"create", "update", "payload", "start", "resolve"} {
		b.twice(named(name), j)
	}
	b.ended(j)
	b.control.TenantID = strings.ToUpper(b.control.TenantID) // is the same tenant
	j.WorkspaceID, j.Item.ID, j.ID = strings.ToUpper(j.WorkspaceID), strings.ToUpper(j.Item.ID), strings.ToUpper(j.ID)
	for _, name := range []string{"status", "cancel", "delete"} {
		b.twice(named(name), j)
	}
	b.want(200, "")(b.send("GET", "/healthz", "", ""))
	b.want(200, "")(b.send("GET", "/readyz", "", ""))
}

func (b *contractBench) twice(o operation, j fabrictest.Job) {
	b.t.Helper()
	status := 200
	if o.name == "start" {
		status = 202
	}
	first := b.want(status, "")(o.call(b.t.Context(), b.control, j))
	second := b.want(status, "")(o.call(b.t.Context(), b.control, j))
	if string(first.Body) != string(second.Body) {
		b.t.Errorf("%s was answered %s, and then %s", o.name, first.Body, second.Body)
	}
}

// contractPaths is about paths that name what is not there, or nothing that could be.
func contractPaths(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	good := newJob(b.create(), jobType)
	b.want(202, "")(b.control.StartJob(t.Context(), good, manual))
	for _, o := range operations {
		if o.name == "resolve" {
			continue
		}
		for _, p := range badPaths {
			if o.ofJob || !p.ofJob {
				b.breaks(t, o, good, p)
			}
		}
		if code := whereMissing[o.name]; code != "" {
			b.breaks(t, o, newJob(newItem(), jobType), badPath{"what is not there", false, func(*fabrictest.Job) {}, 404, code})
		}
	}
	b.breaks(t, named("create"), good, badPath{"another type", false, retype(otherType, ""), 409, "Conflict"})
	b.breaks(t, named("start"), good, badPath{"another type", true, retype(itemType, slowJob), 409, "Conflict"})
}

// retype makes an ID that is in use one of another type.
func retype(item, kind string) func(*fabrictest.Job) {
	return func(j *fabrictest.Job) { j.Item.Type, j.Type = item, kind }
}

// badPath is a change that makes a path wrong.
type badPath struct {
	name   string
	ofJob  bool // the path has a job
	change func(*fabrictest.Job)
	status int
	code   string
}

var badPaths = []badPath{
	{"a short workspace", false, func(j *fabrictest.Job) { j.WorkspaceID = j.WorkspaceID[1:] }, 400, "InvalidRequest"},
	{"an item in braces", false, func(j *fabrictest.Job) { j.Item.ID = "{" + j.Item.ID + "}" }, 400, "InvalidRequest"},
	{"an item with a path", false, func(j *fabrictest.Job) { j.Item.ID = "a/" + j.Item.ID }, 400, "InvalidRequest"},
	{"a short type", false, func(j *fabrictest.Job) { j.Item.Type = "Report" }, 404, "UnknownItemType"},
	{"a short job", true, func(j *fabrictest.Job) { j.ID = "1" }, 400, "InvalidRequest"},
	{"a short job type", true, func(j *fabrictest.Job) { j.Type = "Run" }, 404, "UnknownJobType"},
}

// whereMissing is what an operation says of an item or job that is not there; creation and deletion succeed.
var whereMissing = map[string]string{
	"update": "ItemMetadataNotFound", "payload": "ItemMetadataNotFound", "start": "ItemMetadataNotFound",
	"status": "JobNotFound", "cancel": "JobNotFound",
}

func (b *contractBench) breaks(t *testing.T, o operation, j fabrictest.Job, p badPath) {
	t.Run(o.name+" of "+p.name, func(t *testing.T) {
		p.change(&j)
		b.in(t).want(p.status, p.code)(o.call(t.Context(), b.control, j))
	})
}
