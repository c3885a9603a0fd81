package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/fabgen/fabgen/runtime/workload"
)

const clients = 64

// atOnce calls f as so many clients, who begin together.
func atOnce(clients int, f func(client int)) {
	var ready, done sync.WaitGroup
	ready.Add(clients)
	for client := range clients {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			f(client)
		})
	}
	done.Wait()
}

func createItemAtOnce(t *testing.T, store workload.Store) {
	item := newItem()
	var created, name atomic.Value
	var times atomic.Int64
	atOnce(clients, func(client int) {
		mine := item
		mine.DisplayName = fmt.Sprint(client)
		got, now, err := store.CreateItem(t.Context(), mine)
		if err != nil {
			t.Errorf("CreateItem: %v", err)
		}
		if now {
			times.Add(1)
			created.Store(mine.DisplayName)
		}
		name.Store(got.DisplayName)
	})
	if times.Load() != 1 || name.Load() != created.Load() {
		t.Errorf("it was created %d times, by %v, and is %v's", times.Load(), created.Load(), name.Load())
	}
}

func createJobAtOnce(t *testing.T, store workload.Store) {
	job := newJob(kept(t, store), "")
	var times atomic.Int64
	var owners sync.Map
	atOnce(clients, func(client int) {
		mine := job
		mine.Owner = fmt.Sprint(client)
		got, now, err := store.CreateJob(t.Context(), mine, time.Minute)
		if err != nil {
			t.Errorf("CreateJob: %v", err)
		}
		if now {
			times.Add(1)
		}
		owners.Store(got.Owner, true)
	})
	found := 0
	owners.Range(func(any, any) bool { found++; return true })
	if times.Load() != 1 || found != 1 {
		t.Errorf("it was created %d times and has %d owners", times.Load(), found)
	}
}

// saveItemAtOnce counts the saves that were acknowledged: none may be lost, and all others must be told of.
func saveItemAtOnce(t *testing.T, store workload.Store) {
	item := kept(t, store)
	var saved, lost atomic.Int64
	atOnce(16, func(int) {
		for range 5 {
			mine, err := store.Item(t.Context(), item.Key())
			if err != nil {
				t.Errorf("Item: %v", err)
				return
			}
			mine.Description += "x"
			switch err := store.SaveItem(t.Context(), mine); {
			case err == nil:
				saved.Add(1)
			case errors.Is(err, workload.ErrConflict):
				lost.Add(1)
			default:
				t.Errorf("SaveItem: %v", err)
			}
		}
	})
	got, err := store.Item(t.Context(), item.Key())
	grown := int64(len(got.Description) - len(item.Description))
	if err != nil || saved.Load()+lost.Load() != 80 || got.Revision != saved.Load() || grown != saved.Load() {
		t.Errorf("%d were saved and %d not; the revision is %d, and %d changes are there, %v", saved.Load(), lost.Load(),
			got.Revision, grown, err)
	}
}

func updateJobAtOnce(t *testing.T, store workload.Store) {
	job := started(t, store, kept(t, store), "a", time.Minute)
	atOnce(clients, func(int) {
		_, err := store.UpdateJob(t.Context(), job.Key, func(job *workload.JobRecord, _ time.Time) bool {
			job.Runs++
			return true
		})
		if err != nil {
			t.Errorf("UpdateJob: %v", err)
		}
	})
	job.Runs = clients
	wantJob(t, store, job)
}

func claimAtOnce(t *testing.T, store workload.Store) {
	job := started(t, store, kept(t, store), "dead", -time.Minute)
	var winners atomic.Int64
	var winner atomic.Value
	atOnce(clients, func(client int) {
		me, claimed := fmt.Sprint(client), false
		_, err := store.UpdateJob(t.Context(), job.Key, func(job *workload.JobRecord, now time.Time) bool {
			if claimed = job.Leased.Before(now); claimed {
				job.Owner, job.Leased = me, now.Add(time.Minute)
			}
			return claimed
		})
		if err != nil {
			t.Errorf("UpdateJob: %v", err)
		}
		if claimed {
			winners.Add(1)
			winner.Store(me)
		}
	})
	got, err := store.Job(t.Context(), job.Key)
	if err != nil || winners.Load() != 1 || got.Owner != winner.Load() {
		t.Errorf("%d claimed it, %v did, and it is %s's, %v", winners.Load(), winner.Load(), got.Owner, err)
	}
}

// createJobOfDeleted has jobs created while their item is deleted: none may be left open.
func createJobOfDeleted(t *testing.T, store workload.Store) {
	for range 20 {
		item := kept(t, store)
		var created sync.Map
		atOnce(9, func(client int) {
			if client == 0 {
				if err := store.DeleteItem(t.Context(), item.Key()); err != nil {
					t.Errorf("DeleteItem: %v", err)
				}
				return
			}
			job := newJob(item, "a")
			_, now, err := store.CreateJob(t.Context(), job, time.Minute)
			if err != nil && !errors.Is(err, workload.ErrNotFound) {
				t.Errorf("CreateJob: %v", err)
			}
			if now {
				created.Store(job.Key, true)
			}
		})
		keys, err := store.OpenJobs(t.Context(), item.Key())
		wantKeys(t, "open jobs of a deleted item", keys, err)
		created.Range(func(key, _ any) bool {
			job, err := store.Job(t.Context(), key.(workload.JobKey))
			if err != nil || job.State.Status != workload.JobCancelled {
				t.Errorf("a job of a deleted item is %s, %v", job.State.Status, err)
			}
			return true
		})
	}
}

// createAndDelete has one item come and go: each call finds it there or not, and no other error.
func createAndDelete(t *testing.T, store workload.Store) {
	item := newItem()
	var created, deleted atomic.Int64
	atOnce(16, func(client int) {
		for range 10 {
			if client%2 == 0 {
				if err := store.DeleteItem(t.Context(), item.Key()); err != nil {
					t.Errorf("DeleteItem: %v", err)
				}
				deleted.Add(1)
				continue
			}
			got, now, err := store.CreateItem(t.Context(), item)
			if err != nil || got.Key() != item.Key() {
				t.Errorf("CreateItem = %s, %v", show(got), err)
			}
			if now {
				created.Add(1)
			}
			err = store.SaveItem(t.Context(), got)
			if err != nil && !errors.Is(err, workload.ErrNotFound) && !errors.Is(err, workload.ErrConflict) {
				t.Errorf("SaveItem: %v", err)
			}
		}
	})
	if created.Load() == 0 || created.Load() > deleted.Load()+1 {
		t.Errorf("it was created %d times and deleted %d times", created.Load(), deleted.Load())
	}
}

// everything has all methods meet over few items, to find those that wait for each other.
func everything(t *testing.T, store workload.Store) {
	items := []workload.Item{newItem(), newItem(), newItem()}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	atOnce(12, func(client int) {
		owner := fmt.Sprint(client % 3)
		for round := range 10 {
			item := items[(client+round)%len(items)]
			job := newJob(item, owner)
			job.Key.InstanceID = uuid.NewSHA1(uuid.Nil, []byte{byte(round)}).String()
			for _, call := range []func() error{
				func() error { _, _, err := store.CreateItem(ctx, item); return err },
				func() error { _, _, err := store.CreateJob(ctx, job, time.Minute); return err },
				func() error { _, err := store.RenewLeases(ctx, owner, time.Minute); return err },
				func() error { _, err := store.UpdateJob(ctx, job.Key, finish); return err },
				func() error { return store.DropJobs(ctx, 0) },
				func() error { return store.DeleteItem(ctx, item.Key()) },
			} {
				if err := call(); err != nil && !errors.Is(err, workload.ErrNotFound) {
					t.Errorf("client %d: %v", client, err)
				}
			}
		}
	})
}

func finish(job *workload.JobRecord, now time.Time) bool {
	if job.State.Ended() {
		return false
	}
	job.State.Status, job.State.End = workload.JobCompleted, &now
	return true
}
