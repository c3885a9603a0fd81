package fabrictest_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

func (b *bench) permissionsURL(item string) string {
	return b.URL + "/v1/workload-control/workspaces/" + fabrictest.NewID() + "/items/" + item + "/resolvepermissions"
}

func TestResolvePermissions(t *testing.T) {
	b := newBench(t)
	item := fabrictest.NewID()
	b.Grant(item, "Read", "Write")
	const uri = auth.FabricURI
	expired, elsewhere := entratest.Expires(-time.Minute), entratest.Audience("https://vault.azure.net")
	stranger, customers := entratest.App(auth.FabricServiceAppID), entratest.Tenant(entratest.DefaultUserTenantID)
	calls := 0
	for name, c := range map[string]struct {
		subject, app string
		status       int
	}{
		"right":                    {b.user(uri), b.app(uri), 200},
		"v2":                       {b.user(uri, entratest.V2()), b.app(uri, entratest.V2()), 200},
		"no user":                  {"", b.app(uri), 401},
		"swapped":                  {b.app(uri), b.user(uri), 401},
		"the user twice":           {b.user(uri), b.user(uri), 401},
		"the app twice":            {b.app(uri), b.app(uri), 401},
		"a user without scopes":    {b.user(uri, entratest.NoClaim("scp")), b.app(uri), 401},
		"an expired user":          {b.user(uri, expired), b.app(uri), 401},
		"an expired app":           {b.user(uri), b.app(uri, expired), 401},
		"a user for another":       {b.user(uri, elsewhere), b.app(uri), 401},
		"an app for another":       {b.user(uri), b.app(uri, elsewhere), 401},
		"a user of another app":    {b.user(uri, stranger), b.app(uri), 401},
		"another app":              {b.user(uri), b.app(uri, stranger), 401},
		"an app of another tenant": {b.user(uri), b.app(uri, customers), 401},
		"unsigned":                 {b.user(uri), b.app(uri, entratest.Unsigned()), 401},
	} {
		calls++
		t.Run(name, func(t *testing.T) {
			header := auth.SubjectAndApp{Subject: c.subject, App: c.app}.HeaderValue()
			answer := b.do(t, http.MethodGet, b.permissionsURL(item), header, "")
			var got struct{ Permissions []string }
			if answer.Status != c.status || answer.JSON(&got) != nil ||
				c.status == 200 && !slices.Equal(got.Permissions, []string{"Read", "Write"}) {
				t.Errorf("%d %s, want %d", answer.Status, answer.Body, c.status)
			}
		})
	}
	b.want(t, 401, http.MethodGet, b.permissionsURL(item), uri, "") // the user alone
	if n := b.PermissionCalls(); n != calls+1 {
		t.Errorf("%d calls were counted, want %d", n, calls+1)
	}
}

// What the workload's own authenticator exchanges is what workload control wants, and a permission can be taken back.
func TestGrantWithExchangedTokens(t *testing.T) {
	b := newBench(t)
	a := b.authenticator(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+b.entra.SubjectToken(entratest.Scopes("Read")))
	caller, err := a.AuthenticateData(req, "Read")
	must(t, err)
	header, err := a.SubjectAndAppHeader(auth.WithCaller(t.Context(), caller))
	must(t, err)
	item := fabrictest.NewID()
	for _, step := range []struct {
		granted []string
		status  int
		code    string
	}{{nil, 404, "EntityNotFound"}, {[]string{"Read"}, 200, ""}, {nil, 404, "EntityNotFound"}} {
		b.Grant(item, step.granted...)
		answer := b.do(t, http.MethodGet, b.permissionsURL(item), header, "")
		if answer.Status != step.status || answer.Error().ErrorCode != step.code {
			t.Errorf("with %q: %d %s, want %d %s", step.granted, answer.Status, answer.Body, step.status, step.code)
		}
	}
}

func TestWorkspacesInPages(t *testing.T) {
	b := newBench(t)
	b.SetPageSize(2)
	for i := range 5 {
		b.AddWorkspace(fabrictest.Workspace{ID: fmt.Sprint(i), DisplayName: "W", Type: "Workspace"})
	}
	var found []string
	sizes := ""
	for next := b.URL + "/v1/workspaces"; next != ""; {
		var page struct {
			Value             []fabrictest.Workspace
			ContinuationToken string
			ContinuationURI   string
		}
		must(t, b.want(t, 200, http.MethodGet, next, auth.FabricURI, "").JSON(&page))
		for _, w := range page.Value {
			found = append(found, w.ID+w.DisplayName+w.Type)
		}
		sizes += fmt.Sprintf("%d(%s) ", len(page.Value), page.ContinuationToken)
		next = page.ContinuationURI
	}
	if want := "[0WWorkspace 1WWorkspace 2WWorkspace 3WWorkspace 4WWorkspace]"; fmt.Sprint(found) != want {
		t.Errorf("found %v, want %s", found, want)
	}
	if want := "2(2) 2(4) 1() "; sizes != want {
		t.Errorf("pages %q, want %q", sizes, want)
	}
	for token, want := range map[string]int{"": 2, "x": 2, "-1": 2, "4": 1, "99": 0} {
		var page struct{ Value []fabrictest.Workspace }
		must(t, b.want(t, 200, http.MethodGet, b.URL+"/v1/workspaces?continuationToken="+token, auth.FabricURI, "").
			JSON(&page))
		if page.Value == nil || len(page.Value) != want {
			t.Errorf("%q: %v, want %d", token, page.Value, want)
		}
	}
}

func TestItems(t *testing.T) {
	b := newBench(t)
	item := fabrictest.FabricItem{ID: "i", WorkspaceID: "w", DisplayName: "I", Description: "D", Type: "Report"}
	b.AddItem(item)
	var got fabrictest.FabricItem
	must(t, b.want(t, 200, http.MethodGet, b.URL+"/v1/workspaces/w/items/i", auth.FabricURI, "").JSON(&got))
	if got != item {
		t.Errorf("got %+v, want %+v", got, item)
	}
	for _, path := range []string{"/v1/workspaces/w/items/j", "/v1/workspaces/v/items/i"} {
		answer := b.want(t, 404, http.MethodGet, b.URL+path, auth.FabricURI, "")
		if code := answer.Error().ErrorCode; code != "ItemNotFound" {
			t.Errorf("%s: %s", path, code)
		}
	}
}
