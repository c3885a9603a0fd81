package auth_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// There is nothing to close: whatever runs in the background ends by itself, soon after Entra has gone too.
func TestNothingIsLeftRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("calls", everyKindOfCall)
	deadline := time.Now().Add(20 * time.Second)
	for {
		err := goleak.Find(before) // looks again for up to a second by itself
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// everyKindOfCall ends, and with it Entra, while keys and a token are renewed and an exchange has lost its caller.
func everyKindOfCall(t *testing.T) {
	w := newWorld(t, func(s *auth.Settings) { s.Sleep = nil }) // back off as in production
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := w.as(t, entratest.Expires(3*time.Hour)) // fetches the keys
	check(w.auth.Ready(ctx))
	server := w.serve(t)
	header := authorization(w.entra.Authorization())
	header.Set("x-ms-client-tenant-id", entratest.DefaultUserTenantID)
	if got := call(t, server.URL+"/workload/create", header); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.text)
	}
	_, err := w.auth.Token(ctx, storage)
	check(err)
	_, err = w.auth.SubjectAndAppHeader(ctx)
	check(err)
	job, err := w.auth.LongRunning(ctx, graph)
	check(err)
	resource := w.resource(t, func(http.ResponseWriter, *http.Request) {})
	_, _, err = w.do(t, w.auth.Client(storage), http.MethodGet, resource.URL, nil)
	check(err)

	w.clock.Advance(2 * time.Hour) // the keys are old, and so is every token
	_, err = w.auth.Token(job, graph)
	check(err)
	w.clock.Advance(56 * time.Minute)
	w.entra.SetLatency(50 * time.Millisecond)
	_, err = w.auth.Token(job, graph) // still good, and renewed meanwhile
	check(err)
	w.accepts(t)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	_, err = w.auth.Token(gone, app)
	wantKind(t, err, auth.Unavailable)
}
