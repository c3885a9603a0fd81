// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// Flows A, C, D and E: each route answers, with what its resource gave for the user's or the application's token.
func TestRoutesAnswer(t *testing.T) {
	b := newBench(t)
	for _, r := range routes {
		b.fabric.Grant(b.itemID, r.permissions...)
		b.fabric.PutFile(b.workspaceID+"/"+b.itemID+"/Files/data.json", []byte("{}"))
		if got := b.call(t, r, b.user(r.scopes)); got.Status != http.StatusOK {
			t.Errorf("%s: %d %s", r.name, got.Status, got.Body)
		}
	}
	b.quiet(t)
}

// What Entra asks of the user reaches the front-end in the form that it acts on.
func TestRoutesAskForConsentAndClaims(t *testing.T) {
	b := newBench(t)
	const claims = `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`
	for _, r := range routes {
		if r.consents == "" {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			b.fabric.Grant(b.itemID, r.permissions...)
			b.entra.SetConsent(r.consents, false)
			got := b.call(t, r, b.user(r.scopes))
			b.entra.SetConsent(r.consents, true)
			refused(t, got, http.StatusUnauthorized)
			if got.Error().ErrorCode != apierror.AuthUIRequired || !strings.Contains(string(got.Body), auth.ParameterScopes) {
				t.Errorf("consent: %s", got.Body)
			}
			b.entra.RequireClaims(r.consents, claims)
			got = b.call(t, r, b.user(r.scopes))
			b.entra.RequireClaims(r.consents, "")
			refused(t, got, http.StatusUnauthorized)
			if !strings.Contains(got.Header.Get("WWW-Authenticate"), "insufficient_claims") {
				t.Errorf("claims: WWW-Authenticate is %q", got.Header.Get("WWW-Authenticate"))
			}
		})
	}
	b.quiet(t)
}

// Flow B: an item of each type lives from its creation to its end, and its jobs run.
func TestItemsLive(t *testing.T) {
	b := newBench(t)
	for _, it := range itemTypes {
		t.Run(it.name, func(t *testing.T) {
			item := fabrictest.Item{WorkspaceID: b.workspaceID, Type: it.name, ID: fabrictest.NewID()}
			created, err := b.control.Create(t.Context(), item,
				map[string]any{"displayName": "First", "creationPayload": map[string]any{"notes": "before"}})
			want(t, created, err, http.StatusOK)
			updated, err := b.control.Update(t.Context(), item, map[string]any{"updatePayload": map[string]any{"notes": "after"}})
			want(t, updated, err, http.StatusOK)
			payload, err := b.control.Payload(t.Context(), item)
			want(t, payload, err, http.StatusOK)
			if !strings.Contains(string(payload.Body), "after") {
				t.Errorf("the payload is %s", payload.Body)
			}
			for _, job := range it.jobs {
				b.runJob(t, fabrictest.Job{Item: item, Type: job, ID: fabrictest.NewID()})
			}
			deleted, err := b.control.Delete(t.Context(), item)
			want(t, deleted, err, http.StatusOK)
			gone, err := b.control.Payload(t.Context(), item)
			want(t, gone, err, http.StatusNotFound)
		})
	}
	b.quiet(t)
}

// runJob starts a job, waits for its end and cancels it after that, which changes nothing.
func (b *bench) runJob(t *testing.T, job fabrictest.Job) {
	t.Helper()
	started, err := b.control.StartJob(t.Context(), job, map[string]any{"invokeType": "Manual"})
	want(t, started, err, http.StatusAccepted)
	var state struct{ Status string }
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		polled, err := b.control.JobStatus(t.Context(), job)
		want(t, polled, err, http.StatusOK)
		must(t, polled.JSON(&state))
		if state.Status != "NotStarted" && state.Status != "InProgress" {
			break
		}
	}
	if state.Status != "Completed" {
		t.Errorf("the job %s is %s, want Completed", job.Type, state.Status)
	}
	cancelled, err := b.control.CancelJob(t.Context(), job)
	want(t, cancelled, err, http.StatusOK)
}

func want(t *testing.T, got *fabrictest.Response, err error, status int) {
	t.Helper()
	must(t, err)
	if got.Status != status {
		t.Fatalf("status %d, want %d: %s", got.Status, status, got.Body)
	}
}
