package storetest

import (
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/workload"
)

func renewLeases(t *testing.T, store workload.Store) {
	item := kept(t, store)
	mine := []workload.JobRecord{
		started(t, store, item, "a", time.Minute), started(t, store, item, "a", -time.Minute),
		started(t, store, kept(t, store), "a", time.Minute), // of another tenant
	}
	theirs, ended := started(t, store, item, "b", time.Minute), started(t, store, item, "a", time.Minute)
	ended = end(t, store, ended.Key, workload.JobFailed)

	keys, err := store.RenewLeases(t.Context(), "a", time.Hour)
	wantKeys(t, "RenewLeases", keys, err, mine...)
	now := clock(t, store, ended.Key)
	for _, job := range mine {
		got, err := store.Job(t.Context(), job.Key)
		if left := got.Leased.Sub(now); err != nil || left > time.Hour || left < 59*time.Minute {
			t.Errorf("Job = %s, %v, want a lease of an hour from %s", show(got), err, now)
		}
		job.Leased = got.Leased
		wantJob(t, store, job)
	}
	wantJob(t, store, theirs)
	wantJob(t, store, ended)

	keys, err = store.RenewLeases(t.Context(), "nobody", time.Hour)
	wantKeys(t, "RenewLeases of nobody's", keys, err)
}

func lostJobs(t *testing.T, store workload.Store) {
	item := kept(t, store)
	keys, err := store.LostJobs(t.Context(), 10)
	wantKeys(t, "lost jobs of an empty store", keys, err)

	lost := []workload.JobRecord{started(t, store, item, "a", -time.Millisecond),
		started(t, store, kept(t, store), "b", -time.Hour)}
	held := started(t, store, item, "a", time.Minute)
	end(t, store, started(t, store, item, "a", -time.Hour).Key, workload.JobCompleted)
	keys, err = store.LostJobs(t.Context(), 10)
	wantKeys(t, "LostJobs", keys, err, lost...)

	brief := started(t, store, item, "a", 100*time.Millisecond)
	eventually(t, "a lease ends", func() bool {
		keys, err = store.LostJobs(t.Context(), 10)
		return err != nil || len(keys) > len(lost)
	})
	wantKeys(t, "LostJobs later", keys, err, append(lost, brief)...)
	if now := clock(t, store, brief.Key); !brief.Leased.Before(now) {
		t.Errorf("it is lost at %s, leased until %s", now, brief.Leased)
	}
	wantJob(t, store, held)
}

func lostJobsLimit(t *testing.T, store workload.Store) {
	item := kept(t, store)
	for range 5 {
		started(t, store, item, "a", -time.Minute)
	}
	for _, limit := range []int{0, 1, 4, 5, 50} {
		keys, err := store.LostJobs(t.Context(), limit)
		if err != nil || len(keys) != min(limit, 5) {
			t.Errorf("LostJobs of at most %d gives %d, %v", limit, len(keys), err)
		}
	}
}

// A lease that is renewed in time never ends.
func renewedLease(t *testing.T, store workload.Store) {
	job := started(t, store, kept(t, store), "a", 10*time.Second)
	_, err := store.UpdateJob(t.Context(), job.Key, func(job *workload.JobRecord, now time.Time) bool {
		job.Leased = now.Add(-time.Second)
		return true
	})
	if err != nil {
		t.Fatalf("UpdateJob: %v", err)
	}
	keys, err := store.LostJobs(t.Context(), 10)
	wantKeys(t, "LostJobs after the lease", keys, err, job)
	keys, err = store.RenewLeases(t.Context(), "a", time.Minute)
	wantKeys(t, "RenewLeases", keys, err, job)
	keys, err = store.LostJobs(t.Context(), 10)
	wantKeys(t, "LostJobs after it was renewed", keys, err)
}

func dropJobs(t *testing.T, store workload.Store) {
	item := kept(t, store)
	open := started(t, store, item, "a", -time.Hour)
	ended := end(t, store, started(t, store, item, "a", time.Minute).Key, workload.JobCompleted)
	if err := store.DropJobs(t.Context(), time.Hour); err != nil {
		t.Errorf("DropJobs: %v", err)
	}
	wantJob(t, store, ended)

	eventually(t, "a millisecond goes by", func() bool { return clock(t, store, ended.Key).After(*ended.State.End) })
	if err := store.DropJobs(t.Context(), 0); err != nil {
		t.Errorf("DropJobs: %v", err)
	}
	_, err := store.Job(t.Context(), ended.Key)
	wantError(t, "a job that ended long ago", err, workload.ErrNotFound)
	wantJob(t, store, open)
	wantItem(t, store, item)
	_, created, err := store.CreateJob(t.Context(), ended, time.Minute)
	if err != nil || !created {
		t.Errorf("a job under the key of one that was dropped: created %t, %v", created, err)
	}
}
