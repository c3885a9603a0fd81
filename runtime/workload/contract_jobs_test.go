package workload_test

import (
	"testing"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
	"github.com/fabgen/fabgen/runtime/workload"
)

// A job is told about in every status, a start also where there is no room and where the server stops.
func contractJobs(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker, func(c *workload.Config) { c.Workers, c.WaitingJobs = 1, 1 })
	item := b.create()
	failing, running, waiting := newJob(item, panicJob), newJob(item, slowJob), newJob(item, slowJob)
	start := func(job fabrictest.Job) { b.want(202, "")(b.control.StartJob(t.Context(), job, manual)) }
	start(failing)
	if s := b.ended(failing); s.Status != "Failed" {
		t.Errorf("a job that panics is %+v", s)
	}
	start(running)
	<-b.started
	start(waiting)
	b.want(429, "TooManyRequests")(b.control.StartJob(t.Context(), newJob(item, slowJob), manual))
	for _, job := range []fabrictest.Job{waiting, running} {
		if s, waits := b.state(job).Status, job == waiting; s != "NotStarted" && waits || s != "InProgress" && !waits {
			t.Errorf("a job is %s; it waits: %t", s, waits)
		}
		b.want(200, "")(b.control.CancelJob(t.Context(), job))
		if s := b.state(job); s.Status != "Cancelled" {
			t.Errorf("a job that was cancelled is %s", s.Status)
		}
	}
	must(t, b.service.Shutdown(t.Context()))
	b.want(503, "ServiceUnavailable")(b.control.StartJob(t.Context(), newJob(item, jobType), manual))
	start(running) // is known
}
