package storetest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/workload"
)

// texts are such as break those who build SQL, JSON or HTML from them.
var texts = []string{
	"", " ", "a\"b*/</x>${y}'\\n\n\r\t", "'; DROP TABLE fabgen_items; --", `\x00 \u0000 %00 $1 ?1 :a @b`, "NULL", "null",
	"日本語 שלום 👩‍👩‍👧 e\u0301", "\u2028\u2029\ufeff\ufffd\U0010ffff", "\x01\x7f", strings.Repeat("ß", 100_000),
}

func anyText(t *testing.T, store workload.Store) {
	for _, text := range texts {
		item := newItem()
		item.DisplayName, item.Description, item.Type = text, text, text
		if _, _, err := store.CreateItem(t.Context(), item); err != nil {
			t.Errorf("CreateItem with %.40q: %v", text, err)
			continue
		}
		wantItem(t, store, item)
		textOfJob(t, store, item, text)
	}
}

func textOfJob(t *testing.T, store workload.Store, item workload.Item, text string) {
	t.Helper()
	job := newJob(item, text)
	job.JobType, job.InvokeType, job.Session, job.Caller = text, text, text, workload.JobCaller{RequestID: text}
	job.State = workload.JobState{Status: workload.JobFailed, Details: &apierror.Response{ErrorCode: text, Message: text}}
	got, created, err := store.CreateJob(t.Context(), job, time.Minute)
	if err != nil || !created {
		t.Errorf("CreateJob with %.40q: created %t, %v", text, created, err)
		return
	}
	job.Leased = got.Leased
	wantJob(t, store, job)
}

// A store may refuse what its database cannot hold, but keeps nothing else in its place.
func textWithNUL(t *testing.T, store workload.Store) {
	for _, text := range []string{"a\x00b", "\x00", "\xff", "a\xc0\x80"} {
		item := newItem()
		item.DisplayName = text
		if _, _, err := store.CreateItem(t.Context(), item); err == nil {
			wantItem(t, store, item)
			continue
		}
		_, err := store.Item(t.Context(), item.Key())
		wantError(t, "an item that was refused", err, workload.ErrNotFound)

		there := kept(t, store)
		changed := there
		changed.Description = text
		if store.SaveItem(t.Context(), changed) == nil {
			t.Errorf("%q is refused of a new item alone", text)
		}
		wantItem(t, store, there)
	}
}

// raw are payloads and arguments: nil is not null, and what they hold is the handler's own affair.
var raw = []json.RawMessage{
	nil, json.RawMessage(`null`), json.RawMessage("{ \"a\" : 1.0,\n\"a\":1e0 }"), json.RawMessage(`"\u0000"`),
	json.RawMessage("\x00\x01\xff\xfe"), json.RawMessage(strings.Repeat(`"0123456789"`, 100_000)),
}

func payloads(t *testing.T, store workload.Store) {
	for _, payload := range raw {
		item := newItem()
		item.Payload = payload
		if _, _, err := store.CreateItem(t.Context(), item); err != nil {
			t.Fatalf("CreateItem: %v", err)
		}
		wantItem(t, store, item)
		if err := store.SaveItem(t.Context(), item); err != nil {
			t.Fatalf("SaveItem: %v", err)
		}
		item.Revision++
		wantItem(t, store, item)
	}
}

func arguments(t *testing.T, store workload.Store) {
	item := kept(t, store)
	for _, arguments := range raw {
		job := newJob(item, "a")
		job.Arguments = arguments
		got, _, err := store.CreateJob(t.Context(), job, time.Minute)
		if err != nil {
			t.Fatalf("CreateJob: %v", err)
		}
		job.Leased = got.Leased
		wantJob(t, store, job)
	}
}

// jobStates has each state come back as it was, and updates from each to each.
func jobStates(t *testing.T, store workload.Store) {
	permanent := false
	begun := time.Date(2026, 2, 3, 4, 5, 6, 7e6, time.UTC)
	ended := begun.Add(time.Hour)
	details := &apierror.Response{
		ErrorCode: apierror.AuthUIRequired, Message: `sign "in" </script>`, MessageParameters: []string{"", "x"},
		Source: apierror.User, IsPermanent: &permanent,
		MoreDetails: []apierror.Detail{
			{ErrorCode: "C", Message: "m", AdditionalParameters: []apierror.Parameter{{Name: "n"}}},
		},
	}
	states := []workload.JobState{
		{Status: workload.JobNotStarted},
		{Status: workload.JobInProgress, Start: &begun},
		{Status: workload.JobCompleted, Start: &begun, End: &ended},
		{Status: workload.JobFailed, Start: &begun, End: &ended, Details: details},
		{Status: workload.JobFailed, End: &ended, Details: &apierror.Response{}},
		{Status: workload.JobCancelled, End: &ended},
	}
	item := kept(t, store)
	for _, from := range states {
		for _, to := range states {
			updateState(t, store, item, from, to)
		}
	}
}

func updateState(t *testing.T, store workload.Store, item workload.Item, from, to workload.JobState) {
	t.Helper()
	job := newJob(item, "a")
	job.State = from
	got, _, err := store.CreateJob(t.Context(), job, time.Minute)
	if err != nil {
		t.Fatalf("CreateJob: %v", err)
	}
	job.Leased = got.Leased
	wantJob(t, store, job)
	_, err = store.UpdateJob(t.Context(), job.Key, func(job *workload.JobRecord, _ time.Time) bool {
		job.State = to
		return true
	})
	job.State = to
	if err != nil {
		t.Fatalf("UpdateJob: %v", err)
	}
	wantJob(t, store, job)
}

func ready(t *testing.T, store workload.Store) {
	if err := store.Ready(t.Context()); err != nil {
		t.Errorf("Ready: %v", err)
	}
}
