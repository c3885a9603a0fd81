package workload_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
	"github.com/fabgen/fabgen/runtime/workload"
)

const (
	actType  = "Org.Example.Act" // its handler does a deed first
	peerURI  = "api://peer"
	readable = "/workspaces/{workspaceId}/items/{itemId}" // a route that asks Fabric for Read
)

// contractBench is a bench whose clients hold every reply to the contract, and whose handlers do what a test says.
type contractBench struct {
	*bench
	client *http.Client
	deed   *deed
	peer   *peer
}

// deed is what handlers do first: nothing, until a test says what.
type deed struct {
	do atomic.Pointer[func(context.Context) error]
}

func (d *deed) set(do func(context.Context) error) { d.do.Store(&do) }

func (d *deed) run(ctx context.Context) error {
	if do := d.do.Load(); do != nil {
		return (*do)(ctx)
	}
	return nil
}

// acting does the deed in every call.
type acting struct {
	*handler
	deed *deed
}

func (a acting) Create(ctx context.Context, item *workload.Item, payload json.RawMessage) error {
	return errors.Join(a.deed.run(ctx), a.handler.Create(ctx, item, payload))
}

func (a acting) Update(ctx context.Context, item *workload.Item, payload json.RawMessage) error {
	return errors.Join(a.deed.run(ctx), a.handler.Update(ctx, item, payload))
}

func (a acting) Delete(ctx context.Context, item *workload.Item) error {
	return errors.Join(a.deed.run(ctx), a.handler.Delete(ctx, item))
}

func (a acting) Payload(ctx context.Context, item *workload.Item) (any, error) {
	if err := a.deed.run(ctx); err != nil {
		return nil, err
	}
	return a.handler.Payload(ctx, item)
}

// peer is an API of the workload's own that answers as it is told.
type peer struct {
	api    *workload.API
	status atomic.Int32
	after  atomic.Value // Retry-After, where it is not ""
}

func (p *peer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if after, _ := p.after.Load().(string); after != "" {
		w.Header().Set("Retry-After", after)
	}
	w.WriteHeader(int(p.status.Load()))
}

// ask is a deed that exchanges the caller's token and calls the peer.
func (p *peer) ask(ctx context.Context) error { return p.api.Get(ctx, nil, "ask") }

func newContractBench(t *testing.T, checker *contracttest.Checker, change ...func(*workload.Config)) *contractBench {
	t.Helper()
	b := &contractBench{deed: &deed{}, peer: &peer{}}
	var a *auth.Authenticator
	b.bench = newBench(t, append(change, func(c *workload.Config) {
		a = c.Auth
		c.Items = append(c.Items, workload.ItemType{Name: actType, Handler: acting{&handler{}, b.deed}})
	})...)
	b.peer.status.Store(http.StatusOK)
	address, err := b.fabric.Serve(b.peer)
	must(t, err)
	b.peer.api, err = workload.NewAPI(a, auth.Resource{Name: "peer", URI: peerURI}, address)
	must(t, err)
	b.url = b.serve(a)
	b.client = checker.Client(b.entra.Client())
	b.control = b.fabric.Client(b.url + "/workload")
	b.control.HTTP = b.client
	return b
}

// serve serves the contract once more, beside a data plane whose routes do the deed.
func (b *contractBench) serve(a *auth.Authenticator) string {
	control, err := workload.NewControl(a, b.fabric.URL, b.entra.Client())
	must(b.t, err)
	logger := slog.New(slog.NewJSONHandler(b.log, nil))
	data, err := workload.NewDataPlane(workload.DataPlaneConfig{Auth: a, Control: control, Routes: b.routes()})
	must(b.t, err)
	site, err := workload.Site{BasePath: "/workload", Control: b.service, Data: data, Logger: logger,
		Ready: []workload.Check{workload.KeysCheck(a)}}.Handler()
	must(b.t, err)
	address, err := b.fabric.Serve(site)
	must(b.t, err)
	return address
}

// dataMethods are those of the data plane in the contract.
var dataMethods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

func (b *contractBench) routes() []workload.Route {
	act := func(w http.ResponseWriter, r *http.Request) error {
		var sent any
		if err := workload.ReadJSON(w, r, &sent); err != nil {
			return err
		}
		if err := b.deed.run(r.Context()); err != nil {
			return err
		}
		return workload.WriteJSON(w, http.StatusOK, sent)
	}
	scopes := []string{scope}
	routes := []workload.Route{
		{Pattern: "GET /me", Scopes: scopes, Handler: workload.Me},
		{Pattern: "HEAD /head", Scopes: scopes, Handler: act},
		{Pattern: "GET " + readable, Scopes: scopes, Permissions: []string{"Read"}, Handler: workload.Me},
	}
	for _, method := range dataMethods {
		routes = append(routes, workload.Route{Pattern: method + " /act", Scopes: scopes, Handler: act})
	}
	return routes
}

// in is the bench for a subtest.
func (b *contractBench) in(t *testing.T) *contractBench {
	inner, outer := *b.bench, *b
	inner.t, outer.bench = t, &inner
	return &outer
}

// send makes a call outside of the contract's own client; authorization may be "".
func (b *contractBench) send(method, path, authorization, sent string) (*fabrictest.Response, error) {
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(sent))
	must(b.t, err)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	return fabrictest.Send(b.client, req)
}

// front calls the data plane as the front-end does.
func (b *contractBench) front(method, path, sent string, o ...entratest.TokenOption) (*fabrictest.Response, error) {
	o = append(opts(entratest.Scopes(scope), entratest.App(entratest.FabricFrontendAppID)), o...)
	return b.send(method, "/api"+path, "Bearer "+b.entra.SubjectToken(o...), sent)
}

// act makes an item whose handler does the deed.
func (b *contractBench) act() fabrictest.Job {
	b.t.Helper()
	item := newItem()
	item.Type = actType
	b.want(200, "")(b.control.Create(b.t.Context(), item, body{"displayName": "A"}))
	return newJob(item, actType+".None")
}
