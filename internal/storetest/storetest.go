// Package storetest holds every workload.Store to what the interface says.
package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/fabgen/fabgen/runtime/workload"
)

// Open gives an empty store, and closes it when the test ends.
type Open func(t *testing.T) workload.Store

// Run tests the stores that open gives, one for each test.
func Run(t *testing.T, open Open) {
	tests := map[string]func(*testing.T, workload.Store){
		"create an item":                createItem,
		"save an item":                  saveItem,
		"delete an item":                deleteItem,
		"items of tenants":              itemsOfTenants,
		"any text":                      anyText,
		"text with a NUL":               textWithNUL,
		"payloads are bytes":            payloads,
		"create a job":                  createJob,
		"a job without its item":        jobWithoutItem,
		"jobs of tenants":               jobsOfTenants,
		"update a job":                  updateJob,
		"update no job":                 updateNoJob,
		"what change may not alter":     updateIdentity,
		"a panic in change":             panicInChange,
		"every state of a job":          jobStates,
		"arguments are bytes":           arguments,
		"open jobs":                     openJobs,
		"delete an item with jobs":      deleteItemWithJobs,
		"renew leases":                  renewLeases,
		"lost jobs":                     lostJobs,
		"lost jobs, not too many":       lostJobsLimit,
		"a lease that is renewed":       renewedLease,
		"drop jobs":                     dropJobs,
		"ready":                         ready,
		"cancelled contexts":            cancelled,
		"create the same item at once":  createItemAtOnce,
		"create the same job at once":   createJobAtOnce,
		"save an item at once":          saveItemAtOnce,
		"update a job at once":          updateJobAtOnce,
		"claim a lost job at once":      claimAtOnce,
		"create jobs of a deleted item": createJobOfDeleted,
		"create and delete at once":     createAndDelete,
		"everything at once":            everything,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// newItem is an item with every field set and a key that nothing else has.
func newItem() workload.Item {
	return workload.Item{
		TenantID: uuid.NewString(), WorkspaceID: uuid.NewString(), ItemID: uuid.NewString(),
		Type: "Org.Forecast.Forecast", DisplayName: "Forecast", Description: "of sales", Payload: json.RawMessage(`{"a":1}`),
	}
}

// newJob is a job of the item, waiting for its owner.
func newJob(item workload.Item, owner string) workload.JobRecord {
	return workload.JobRecord{
		Key:      workload.JobKey{ItemKey: item.Key(), InstanceID: uuid.NewString()},
		ItemType: item.Type, JobType: item.Type + ".Train", InvokeType: "Manual", Arguments: json.RawMessage(`{"b":2}`),
		Caller: workload.JobCaller{ObjectID: "o", AppID: "a", ActivityID: "x", RequestID: "r"},
		State:  workload.JobState{Status: workload.JobNotStarted}, Owner: owner,
	}
}

func kept(t *testing.T, store workload.Store) workload.Item {
	t.Helper()
	item, created, err := store.CreateItem(t.Context(), newItem())
	if err != nil || !created {
		t.Fatalf("CreateItem: created %t, %v", created, err)
	}
	return item
}

// started keeps a job of the item, leased to owner.
func started(t *testing.T, store workload.Store, item workload.Item, owner string, lease time.Duration,
) workload.JobRecord {
	t.Helper()
	job, created, err := store.CreateJob(t.Context(), newJob(item, owner), lease)
	if err != nil || !created {
		t.Fatalf("CreateJob: created %t, %v", created, err)
	}
	return job
}

// end ends a job with a status.
func end(t *testing.T, store workload.Store, key workload.JobKey, status workload.JobStatus) workload.JobRecord {
	t.Helper()
	job, err := store.UpdateJob(t.Context(), key, func(job *workload.JobRecord, now time.Time) bool {
		job.State.Status, job.State.End = status, &now
		return true
	})
	if err != nil {
		t.Fatalf("UpdateJob: %v", err)
	}
	return job
}

// clock is the store's own, which a job is needed to read.
func clock(t *testing.T, store workload.Store, key workload.JobKey) time.Time {
	t.Helper()
	var clock time.Time
	_, err := store.UpdateJob(t.Context(), key, func(_ *workload.JobRecord, now time.Time) bool {
		clock = now
		return false
	})
	if err != nil {
		t.Fatalf("UpdateJob: %v", err)
	}
	return clock
}

func wantItem(t *testing.T, store workload.Store, want workload.Item) {
	t.Helper()
	got, err := store.Item(t.Context(), want.Key())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Item = %s, %v, want %s", show(got), err, show(want))
	}
}

func wantJob(t *testing.T, store workload.Store, want workload.JobRecord) {
	t.Helper()
	got, err := store.Job(t.Context(), want.Key)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Job = %s, %v, want %s", show(got), err, show(want))
	}
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

// wantKeys compares jobs whatever their order.
func wantKeys(t *testing.T, what string, got []workload.JobKey, err error, want ...workload.JobRecord) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	keys := map[workload.JobKey]bool{}
	for _, key := range got {
		keys[key] = true
	}
	missing := 0
	for _, job := range want {
		if !keys[job.Key] {
			missing++
		}
	}
	if len(got) != len(want) || missing > 0 {
		t.Errorf("%s gives %d jobs, of which %d are not there that should be; want %d", what, len(got), missing, len(want))
	}
}

// eventually waits for a condition that time brings about.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within ten seconds", what)
		}
	}
}

func show(v any) string {
	return strings.ReplaceAll(fmt.Sprintf("%+v", v), "\n", `\n`)
}
