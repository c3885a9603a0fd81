package workload_test

import (
	"strings"
	"testing"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// longest is a name that is as long as may be, in characters.
var longest = strings.Repeat("é", 256)

// badEverywhere are bodies that no operation takes.
var badEverywhere = map[string]any{
	"none": nil, "empty": []byte(" "), "null": []byte("null"), "an array": []byte("[]"), "text": []byte("displayName=A"),
	"cut off":        []byte(`{"displayName":"A","invokeType":"Manual","context":[]`),
	"text after it":  []byte(`{"displayName":"A","invokeType":"Manual","context":[]}}`),
	"not UTF-8":      []byte("{\"displayName\":\"\xff\"}"),
	"a member twice": []byte(`{"x":1,"x":1}`),
}

// badFor are bodies that one operation does not take.
var badFor = map[string]map[string]any{
	"create": {
		"no name": body{}, "a null name": body{"displayName": nil}, "a number": body{"displayName": 1},
		"an empty name": body{"displayName": ""}, "a name too long": body{"displayName": longest + "é"},
		"a name in another case": body{"DisplayName": "A"}, "an object": body{"displayName": "A", "description": body{}},
	},
	"update": {
		"a number": body{"displayName": 1}, "an empty name": body{"displayName": ""},
		"a name too long": body{"displayName": longest + "é"}, "a list": body{"description": []int{}},
	},
	"start": {
		"no type": body{}, "another type": body{"invokeType": "manual"}, "a list": body{"invokeType": []string{"Manual"}},
	},
	"resolve": {
		"no context": body{}, "an object": body{"context": body{}}, "a list of words": body{"context": []string{"x"}},
		"no name":  body{"context": []body{{"value": "x"}}},
		"a number": body{"context": []body{{"name": "TenantId", "value": 1}}},
		"a name twice": body{"context": []body{
			{"name": "TenantId", "value": "x"}, {"name": "TenantId", "value": "x"},
		}},
	},
}

func contractBodies(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	j := newJob(b.create(), jobType)
	for _, o := range operations {
		if o.good == nil {
			continue
		}
		for _, bad := range []map[string]any{badEverywhere, badFor[o.name]} {
			for name, sent := range bad {
				b.refuses(t, o, j, name, sent, 400, "InvalidRequest")
			}
		}
		b.refuses(t, o, j, "too much", body{"x": strings.Repeat("x", 1<<20)}, 413, "PayloadTooLarge")
	}
	b.accepts(t, j)
}

func (b *contractBench) refuses(t *testing.T, o operation, j fabrictest.Job, name string, sent any, status int,
	code string) {
	t.Run(o.name+" with "+name, func(t *testing.T) {
		b.in(t).want(status, code)(o.send(t.Context(), b.control, j, sent))
	})
}

// accepts sends what is unusual and right.
func (b *contractBench) accepts(t *testing.T, j fabrictest.Job) {
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
		b.want(tt.status, "")(named(tt.operation).send(t.Context(), b.control, tt.job, tt.sent))
	}
}
