package storetest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/fabgen/fabgen/runtime/workload"
)

func createJob(t *testing.T, store workload.Store) {
	item := kept(t, store)
	want := newJob(item, "a")
	_, err := store.Job(t.Context(), want.Key)
	wantError(t, "a job that was not created", err, workload.ErrNotFound)

	want.Leased = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC) // which is not the caller's to say
	got, created, err := store.CreateJob(t.Context(), want, time.Minute)
	if err != nil || !created {
		t.Fatalf("CreateJob: created %t, %v", created, err)
	}
	left := got.Leased.Sub(clock(t, store, want.Key))
	if left > time.Minute || left < 50*time.Second || got.Leased.Location() != time.UTC {
		t.Errorf("leased until %s, which is %s from now", got.Leased, left)
	}
	want.Leased = got.Leased
	if !reflect.DeepEqual(got, want) {
		t.Errorf("CreateJob = %s, want %s", show(got), show(want))
	}
	wantJob(t, store, want)

	other := want
	other.Owner, other.JobType, other.Arguments = "b", "Org.Forecast.Forecast.Score", nil
	got, created, err = store.CreateJob(t.Context(), other, time.Hour)
	if err != nil || created || !reflect.DeepEqual(got, want) {
		t.Errorf("once more: %s, %t, %v, want %s, false", show(got), created, err, show(want))
	}
	wantJob(t, store, want)
}

// A job outlives its item; a new one needs it.
func jobWithoutItem(t *testing.T, store workload.Store) {
	_, created, err := store.CreateJob(t.Context(), newJob(newItem(), "a"), time.Minute)
	wantError(t, "a job of no item", err, workload.ErrNotFound)
	if created {
		t.Error("a job of no item is created")
	}
	item := kept(t, store)
	job := started(t, store, item, "a", time.Minute)
	if err := store.DeleteItem(t.Context(), item.Key()); err != nil {
		t.Fatalf("DeleteItem: %v", err)
	}
	got, created, err := store.CreateJob(t.Context(), job, time.Minute)
	if err != nil || created || got.State.Status != workload.JobCancelled {
		t.Errorf("a job that is there: %s, %t, %v", show(got), created, err)
	}
	_, _, err = store.CreateJob(t.Context(), newJob(item, "a"), time.Minute)
	wantError(t, "a job of a deleted item", err, workload.ErrNotFound)
}

func jobsOfTenants(t *testing.T, store workload.Store) {
	item := kept(t, store)
	job := started(t, store, item, "a", time.Minute)
	other := item
	other.TenantID = uuid.NewString()
	theirs := job
	theirs.Key.ItemKey = other.Key()

	_, err := store.Job(t.Context(), theirs.Key)
	wantError(t, "another tenant's job", err, workload.ErrNotFound)
	_, err = store.UpdateJob(t.Context(), theirs.Key, func(*workload.JobRecord, time.Time) bool { return true })
	wantError(t, "updating another tenant's job", err, workload.ErrNotFound)
	_, _, err = store.CreateJob(t.Context(), theirs, time.Minute)
	wantError(t, "a job of another tenant's item", err, workload.ErrNotFound)
	keys, err := store.OpenJobs(t.Context(), other.Key())
	wantKeys(t, "another tenant's open jobs", keys, err)

	if _, _, err := store.CreateItem(t.Context(), other); err != nil {
		t.Fatalf("CreateItem: %v", err)
	}
	if _, created, err := store.CreateJob(t.Context(), theirs, time.Minute); err != nil || !created {
		t.Fatalf("CreateJob: created %t, %v", created, err)
	}
	if err := store.DeleteItem(t.Context(), other.Key()); err != nil {
		t.Fatalf("DeleteItem: %v", err)
	}
	wantJob(t, store, job)
	keys, err = store.OpenJobs(t.Context(), item.Key())
	wantKeys(t, "open jobs", keys, err, job)
}

func updateJob(t *testing.T, store workload.Store) {
	want := started(t, store, kept(t, store), "a", time.Minute)
	got, err := store.UpdateJob(t.Context(), want.Key, func(job *workload.JobRecord, now time.Time) bool {
		if now.Location() != time.UTC || now.Truncate(time.Millisecond) != now {
			t.Errorf("now is %s, want whole milliseconds in UTC", now)
		}
		if !reflect.DeepEqual(*job, want) {
			t.Errorf("change gets %s, want %s", show(*job), show(want))
		}
		job.Owner, job.Leased, job.Session, job.Runs = "b", now.Add(time.Hour), "s", job.Runs+1
		job.State = workload.JobState{Status: workload.JobInProgress, Start: &now}
		want = *job
		return true
	})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("UpdateJob = %s, %v, want %s", show(got), err, show(want))
	}
	wantJob(t, store, want)

	got, err = store.UpdateJob(t.Context(), want.Key, func(job *workload.JobRecord, _ time.Time) bool {
		job.Owner, job.Session = "c", ""
		return false
	})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("UpdateJob that changes nothing = %s, %v, want %s", show(got), err, show(want))
	}
	wantJob(t, store, want)
}

func updateNoJob(t *testing.T, store workload.Store) {
	_, err := store.UpdateJob(t.Context(), newJob(newItem(), "a").Key, func(*workload.JobRecord, time.Time) bool {
		t.Error("change is called for no job")
		return true
	})
	wantError(t, "updating no job", err, workload.ErrNotFound)
}

// updateIdentity does nothing that a caller may: a store may keep what it likes of it, but under the job's key.
func updateIdentity(t *testing.T, store workload.Store) {
	job, other := started(t, store, kept(t, store), "a", time.Minute), started(t, store, kept(t, store), "a", time.Minute)
	_, err := store.UpdateJob(t.Context(), job.Key, func(job *workload.JobRecord, _ time.Time) bool {
		job.Key, job.Owner = other.Key, "b"
		return true
	})
	if err != nil {
		t.Errorf("UpdateJob: %v", err)
	}
	wantJob(t, store, other)
}

func panicInChange(t *testing.T, store workload.Store) {
	job := started(t, store, kept(t, store), "a", time.Minute)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		_, _ = store.UpdateJob(t.Context(), job.Key, func(*workload.JobRecord, time.Time) bool { panic("change") })
	}()
	wantJob(t, store, job)
	end(t, store, job.Key, workload.JobCompleted) // it holds no lock
}

func openJobs(t *testing.T, store workload.Store) {
	item, other := kept(t, store), kept(t, store)
	keys, err := store.OpenJobs(t.Context(), item.Key())
	wantKeys(t, "open jobs of an item without any", keys, err)

	waiting, running := started(t, store, item, "a", time.Minute), started(t, store, item, "b", -time.Minute)
	started(t, store, other, "a", time.Minute)
	for _, status := range []workload.JobStatus{workload.JobCompleted, workload.JobFailed, workload.JobCancelled} {
		end(t, store, started(t, store, item, "a", time.Minute).Key, status)
	}
	_, err = store.UpdateJob(t.Context(), running.Key, func(job *workload.JobRecord, now time.Time) bool {
		job.State = workload.JobState{Status: workload.JobInProgress, Start: &now}
		return true
	})
	if err != nil {
		t.Fatalf("UpdateJob: %v", err)
	}
	keys, err = store.OpenJobs(t.Context(), item.Key())
	wantKeys(t, "open jobs", keys, err, waiting, running)
}

func deleteItemWithJobs(t *testing.T, store workload.Store) {
	item, other := kept(t, store), kept(t, store)
	open, theirs := started(t, store, item, "a", time.Minute), started(t, store, other, "a", time.Minute)
	ended := end(t, store, started(t, store, item, "a", time.Minute).Key, workload.JobCompleted)
	before := clock(t, store, open.Key)
	if err := store.DeleteItem(t.Context(), item.Key()); err != nil {
		t.Fatalf("DeleteItem: %v", err)
	}
	got, err := store.Job(t.Context(), open.Key)
	after := clock(t, store, open.Key)
	if at := got.State.End; err != nil || at == nil || at.Before(before) || at.After(after) {
		t.Errorf("Job = %s, %v, want an end from %s to %s", show(got), err, before, after)
	}
	open.State = workload.JobState{Status: workload.JobCancelled, End: got.State.End}
	wantJob(t, store, open)
	wantJob(t, store, ended)
	wantJob(t, store, theirs)
	keys, err := store.OpenJobs(t.Context(), item.Key())
	wantKeys(t, "open jobs of a deleted item", keys, err)
}

// A call whose context has ended may succeed, where it waits for nothing; else it fails so and changes nothing.
func cancelled(t *testing.T, store workload.Store) {
	item := kept(t, store)
	job := started(t, store, item, "a", time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fresh := newItem()
	for name, call := range map[string]func() error{
		"CreateItem":  func() error { _, _, err := store.CreateItem(ctx, fresh); return err },
		"Item":        func() error { _, err := store.Item(ctx, item.Key()); return err },
		"OpenJobs":    func() error { _, err := store.OpenJobs(ctx, item.Key()); return err },
		"CreateJob":   func() error { _, _, err := store.CreateJob(ctx, newJob(item, "b"), time.Minute); return err },
		"Job":         func() error { _, err := store.Job(ctx, job.Key); return err },
		"RenewLeases": func() error { _, err := store.RenewLeases(ctx, "nobody", time.Minute); return err },
		"LostJobs":    func() error { _, err := store.LostJobs(ctx, 1); return err },
		"DropJobs":    func() error { return store.DropJobs(ctx, time.Hour) },
		"Ready":       func() error { return store.Ready(ctx) },
	} {
		if err := call(); err != nil {
			wantError(t, name, err, context.Canceled)
		}
	}
	if err := store.SaveItem(ctx, item); err != nil {
		wantError(t, "SaveItem", err, context.Canceled)
		wantItem(t, store, item)
	}
	if err := store.DeleteItem(ctx, item.Key()); err != nil {
		wantError(t, "DeleteItem", err, context.Canceled)
		wantJob(t, store, job)
	}
}
