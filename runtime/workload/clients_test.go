package workload_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
	"github.com/fabgen/fabgen/runtime/workload"
)

// clientBench is what clients of resources are tested with: an authenticator and a context with a user in it.
type clientBench struct {
	entra  *entratest.Server
	fabric *fabrictest.Server
	auth   *auth.Authenticator
	ctx    context.Context
}

func newClientBench(t *testing.T) *clientBench {
	t.Helper()
	entra := entratest.New(t)
	a, err := auth.New(entra.Settings())
	must(t, err)
	req, err := http.NewRequestWithContext(t.Context(), "GET", "/", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+entra.SubjectToken(entratest.Scopes(scope)))
	caller, err := a.AuthenticateData(req, scope)
	must(t, err)
	return &clientBench{entra: entra, fabric: fabrictest.New(t, entra), auth: a, ctx: auth.WithCaller(t.Context(), caller)}
}

func TestOneLake(t *testing.T) {
	b := newClientBench(t)
	b.fabric.SetPageSize(2)
	lake, err := workload.NewOneLake(b.auth, lakeResource, b.fabric.OneLakeURL)
	must(t, err)
	item := workload.OneLakeItem{Workspace: "My workspace", Item: "Sales.Lakehouse"}
	large := bytes.Repeat([]byte("0123456789abcdef"), 9<<16) // more than two appends
	for name, content := range map[string][]byte{"a b/ü%.txt": []byte("x"), "large": large, "empty": {}, "c": []byte("c")} {
		must(t, lake.WriteFile(b.ctx, item, name, content))
		got, err := lake.ReadFile(b.ctx, item, name)
		must(t, err)
		if !bytes.Equal(got, content) {
			t.Errorf("%q: read %d bytes, wrote %d", name, len(got), len(content))
		}
	}
	files, err := lake.ListFiles(b.ctx, item, ".")
	must(t, err)
	want := `[{a b true 0} {c false 1} {empty false 0} {large false 9437184}]`
	if got := fmt.Sprint(files); got != want {
		t.Errorf("listed %s, want %s", got, want)
	}
	files, err = lake.ListFiles(b.ctx, item, "a b")
	must(t, err)
	if got := fmt.Sprint(files); got != `[{a b/ü%.txt false 1}]` {
		t.Errorf("listed %s in the folder", got)
	}
	must(t, lake.DeleteFile(b.ctx, item, "a b/ü%.txt"))
	files, err = lake.ListFiles(b.ctx, item, "a b")
	must(t, err)
	if files == nil {
		t.Error("an emptied folder is listed as nil, which is null in JSON")
	}
	must(t, lake.DeleteFile(b.ctx, item, "c"))
	_, err = lake.ReadFile(b.ctx, item, "c")
	var answer *workload.ResourceError
	if !errors.As(err, &answer) || answer.Status != 404 || answer.Code != "PathNotFound" {
		t.Errorf("reading a deleted file gave %v", err)
	}
	for _, name := range []string{"../x", "/x", "a//b", "", `a\b`, "a/../../x"} {
		if err := lake.WriteFile(b.ctx, item, name, nil); err == nil {
			t.Errorf("wrote %q, which leaves the Files folder", name)
		}
		_, readErr := lake.ReadFile(b.ctx, item, name)
		_, listErr := lake.ListFiles(b.ctx, item, name)
		if err := lake.DeleteFile(b.ctx, item, name); err == nil || readErr == nil || listErr == nil {
			t.Errorf("reached %q, which leaves the Files folder", name)
		}
	}
}

func TestFabric(t *testing.T) {
	b := newClientBench(t)
	b.fabric.SetPageSize(2)
	fabric, err := workload.NewFabric(b.auth, auth.Resource{Name: "fabric", URI: auth.FabricURI, Scopes: []string{"Workspace.Read.All", "Item.Read.All"}}, b.fabric.URL)
	must(t, err)
	if none, err := fabric.Workspaces(b.ctx); err != nil || none == nil || len(none) > 0 {
		t.Errorf("where there is none: %#v %v, want an empty list, which JSON has as []", none, err)
	}
	for i := range 5 {
		b.fabric.AddWorkspace(fabrictest.Workspace{ID: fmt.Sprint(i), DisplayName: "W"})
	}
	workspaces, err := fabric.Workspaces(b.ctx)
	must(t, err)
	if len(workspaces) != 5 || workspaces[4].ID != "4" {
		t.Errorf("listed %+v, want five", workspaces)
	}
	b.fabric.AddItem(fabrictest.FabricItem{ID: "i", WorkspaceID: "w", DisplayName: "I"})
	item, err := fabric.Item(b.ctx, "w", "i")
	must(t, err)
	if item.DisplayName != "I" {
		t.Errorf("got %+v", item)
	}
	if _, err := fabric.Item(b.ctx, "w", "else"); err == nil {
		t.Error("got an item that is not there")
	}
	if _, err := fabric.Item(b.ctx, "..", "i"); err == nil {
		t.Error("took .. for a workspace")
	}
	if _, err := fabric.Workspaces(t.Context()); !errors.Is(err, auth.ErrNoSubject) {
		t.Errorf("without a caller: %v, want ErrNoSubject", err)
	}
	if _, err := fabric.LongRunning(b.ctx); err != nil {
		t.Error(err)
	}
}

func TestAPIIdentities(t *testing.T) {
	b := newClientBench(t)
	for _, as := range []auth.Identity{auth.AsUser, auth.AsApp} {
		t.Run(as.String(), func(t *testing.T) {
			server, err := b.fabric.NewResource("api://pricing", "Prices.Read")
			must(t, err)
			api, err := workload.NewAPI(b.auth, auth.Resource{Name: "pricing", URI: "api://pricing", Scopes: []string{"Prices.Read"}, As: as}, server.URL+"/v2/")
			must(t, err)
			var got map[string]any
			_, err = api.Do(b.ctx, workload.Call{Method: "POST", Path: []string{"a/b", "c d"}, Query: url.Values{"q": {"1"}},
				JSON: map[string]int{"n": 1}, Into: &got})
			must(t, err)
			if got["identity"] != as.String() || got["path"] != "/v2/a/b/c d" || got["method"] != "POST" {
				t.Errorf("the resource saw %v", got)
			}
			if _, err := api.LongRunning(b.ctx); err != nil {
				t.Error(err)
			}
			source := workload.NewTokenSource(b.auth, auth.Resource{Name: "sql", URI: "https://database.windows.net", As: as})
			token, err := source.Token(b.ctx)
			must(t, err)
			if v, err := b.entra.VerifyFor(string(token.Value), "https://database.windows.net"); err != nil || v.IsApp != (as == auth.AsApp) {
				t.Errorf("the token is %+v: %v", v, err)
			}
			if _, err := source.LongRunning(b.ctx); err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := workload.NewAPI(b.auth, auth.Resource{Name: "x", URI: "api://x"}, "pricing.example"); err == nil {
		t.Error("took an address without a scheme")
	}
}

func TestAnswersOfResources(t *testing.T) {
	b := newClientBench(t)
	tests := []struct {
		name   string
		status int
		header [2]string
		body   string
		want   int
		code   string
	}{
		{"throttled", 429, [2]string{"Retry-After", "9"}, "", 429, "TooManyRequests"},
		{"forbidden", 403, [2]string{}, `{"error":{"code":"Forbidden\u0000X"}}`, 403, "AccessDenied"},
		{"missing", 404, [2]string{}, `{"errorCode":"Missing"}`, 404, "NotFound"},
		{"failing", 500, [2]string{}, "not JSON", 503, "ServiceUnavailable"},
		{"refusing", 409, [2]string{"X-Ms-Error-Code", "Busy"}, "", 502, "ResourceFailed"},
		{"broken", 200, [2]string{}, "{", 500, "InternalError"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			address, err := b.fabric.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if tt.header[0] != "" {
					w.Header().Set(tt.header[0], tt.header[1])
				}
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			}))
			must(t, err)
			api, err := workload.NewAPI(b.auth, auth.Resource{Name: "x", URI: "api://x", As: auth.AsApp}, address)
			must(t, err)
			var into any
			e := workload.ErrorFor(api.Get(b.ctx, &into, "p"), auth.DataPlane)
			if e.Status != tt.want || e.ErrorCode != tt.code {
				t.Errorf("became %v, want %d %s", e, tt.want, tt.code)
			}
			if tt.status == 429 && e.Header.Get("Retry-After") != "9" {
				t.Errorf("Retry-After is %q", e.Header.Get("Retry-After"))
			}
			if strings.ContainsRune(e.Error(), 0) {
				t.Errorf("a control character came through: %q", e.Error())
			}
		})
	}
}

func TestResourcesOutOfReach(t *testing.T) {
	b := newClientBench(t)
	api, err := workload.NewAPI(b.auth, auth.Resource{Name: "x", URI: "api://x", As: auth.AsApp}, "https://127.0.0.1:1")
	must(t, err)
	err = api.Get(b.ctx, nil, "p")
	if e := workload.ErrorFor(err, auth.DataPlane); e.Status != 503 {
		t.Errorf("became %v, want 503", e)
	}
	control, err := workload.NewControl(b.auth, "https://127.0.0.1:1", nil)
	must(t, err)
	err = control.Require(b.ctx, fabrictest.NewID(), fabrictest.NewID(), "Read")
	if e := workload.ErrorFor(err, auth.DataPlane); e.Status != 503 {
		t.Errorf("became %v, want 503", e)
	}
	if _, err := control.ResolvePermissions(t.Context(), "w", "i"); !errors.Is(err, auth.ErrNoSubject) {
		t.Errorf("without a caller: %v, want ErrNoSubject", err)
	}
	for _, address := range []string{"", "ftp://x", "https://"} {
		if _, err := workload.NewControl(b.auth, address, nil); err == nil {
			t.Errorf("took %q for an address", address)
		}
	}
	if _, err := workload.NewControl(nil, b.fabric.URL, nil); err == nil {
		t.Error("took no authenticator")
	}
}

func TestDecodePayload(t *testing.T) {
	into := struct{ N int }{N: 7}
	must(t, workload.DecodePayload(nil, &into))
	if into.N != 7 {
		t.Error("no payload changed the value")
	}
	err := workload.DecodePayload(json.RawMessage(`{"n":"x"}`), &into)
	if e := workload.ErrorFor(err, auth.ControlPlane); e.Status != 400 || e.ErrorCode != "InvalidItemPayload" {
		t.Errorf("became %v", e)
	}
}
