package workload_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/workload"
)

func TestServerLetsCallsEnd(t *testing.T) {
	inCall, release := make(chan struct{}), make(chan struct{})
	var stopped atomic.Bool
	address := make(chan net.Addr, 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	server := workload.Server{
		Addr: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler), OnListen: func(a net.Addr) { address <- a },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(inCall)
			<-release
			w.WriteHeader(http.StatusTeapot)
		}),
		OnStop: func(context.Context) error { stopped.Store(true); return nil },
	}
	go func() { ended <- server.Run(ctx) }()
	url := "http://" + (<-address).String()
	status := make(chan int, 1)
	go func() {
		resp, err := http.Get(url)
		if err != nil {
			status <- 0
			return
		}
		_ = resp.Body.Close()
		status <- resp.StatusCode
	}()
	<-inCall
	cancel()
	time.Sleep(20 * time.Millisecond)
	close(release)
	if got := <-status; got != http.StatusTeapot {
		t.Errorf("the call that was under way got %d", got)
	}
	if err := <-ended; err != nil || !stopped.Load() {
		t.Errorf("Run gave %v; OnStop was called: %t", err, stopped.Load())
	}
}

func TestServerCutsCallsOffAfterDrain(t *testing.T) {
	inCall := make(chan struct{})
	address := make(chan net.Addr, 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	server := workload.Server{
		Addr: "127.0.0.1:0", Drain: 20 * time.Millisecond, OnListen: func(a net.Addr) { address <- a },
		Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { close(inCall); <-r.Context().Done() }),
	}
	go func() { ended <- server.Run(ctx) }()
	url := "http://" + (<-address).String()
	go func() {
		if resp, err := http.Get(url); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-inCall
	cancel()
	if err := <-ended; err == nil {
		t.Error("Run says that every call came to its end")
	}
}

func TestServerWithoutAnAddress(t *testing.T) {
	if err := (workload.Server{Addr: "256.0.0.1:0"}).Run(t.Context()); err == nil {
		t.Error("served on an address that is none")
	}
}

func TestWhatIsRefusedAtStart(t *testing.T) {
	b := newClientBench(t)
	handler := &handler{}
	run := func(context.Context, *workload.Job) error { return nil }
	configs := map[string]workload.Config{
		"no authenticator": {},
		"no name":          {Auth: b.auth, Items: []workload.ItemType{{Handler: handler}}},
		"no handler":       {Auth: b.auth, Items: []workload.ItemType{{Name: "A.B.C"}}},
		"a type twice":     {Auth: b.auth, Items: []workload.ItemType{{Name: "A.B.C", Handler: handler}, {Name: "A.B.C", Handler: handler}}},
		"a job's short name": {Auth: b.auth, Items: []workload.ItemType{{Name: "A.B.C", Handler: handler,
			Jobs: map[string]workload.JobFunc{"Run": run}}}},
		"no job function": {Auth: b.auth, Items: []workload.ItemType{{Name: "A.B.C", Handler: handler,
			Jobs: map[string]workload.JobFunc{"A.B.C.Run": nil}}}},
	}
	for name, cfg := range configs {
		if _, err := workload.New(cfg); err == nil {
			t.Errorf("took %s", name)
		}
	}
	ok := workload.Route{Pattern: "GET /a/{x}", Scopes: []string{scope}, Handler: workload.Me}
	with := func(change func(*workload.Route)) []workload.Route {
		r := ok
		change(&r)
		return []workload.Route{ok, r}
	}
	routes := map[string][]workload.Route{
		"a conflict":                    with(func(r *workload.Route) { r.Pattern = "GET /a/{y}" }),
		"a pattern that is none":        with(func(r *workload.Route) { r.Pattern = "GET b" }),
		"no scopes":                     with(func(r *workload.Route) { r.Pattern, r.Scopes = "GET /b", nil }),
		"no route handler":              with(func(r *workload.Route) { r.Pattern, r.Handler = "GET /b", nil }),
		"permissions and nobody to ask": with(func(r *workload.Route) { r.Pattern, r.Permissions = "GET /b", []string{"Read"} }),
	}
	for name, list := range routes {
		if _, err := workload.NewDataPlane(workload.DataPlaneConfig{Auth: b.auth, Routes: list}); err == nil {
			t.Errorf("took %s", name)
		}
	}
	if _, err := workload.NewDataPlane(workload.DataPlaneConfig{}); err == nil {
		t.Error("took no authenticator")
	}
	if _, err := (workload.Site{BasePath: "/api"}).Handler(); err == nil {
		t.Error("took the data plane's path for the control plane's")
	}
}
