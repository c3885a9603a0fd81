package workload_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/workload"
)

var manual = body{"invokeType": "Manual"}

func TestJobRunsToItsEnd(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	item := b.create()
	job := newJob(item, oneLake)
	for range 3 {
		b.want(202, "")(b.control.StartJob(ctx, job, body{"invokeType": "Scheduled", "creationPayload": body{"y": 2}}))
	}
	s := b.ended(job)
	if s.Status != "Completed" || s.StartTimeUtc == "" || s.EndTimeUtc == "" || s.ErrorDetails != nil {
		t.Errorf("the job ended as %+v (%+v)", s, s.ErrorDetails)
	}
	if _, err := time.Parse(time.RFC3339, s.StartTimeUtc); err != nil || !strings.HasSuffix(s.StartTimeUtc, "Z") {
		t.Errorf("the start is %q, which is no UTC time: %v", s.StartTimeUtc, err)
	}
	content, ok := b.fabric.File(item.WorkspaceID + "/" + item.ID + "/Files/out.json")
	if !ok || string(content) != `{"y":2}` {
		t.Errorf("OneLake has %q, %t", content, ok)
	}
	if n := b.entra.Counts().OnBehalfOf; n > 2 {
		t.Errorf("%d exchanges for one job that was started three times", n)
	}
	b.want(200, "")(b.control.CancelJob(ctx, job))
	if got := b.state(job); got.Status != "Completed" {
		t.Errorf("cancelling an ended job made it %s", got.Status)
	}
}

func TestJobFails(t *testing.T) {
	tests := []struct {
		name, kind, code string
		script           func(*bench)
		parameter, value string
	}{
		{"panic", panicJob, "InternalError", func(*bench) {}, "", ""},
		{"consent", oneLake, "AuthUIRequired", func(b *bench) { b.entra.SetConsent(storage, false) },
			"additionalScopesToConsent", storage + "/user_impersonation"},
		{"claims", oneLake, "AuthUIRequired",
			func(b *bench) {
				b.entra.RequireClaims(storage, `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`)
			},
			"claimsForConditionalAccessPolicy", `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			tt.script(b)
			job := newJob(b.create(), tt.kind)
			b.want(202, "")(b.control.StartJob(t.Context(), job, manual))
			s := b.ended(job)
			if s.Status != "Failed" || s.ErrorDetails == nil || s.ErrorDetails.ErrorCode != tt.code {
				t.Fatalf("the job ended as %+v (%+v), want %s", s, s.ErrorDetails, tt.code)
			}
			if strings.Contains(s.ErrorDetails.Message, "mistake") {
				t.Errorf("the caller is shown %q", s.ErrorDetails.Message)
			}
			found := tt.parameter == ""
			for _, d := range s.ErrorDetails.MoreDetails {
				for _, p := range d.AdditionalParameters {
					found = found || p.Name == tt.parameter && p.Value == tt.value
				}
			}
			if !found {
				t.Errorf("no %s=%s in %+v", tt.parameter, tt.value, s.ErrorDetails)
			}
			if strings.Contains(b.log.String(), "acrs") || strings.Contains(b.log.String(), "eyJ") {
				t.Error("a log shows a claims challenge or a token")
			}
		})
	}
}

func TestCancelReachesTheJob(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	job := newJob(b.create(), slowJob)
	b.want(202, "")(b.control.StartJob(ctx, job, manual))
	<-b.started
	if s := b.state(job); s.Status != "InProgress" || s.EndTimeUtc != "" {
		t.Errorf("a job that runs is %+v", s)
	}
	var s state
	must(t, b.want(200, "")(b.control.CancelJob(ctx, job)).JSON(&s))
	if s.Status != "Cancelled" || s.EndTimeUtc == "" {
		t.Errorf("cancelling gave %+v", s)
	}
	shutdown, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	must(t, b.service.Shutdown(shutdown))
}

func TestDeletingAnItemCancelsItsJobs(t *testing.T) {
	b, ctx := newBench(t, func(c *workload.Config) { c.Workers = 1 }), t.Context()
	item := b.create()
	running, waiting := newJob(item, slowJob), newJob(item, slowJob)
	b.want(202, "")(b.control.StartJob(ctx, running, manual))
	<-b.started
	b.want(202, "")(b.control.StartJob(ctx, waiting, manual))
	if s := b.state(waiting); s.Status != "NotStarted" || s.StartTimeUtc != "" {
		t.Errorf("a job that waits is %+v", s)
	}
	b.want(200, "")(b.control.Delete(ctx, item))
	for _, job := range []string{b.state(running).Status, b.state(waiting).Status} {
		if job != "Cancelled" {
			t.Errorf("a job of a deleted item is %s", job)
		}
	}
	b.want(404, "ItemMetadataNotFound")(b.control.StartJob(ctx, newJob(item, jobType), manual))
}

func TestOnlySoManyJobsWait(t *testing.T) {
	b, ctx := newBench(t, func(c *workload.Config) { c.Workers, c.WaitingJobs = 1, 1 }), t.Context()
	item := b.create()
	b.want(202, "")(b.control.StartJob(ctx, newJob(item, slowJob), manual))
	b.want(202, "")(b.control.StartJob(ctx, newJob(item, slowJob), manual))
	r := b.want(429, "TooManyRequests")(b.control.StartJob(ctx, newJob(item, slowJob), manual))
	if r.Header.Get("Retry-After") == "" {
		t.Error("429 has no Retry-After")
	}
}

func TestShutdownEndsJobs(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	item := b.create()
	job := newJob(item, slowJob)
	b.want(202, "")(b.control.StartJob(ctx, job, manual))
	<-b.started
	shutdown, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if err := b.service.Shutdown(shutdown); err == nil {
		t.Error("Shutdown says that every job came to its own end")
	}
	if s := b.ended(job); s.Status != "Failed" || s.ErrorDetails.ErrorCode != "ServiceUnavailable" {
		t.Errorf("the job ended as %+v", s)
	}
	b.want(503, "ServiceUnavailable")(b.control.StartJob(ctx, newJob(item, jobType), manual))
}

func TestBadJobCalls(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	item := b.create()
	known := newJob(item, slowJob)
	b.want(202, "")(b.control.StartJob(ctx, known, manual))
	sameID, badID, otherItem := known, known, known
	sameID.Type, badID.ID, otherItem.Item.Type = jobType, "1", otherType
	missing := newJob(newItem(), jobType)
	b.want(409, "Conflict")(b.control.StartJob(ctx, sameID, manual))
	b.want(404, "JobNotFound")(b.control.JobStatus(ctx, sameID))
	b.want(400, "InvalidRequest")(b.control.StartJob(ctx, badID, manual))
	b.want(404, "UnknownJobType")(b.control.StartJob(ctx, otherItem, manual))
	b.want(404, "ItemMetadataNotFound")(b.control.StartJob(ctx, missing, manual))
	b.want(404, "JobNotFound")(b.control.JobStatus(ctx, missing))
	b.want(404, "JobNotFound")(b.control.CancelJob(ctx, missing))
	for name, sent := range map[string]any{
		"no type": body{}, "another type": body{"invokeType": "Sometimes"}, "a number": body{"invokeType": 1}, "no body": nil,
	} {
		t.Run(name, func(*testing.T) {
			b.want(400, "InvalidRequest")(b.control.StartJob(ctx, newJob(item, jobType), sent))
		})
	}
}

func TestJobOutlivesItsToken(t *testing.T) {
	b := newBench(t)
	job := newJob(b.create(), oneLake)
	b.control.Tokens = tokensFor(b, entratest.Expires(time.Second))
	b.want(202, "")(b.control.StartJob(t.Context(), job, manual))
	b.control.Tokens = tokensFor(b)
	if s := b.ended(job); s.Status != "Completed" {
		t.Errorf("the job ended as %+v (%+v)", s, s.ErrorDetails)
	}
}
