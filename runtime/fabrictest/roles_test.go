package fabrictest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// What a role gives is the same in workload control, in Fabric's API and in OneLake.
func TestRoles(t *testing.T) {
	b := newBench(t)
	workspace, item := fabrictest.NewID(), fabrictest.NewID()
	b.AddWorkspace(fabrictest.Workspace{ID: workspace, DisplayName: "Sales"})
	b.AddWorkspace(fabrictest.Workspace{ID: fabrictest.NewID(), DisplayName: "Everybody's"})
	b.AddItem(fabrictest.FabricItem{ID: item, WorkspaceID: workspace, DisplayName: "I"})
	b.PutFile(workspace+"/"+item+"/Files/a", []byte("a"))
	someone := fabrictest.NewID()
	b.SetRole(workspace, someone, fabrictest.RoleAdmin)
	all := "Read ReadAll Write Explore Execute"
	for _, c := range []struct {
		role        fabrictest.Role
		granted     string
		permissions string // "" where the item is not seen
		sees        bool
		read, write bool // in OneLake
	}{
		{fabrictest.RoleAdmin, "", all + " Reshare", true, true, true},
		{fabrictest.RoleMember, "", all + " Reshare", true, true, true},
		{fabrictest.RoleContributor, "", all, true, true, true},
		{fabrictest.RoleViewer, "", "Read", true, false, false},
		{fabrictest.RoleViewer, "ReadAll", "ReadAll Read", true, true, false},
		{"", "", "", false, false, false},
		{"", "Read", "Read", false, false, false},
		{"Owner", "", "", false, false, false},
	} {
		t.Run(fmt.Sprintf("%s with %q", c.role, c.granted), func(t *testing.T) {
			b.SetRole(strings.ToUpper(workspace), entratest.DefaultUserID, c.role)
			b.Grant(item, strings.Fields(c.granted)...)
			url := b.URL + "/v1/workload-control/workspaces/" + workspace + "/items/" + item + "/resolvepermissions"
			answer := b.do(t, "GET", url, auth.SubjectAndApp{Subject: b.user(auth.FabricURI), App: b.app(auth.FabricURI)}.HeaderValue(), "")
			var got struct{ Permissions []string }
			must(t, answer.JSON(&got))
			if text := strings.Join(got.Permissions, " "); text != c.permissions || (answer.Status == 200) != (c.permissions != "") {
				t.Errorf("%d %q, want %q", answer.Status, text, c.permissions)
			}
			for path, code := range map[string]string{"": "WorkspaceNotFound", "/items": "WorkspaceNotFound", "/items/" + item: "ItemNotFound"} {
				answer := b.do(t, "GET", b.URL+"/v1/workspaces/"+workspace+path, "Bearer "+b.user(auth.FabricURI), "")
				if c.sees != (answer.Status == 200) || !c.sees && answer.Error().ErrorCode != code {
					t.Errorf("%q: %d %s", path, answer.Status, answer.Body)
				}
			}
			list := b.do(t, "GET", b.URL+"/v1/workspaces", "Bearer "+b.user(auth.FabricURI), "")
			if strings.Contains(string(list.Body), "Sales") != c.sees || !strings.Contains(string(list.Body), "Everybody") {
				t.Errorf("the list is %s", list.Body)
			}
			for _, name := range []string{workspace, strings.ToUpper(workspace), "Sales"} {
				b.allowed(t, c.read, "GET", "/"+name+"?resource=filesystem&directory="+item+"/Files")
				b.allowed(t, c.write, "PUT", "/"+name+"/"+item+"/Files/new?resource=file")
			}
			b.allowed(t, c.read, "GET", "/"+workspace+"/"+item+"/Files/a")
			b.allowed(t, c.write, "PATCH", "/"+workspace+"/"+item+"/Files/a?action=flush&position=1")
		})
	}
	b.allowed(t, true, "PUT", "/other/i/Files/a?resource=file")
	b.allowed(t, false, "GET", "/"+workspace+"/"+item+"/Files/a")
	b.ForgetRoles(strings.ToUpper(workspace))
	b.allowed(t, true, "GET", "/"+workspace+"/"+item+"/Files/a")
}

func (b *bench) allowed(t *testing.T, want bool, method, path string) {
	t.Helper()
	answer := b.with(t, method, path)
	refused := answer.Status == http.StatusForbidden && answer.Header.Get("X-Ms-Error-Code") == "AuthorizationPermissionMismatch"
	if refused == want || !refused && answer.Status >= 300 {
		t.Errorf("%s %s: %d %s, want allowed = %t", method, path, answer.Status, answer.Body, want)
	}
}

func TestScopes(t *testing.T) {
	b := newBench(t)
	b.AddWorkspace(fabrictest.Workspace{ID: "w"})
	b.AddItem(fabrictest.FabricItem{ID: "i", WorkspaceID: "w", Type: "Lakehouse"})
	lake := b.OneLakeURL + "/w?resource=filesystem&directory=i"
	for _, c := range []struct {
		url, uri, scope string
		status          int
	}{
		{b.URL + "/v1/workspaces", auth.FabricURI, "Workspace.Read.All", 200},
		{b.URL + "/v1/workspaces", auth.FabricURI, "Item.Read.All", 403},
		{b.URL + "/v1/workspaces/w/items", auth.FabricURI, "Workspace.ReadWrite.All", 200},
		{b.URL + "/v1/workspaces/w/items/i", auth.FabricURI, "Item.Read.All", 200},
		{b.URL + "/v1/workspaces/w/items/i", auth.FabricURI, "Lakehouse.Read.All", 200},
		{b.URL + "/v1/workspaces/w/items/i", auth.FabricURI, "Notebook.Read.All", 403},
		{b.URL + "/v1/workspaces/w/items/i", auth.FabricURI, "Workspace.Read.All", 403},
		{b.URL + "/v1/workspaces/w/items/else", auth.FabricURI, "Lakehouse.Read.All", 403},
		{lake, fabrictest.OneLakeURI, "user_impersonation", 200},
		{lake, fabrictest.OneLakeURI, "else", 403},
	} {
		answer := b.do(t, "GET", c.url, "Bearer "+b.user(c.uri, entratest.Scopes(c.scope)), "")
		if answer.Status != c.status {
			t.Errorf("%s with %s: %d %s, want %d", c.url, c.scope, answer.Status, answer.Body, c.status)
		}
	}
}

func TestItemsInPages(t *testing.T) {
	b := newBench(t)
	b.SetPageSize(2)
	b.AddWorkspace(fabrictest.Workspace{ID: "w"})
	for i := range 5 {
		b.AddItem(fabrictest.FabricItem{ID: fmt.Sprint("i", i), WorkspaceID: "w", Type: []string{"A", "B"}[i%2]})
	}
	b.AddItem(fabrictest.FabricItem{ID: "other", WorkspaceID: "v"})
	b.AddItem(fabrictest.FabricItem{ID: "I1", WorkspaceID: "w", Type: "A"}) // in place of i1
	must(t, b.RemoveItem("w", "i4"))
	must(t, b.RemoveItem("w", "i4"))
	for query, want := range map[string]string{"": "i0 I1 | i2 i3 | ", "?type=A": "i0 I1 | i2 | ", "?type=C": "| "} {
		got := ""
		for next := b.URL + "/v1/workspaces/w/items" + query; next != ""; {
			var page struct {
				Value           []fabrictest.FabricItem
				ContinuationURI string
			}
			must(t, b.want(t, 200, "GET", next, auth.FabricURI, "").JSON(&page))
			for _, item := range page.Value {
				got += item.ID + " "
			}
			got += "| "
			next = page.ContinuationURI
		}
		if got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	b.want(t, 404, "GET", b.URL+"/v1/workspaces/v/items", auth.FabricURI, "")
}
