package workload_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// Fabric may deliver a call twice: the second reply is the first one again.
func contractSuccess(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	j := newJob(newItem(), jobType)
	twice := func(status int, o operation) {
		t.Helper()
		first := b.want(status, "")(o.call(t.Context(), b.control, j))
		second := b.want(status, "")(o.call(t.Context(), b.control, j))
		if string(first.Body) != string(second.Body) {
			t.Errorf("%s was answered %s, and then %s", o.name, first.Body, second.Body)
		}
	}
	status := map[string]int{"start": 202}
	for _, name := range []string{"create", "update", "payload", "start", "resolve"} {
		twice(max(status[name], 200), named(name))
	}
	b.ended(j)
	for _, name := range []string{"status", "cancel", "delete"} {
		twice(200, named(name))
	}
	b.want(200, "")(b.send("GET", "/healthz", "", ""))
	b.want(200, "")(b.send("GET", "/readyz", "", ""))
}

func named(name string) operation {
	for _, o := range operations {
		if o.name == name {
			return o
		}
	}
	panic("there is no operation " + name)
}

func contractBodies(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	j := newJob(b.create(), jobType)
	everywhere := map[string]any{"none": nil, "empty": []byte(" "), "null": []byte("null"), "an array": []byte("[]"),
		"text": []byte("displayName=A"), "cut off": []byte(`{"displayName":"A","invokeType":"Manual","context":[]`),
		"not UTF-8": []byte("{\"displayName\":\"\xff\"}"), "a member twice": []byte(`{"x":1,"x":1}`),
		"text after it": []byte(`{"displayName":"A","invokeType":"Manual","context":[]}}`)}
	own := map[string]map[string]any{
		"create": {"no name": body{}, "a null name": body{"displayName": nil}, "a number": body{"displayName": 1},
			"an empty name": body{"displayName": ""}, "a name too long": body{"displayName": strings.Repeat("é", 257)},
			"a name in another case": body{"DisplayName": "A"}, "an object": body{"displayName": "A", "description": body{}}},
		"update": {"a number": body{"displayName": 1}, "an empty name": body{"displayName": ""},
			"a name too long": body{"displayName": strings.Repeat("é", 257)}, "a list": body{"description": []int{}}},
		"start": {"no type": body{}, "another type": body{"invokeType": "manual"}, "a list": body{"invokeType": []string{"Manual"}}},
		"resolve": {"no context": body{}, "an object": body{"context": body{}}, "a list of words": body{"context": []string{"x"}},
			"no name": body{"context": []body{{"value": "x"}}}, "a number": body{"context": []body{{"name": "TenantId", "value": 1}}}},
	}
	for _, o := range operations {
		if !o.sends {
			continue
		}
		for name, sent := range everywhere {
			b.refuses(t, o, j, o.name+" with "+name, sent, 400, "InvalidRequest")
		}
		for name, sent := range own[o.name] {
			b.refuses(t, o, j, o.name+" with "+name, sent, 400, "InvalidRequest")
		}
		b.refuses(t, o, j, o.name+" with too much", body{"x": strings.Repeat("x", 1<<20)}, 413, "PayloadTooLarge")
	}
	b.accepts(t, j)
}

func (b *contractBench) refuses(t *testing.T, o operation, j fabrictest.Job, name string, sent any, status int, code string) {
	t.Run(name, func(t *testing.T) {
		b.in(t).want(status, code)(o.other(t.Context(), b.control, j, sent))
	})
}

// accepts sends what is unusual and right.
func (b *contractBench) accepts(t *testing.T, j fabrictest.Job) {
	longest := strings.Repeat("é", 256)
	fresh := newJob(newItem(), jobType)
	for _, tt := range []struct {
		operation string
		job       fabrictest.Job
		sent      any
		status    int
	}{
		{"create", fresh, body{"displayName": longest, "description": nil, "creationPayload": nil, "else": body{}}, 200},
		{"update", j, body{}, 200},
		{"update", j, body{"displayName": nil, "updatePayload": []int{1}, "else": 1}, 200},
		{"update", j, body{"displayName": longest}, 200},
		{"start", newJob(j.Item, jobType), body{"invokeType": "Scheduled", "creationPayload": "x"}, 202},
		{"start", newJob(j.Item, jobType), body{"invokeType": "UnknownFutureValue", "else": nil}, 202},
		{"resolve", j, body{"context": []body{}}, 200},
		{"resolve", j, body{"context": []body{{"name": "Else", "value": ""}}}, 200},
	} {
		b.want(tt.status, "")(named(tt.operation).other(t.Context(), b.control, tt.job, tt.sent))
	}
}

func contractPaths(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	good := newJob(b.create(), jobType)
	b.want(202, "")(b.control.StartJob(t.Context(), good, manual))
	absent := newJob(newItem(), jobType)
	missing := map[string]string{"update": "ItemMetadataNotFound", "payload": "ItemMetadataNotFound",
		"start": "ItemMetadataNotFound", "status": "JobNotFound", "cancel": "JobNotFound"}
	for _, o := range operations {
		if o.name == "resolve" {
			continue
		}
		for name, change := range map[string]func(*fabrictest.Job){
			"a short workspace": func(j *fabrictest.Job) { j.WorkspaceID = j.WorkspaceID[1:] },
			"an item in braces": func(j *fabrictest.Job) { j.Item.ID = "{" + j.Item.ID[:34] + "}" },
		} {
			b.breaks(t, o, good, o.name+" of "+name, change, 400, "InvalidRequest")
		}
		b.breaks(t, o, good, o.name+" of a short type", func(j *fabrictest.Job) { j.Item.Type = "Report" }, 404, "UnknownItemType")
		if code := missing[o.name]; code != "" {
			b.breaks(t, o, absent, o.name+" of what is not there", func(*fabrictest.Job) {}, 404, code)
		}
		if o.ofJob {
			b.breaks(t, o, good, o.name+" of a job's short ID", func(j *fabrictest.Job) { j.ID = "1" }, 400, "InvalidRequest")
			b.breaks(t, o, good, o.name+" of a short job type", func(j *fabrictest.Job) { j.Type = "Run" }, 404, "UnknownJobType")
		}
	}
	b.breaks(t, named("create"), good, "an ID in use", func(j *fabrictest.Job) { j.Item.Type = otherType }, 409, "Conflict")
	b.breaks(t, named("start"), good, "a job's ID in use", func(j *fabrictest.Job) { j.Type = slowJob }, 409, "Conflict")
}

func (b *contractBench) breaks(t *testing.T, o operation, j fabrictest.Job, name string, change func(*fabrictest.Job), status int,
	code string) {
	t.Run(name, func(t *testing.T) {
		change(&j)
		b.in(t).want(status, code)(o.call(t.Context(), b.control, j))
	})
}

// refusal is a way in which a call of Fabric's proves too little.
type refusal struct {
	name      string
	tokens    func(*entratest.Server) auth.SubjectAndApp
	tenant    string // "" leaves out the header
	status    int
	code      string
	subject   bool // it is about a subject that is not there
	tenantful bool // it is about the tenant's header
}

func refusals(tenant string) []refusal {
	subject := func(options ...entratest.TokenOption) func(*entratest.Server) auth.SubjectAndApp {
		return func(e *entratest.Server) auth.SubjectAndApp {
			return auth.SubjectAndApp{Subject: e.SubjectToken(options...), App: e.AppToken()}
		}
	}
	app := func(options ...entratest.TokenOption) func(*entratest.Server) auth.SubjectAndApp {
		return func(e *entratest.Server) auth.SubjectAndApp {
			return auth.SubjectAndApp{Subject: e.SubjectToken(), App: e.AppToken(options...)}
		}
	}
	return []refusal{
		{name: "no subject", tenant: tenant, status: 401, code: "AuthError", subject: true,
			tokens: func(e *entratest.Server) auth.SubjectAndApp { return auth.SubjectAndApp{App: e.AppToken()} }},
		{name: "no app token", tenant: tenant, status: 401, code: "AuthError",
			tokens: func(e *entratest.Server) auth.SubjectAndApp { return auth.SubjectAndApp{Subject: e.SubjectToken()} }},
		{name: "swapped", tenant: tenant, status: 401, code: "AuthError", tokens: func(e *entratest.Server) auth.SubjectAndApp {
			return auth.SubjectAndApp{Subject: e.AppToken(), App: e.SubjectToken()}
		}},
		{name: "expired", tenant: tenant, status: 401, code: "AuthError", tokens: subject(entratest.Expires(-time.Hour))},
		{name: "unsigned", tenant: tenant, status: 401, code: "AuthError", tokens: app(entratest.Unsigned())},
		{name: "another audience", tenant: tenant, status: 401, code: "AuthError", tokens: subject(entratest.Audience("api://x"))},
		{name: "no scope", tenant: tenant, status: 403, code: "AuthError", tokens: subject(entratest.Scopes(scope))},
		{name: "another application", tenant: tenant, status: 403, code: "AccessDenied",
			tokens: app(entratest.App(entratest.FabricFrontendAppID))},
		{name: "no tenant", status: 401, code: "AuthError", tokens: subject(), tenantful: true},
		{name: "a tenant that is none", tenant: "x", status: 401, code: "AuthError", tokens: subject()},
		{name: "another tenant", tenant: fabrictest.NewID(), status: 401, code: "AuthError", tokens: subject()},
	}
}

func contractTokens(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	j := newJob(b.create(), jobType)
	for _, o := range operations {
		for _, r := range refusals(b.control.TenantID) {
			if o.anyone && r.subject || o.anyTenant && r.tenantful {
				continue
			}
			t.Run(o.name+" with "+r.name, func(t *testing.T) {
				c := *b.control
				c.TenantID, c.Tokens = r.tenant, func() auth.SubjectAndApp { return r.tokens(b.entra) }
				b.in(t).want(r.status, r.code)(o.call(t.Context(), &c, j))
			})
		}
	}
	for _, authorization := range []string{"", "Basic eA==", "Bearer " + b.entra.SubjectToken()} {
		b.want(401, "AuthError")(b.send("POST", "/workload/resolve-api-path-placeholder", authorization, `{"context":[]}`))
	}
}
