package workload_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
	"github.com/fabgen/fabgen/runtime/workload"
)

const testLease = 300 * time.Millisecond

// severed is one replica's way to the store that all share, until it is cut off.
type severed struct {
	workload.Store
	cut         atomic.Bool
	losesAnswer atomic.Bool // of the next CreateJob
}

var errCut = errors.New("the store cannot be reached")

func (s *severed) CreateJob(ctx context.Context, job workload.JobRecord, lease time.Duration,
) (workload.JobRecord, bool, error) {
	found, created, err := s.Store.CreateJob(ctx, job, lease)
	if err == nil && s.losesAnswer.CompareAndSwap(true, false) {
		return workload.JobRecord{}, false, errCut
	}
	return found, created, err
}

func (s *severed) UpdateJob(ctx context.Context, key workload.JobKey, change func(*workload.JobRecord, time.Time) bool,
) (workload.JobRecord, error) {
	if s.cut.Load() {
		return workload.JobRecord{}, errCut
	}
	return s.Store.UpdateJob(ctx, key, change)
}

func (s *severed) RenewLeases(ctx context.Context, owner string, lease time.Duration) ([]workload.JobKey, error) {
	if s.cut.Load() {
		return nil, errCut
	}
	return s.Store.RenewLeases(ctx, owner, lease)
}

func (s *severed) LostJobs(ctx context.Context, limit int) ([]workload.JobKey, error) {
	if s.cut.Load() {
		return nil, errCut
	}
	return s.Store.LostJobs(ctx, limit)
}

// restartable has jobs that may run again.
type restartable struct{ *handler }

func (restartable) Restartable(jobType string) bool { return jobType != jobTypeOnce }

const (
	jobTypeTwice = itemType + ".Twice"
	jobTypeOnce  = itemType + ".Once"
)

// replicas are two that share a store; calls go to the first.
type replicas struct {
	*bench
	store  *severed // the first one's
	auth   *auth.Authenticator
	runs   chan context.Context // of each run of a job
	ended  chan error           // why each run of a job ended
	goOn   chan struct{}        // lets a run come to its end
	second *workload.Service
}

func newReplicas(t *testing.T) *replicas {
	t.Helper()
	r := &replicas{store: &severed{Store: workload.NewMemoryStore()}, runs: make(chan context.Context, 10),
		ended: make(chan error, 10), goOn: make(chan struct{})}
	var first workload.Config
	r.bench = newBench(t, func(c *workload.Config) {
		r.auth = c.Auth
		c.Store, c.Lease, c.Workers = r.store, testLease, 2
		jobs := map[string]workload.JobFunc{jobTypeTwice: r.run, jobTypeOnce: r.run}
		c.Items = append(c.Items[1:], workload.ItemType{Name: itemType, Handler: restartable{&handler{}}, Jobs: jobs})
		first = *c
	})
	first.Store = r.store.Store
	second, err := workload.New(first)
	must(t, err)
	r.second = second
	second.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = second.Shutdown(ctx)
	})
	return r
}

// run is a job that goes on until it may end, or must.
func (r *replicas) run(ctx context.Context, _ *workload.Job) error {
	r.runs <- ctx
	select {
	case <-r.goOn:
		r.ended <- nil
		return nil
	case <-ctx.Done():
		r.ended <- context.Cause(ctx)
		return ctx.Err()
	}
}

func (r *replicas) start(kind string) fabrictest.Job {
	r.t.Helper()
	job := newJob(r.create(), kind)
	r.want(202, "")(r.control.StartJob(r.t.Context(), job, manual))
	return job
}

func (r *replicas) key(job fabrictest.Job) workload.JobKey {
	return workload.JobKey{ItemKey: workload.ItemKey{TenantID: r.entra.Options.UserTenantID,
		WorkspaceID: job.WorkspaceID, ItemID: job.Item.ID}, InstanceID: job.ID}
}

// soon gives what comes out of a channel within some leases.
func soon[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(20 * testLease):
		t.Fatalf("%s did not come", what)
	}
	var none T
	return none
}

func TestAJobOfADeadReplicaEnds(t *testing.T) {
	r := newReplicas(t)
	job := r.start(jobTypeOnce)
	soon(t, r.runs, "the first run")
	r.store.cut.Store(true)
	soon(t, r.ended, "the end of the run whose replica has lost the store")
	s := r.bench.ended(job)
	if s.Status != "Failed" || s.ErrorDetails == nil || s.ErrorDetails.IsPermanent == nil || *s.ErrorDetails.IsPermanent {
		t.Errorf("the job ended as %+v (%+v), want Failed, and that it may be started again", s, s.ErrorDetails)
	}
	if len(r.runs) != 0 {
		t.Error("a job that may not run again did")
	}
}

func TestAJobThatMayRunAgainDoesElsewhere(t *testing.T) {
	r := newReplicas(t)
	job := r.start(jobTypeTwice)
	soon(t, r.runs, "the first run")
	r.store.cut.Store(true)
	soon(t, r.runs, "the second run")
	if cause := soon(t, r.ended, "the end of the first run"); cause == nil {
		t.Error("the first run came to its end, although its lease was lost")
	}
	close(r.goOn)
	if s := r.bench.ended(job); s.Status != "Completed" {
		t.Errorf("the job ended as %+v", s)
	}
}

// No two runs of a job are under way at the same time: the first one's context ends before the second one begins.
func TestRunsDoNotOverlap(t *testing.T) {
	r := newReplicas(t)
	r.start(jobTypeTwice)
	first := soon(t, r.runs, "the first run")
	r.store.cut.Store(true)
	soon(t, r.runs, "the second run")
	if first.Err() == nil {
		t.Error("the second run began while the first one was under way")
	}
}

func TestAWaitingJobIsTakenOver(t *testing.T) {
	r := newReplicas(t)
	var jobs []fabrictest.Job
	for range 4 { // two workers: two wait
		jobs = append(jobs, r.start(jobTypeOnce))
	}
	soon(t, r.runs, "a run")
	soon(t, r.runs, "a run")
	r.store.cut.Store(true)
	soon(t, r.runs, "a run of a job that waited, on the other replica")
	soon(t, r.runs, "a run of a job that waited, on the other replica")
	close(r.goOn)
	statuses := map[string]int{}
	for _, job := range jobs {
		statuses[r.bench.ended(job).Status]++
	}
	if statuses["Completed"] != 2 || statuses["Failed"] != 2 {
		t.Errorf("jobs ended as %v, want those that had begun as Failed and those that waited as Completed", statuses)
	}
}

func TestCancelReachesAnotherReplica(t *testing.T) {
	r := newReplicas(t)
	job := r.start(jobTypeTwice)
	soon(t, r.runs, "the run")
	_, err := r.store.Store.UpdateJob(t.Context(), r.key(job), func(j *workload.JobRecord, now time.Time) bool { // as the other does
		j.State.Status, j.State.End = workload.JobCancelled, &now
		return true
	})
	must(t, err)
	soon(t, r.ended, "the end of the run")
	if s := r.state(job); s.Status != "Cancelled" {
		t.Errorf("the job ended as %+v", s)
	}
}

// A job that the store has kept, and whose replica was not told so, runs all the same.
func TestAJobWhoseAnswerWasLostRuns(t *testing.T) {
	r := newReplicas(t)
	r.start(jobTypeTwice) // for whose sake leases are renewed
	soon(t, r.runs, "the first job")
	item := r.create()
	r.store.losesAnswer.Store(true)
	job := newJob(item, jobTypeOnce)
	r.want(500, "InternalError")(r.control.StartJob(t.Context(), job, manual))
	r.want(202, "")(r.control.StartJob(t.Context(), job, manual)) // Fabric's second try finds it there
	soon(t, r.runs, "the job whose answer was lost")
	close(r.goOn)
	if s := r.bench.ended(job); s.Status != "Completed" {
		t.Errorf("the job ended as %+v", s)
	}
}

// A job that ends its replica each time does not go on to the next one for ever.
func TestAPoisonousJobIsGivenUp(t *testing.T) {
	r := newReplicas(t)
	job := r.start(jobTypeTwice)
	soon(t, r.runs, "the first run")
	r.store.cut.Store(true)
	for n := 2; n <= 3; n++ {
		soon(t, r.runs, fmt.Sprintf("run %d", n))
		r.lose(job)
	}
	if s := r.bench.ended(job); s.Status != "Failed" {
		t.Errorf("the job ended as %+v", s)
	}
	if len(r.runs) != 0 {
		t.Error("it ran a fourth time")
	}
}

// lose has a job be that of a replica that has died.
func (r *replicas) lose(job fabrictest.Job) {
	r.t.Helper()
	_, err := r.store.Store.UpdateJob(r.t.Context(), r.key(job), func(j *workload.JobRecord, now time.Time) bool {
		j.Owner, j.Leased = "a replica that died", now.Add(-time.Second)
		return true
	})
	must(r.t, err)
}

func TestAJobTakenOverHasItsUser(t *testing.T) {
	r := newReplicas(t)
	lake, err := workload.NewOneLake(r.auth, lakeResource, r.fabric.OneLakeURL)
	must(t, err)
	runs := make(chan string, 2)
	store := &severed{Store: workload.NewMemoryStore()}
	job := func(ctx context.Context, job *workload.Job) error {
		ctx, err := lake.LongRunning(ctx)
		if err != nil {
			return err
		}
		runs <- auth.SessionID(ctx)
		if len(runs) == 1 {
			<-ctx.Done()
			return ctx.Err()
		}
		return lake.WriteFile(ctx, workload.OneLakeItem{Workspace: job.WorkspaceID, Item: job.ItemID}, "out", []byte("x"))
	}
	config := workload.Config{Auth: r.auth, Store: store, Lease: testLease, Logger: slog.New(slog.DiscardHandler),
		Items: []workload.ItemType{{Name: itemType, Handler: restartable{&handler{}},
			Jobs: map[string]workload.JobFunc{jobTypeTwice: job}}}}
	b := newBench(t, func(c *workload.Config) { config.Auth = c.Auth; *c = config })
	lake, err = workload.NewOneLake(config.Auth, lakeResource, b.fabric.OneLakeURL)
	must(t, err)
	config.Store = store.Store
	second, err := workload.New(config)
	must(t, err)
	second.Start()
	defer func() { _ = second.Shutdown(context.Background()) }()
	started := newJob(b.create(), jobTypeTwice)
	b.want(202, "")(b.control.StartJob(t.Context(), started, manual))
	for len(runs) == 0 {
		time.Sleep(time.Millisecond)
	}
	store.cut.Store(true)
	if s := b.ended(started); s.Status != "Completed" {
		t.Errorf("the job ended as %+v (%+v)", s, s.ErrorDetails)
	}
	if first, again := <-runs, <-runs; first == "" || first != again {
		t.Errorf("sessions %q and %q, want one", first, again)
	}
	if _, ok := b.fabric.File(started.WorkspaceID + "/" + started.Item.ID + "/Files/out"); !ok {
		t.Error("the second run wrote nothing on the user's behalf")
	}
}
