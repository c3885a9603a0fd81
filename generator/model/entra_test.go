package model

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/config"
)

const graphApp = "00000003-0000-0000-c000-000000000000"

func resource(appID, as string, known bool, permissions ...Permission) *Resource {
	return &Resource{AppID: appID, URI: "api://own", As: as, Known: known, Permissions: permissions}
}

func TestRequiredResources(t *testing.T) {
	tests := []struct {
		name      string
		resources []*Resource
		known     string
		lookedUp  string
	}{
		{"none", nil, "", ""},
		{"known delegated", []*Resource{
			resource(graphApp, config.AsUser, true, Permission{Name: "b", ID: "2"}, Permission{Name: "a", ID: "1"}),
		}, graphApp + " 1 Scope, " + graphApp + " 2 Scope", ""},
		{"once though named twice", []*Resource{
			resource(graphApp, config.AsUser, true, Permission{Name: "a", ID: "1"}),
			resource(graphApp, config.AsUser, true, Permission{Name: "a", ID: "1"}),
		}, graphApp + " 1 Scope", ""},
		{"unknown ID", []*Resource{resource(graphApp, config.AsUser, true, Permission{Name: "a"})},
			"", graphApp + " a Scope"},
		{"no application ID", []*Resource{resource("", config.AsUser, false, Permission{Name: "a", ID: "1"})},
			"", "api://own a Scope"},
		{"the ID of a known resource is delegated", []*Resource{
			resource(graphApp, config.AsApp, true, Permission{Name: "a", ID: "1"}),
		}, "", graphApp + " a Role"},
		{"the ID of an own resource is what it is", []*Resource{
			resource(graphApp, config.AsApp, false, Permission{Name: "a", ID: "1"}),
		}, graphApp + " 1 Role", ""},
		{"everything is no permission", []*Resource{
			resource(graphApp, config.AsApp, false, Permission{Name: ".default"}),
		}, "", ""},
	}
	extend := fabricServiceApp + " " + fabricExtend.ID + " Scope"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := &Model{Resources: tt.resources}
			var known, lookedUp []string
			for _, r := range m.RequiredResources() {
				for _, p := range r.Permissions {
					known = append(known, r.AppID+" "+p.ID+" "+p.Type)
				}
			}
			for _, p := range m.LookedUpPermissions() {
				lookedUp = append(lookedUp, p.AppID+p.URI+" "+p.Name+" "+p.Type)
			}
			want := strings.TrimSuffix(tt.known+", ", ", ")
			if want != "" {
				want += ", "
			}
			if got := strings.Join(known, ", "); got != want+extend {
				t.Errorf("known: %s, want %s", got, want+extend)
			}
			if got := strings.Join(lookedUp, ", "); got != tt.lookedUp {
				t.Errorf("looked up: %s, want %s", got, tt.lookedUp)
			}
		})
	}
}

func TestPreAuthorized(t *testing.T) {
	m := &Model{Workload: Workload{Name: "Org.A"}}
	if got := len(m.PreAuthorized()); got != 2 {
		t.Errorf("%d applications without a data-plane scope, want Fabric's two", got)
	}
	m.Scopes = []*Scope{{ID: "1"}, {ID: "2"}}
	if got := fmt.Sprint(m.PreAuthorized()[2]); got != "{871c010f-5e61-4fb1-83ac-98610a7e9110 [1 2]}" {
		t.Error(got)
	}
}

func TestControlScopeIDNeverChanges(t *testing.T) {
	m := &Model{Workload: Workload{Name: "Org.ContosoForecast"}}
	if got, want := m.ControlScope().ID, "4dc785bc-3781-5bf6-8efd-e29c0aa9ef9d"; got != want {
		t.Errorf("the scope's ID is %s, want %s: registered applications know it", got, want)
	}
}

func TestConsentTextsKeepGraphsLimits(t *testing.T) {
	s := &Scope{Name: "A.Read", Description: strings.Repeat("é", 101)}
	if got := s.ConsentTitle(); got != "A.Read" {
		t.Errorf("title %q", got)
	}
	if got := s.AdminConsent(Workload{DisplayName: "W"}); !strings.HasSuffix(got, s.Description) {
		t.Errorf("text %q", got)
	}
	if got := s.UserConsent(Workload{DisplayName: strings.Repeat("w", 1000)}); got != "A.Read" {
		t.Errorf("text %q", got)
	}
}

func TestRequestedTokenVersion(t *testing.T) {
	for version, want := range map[int]string{1: "null", 2: "2"} {
		if got := (&Environment{TokenVersion: version}).RequestedTokenVersion(); got != want {
			t.Errorf("%d: %s, want %s", version, got, want)
		}
	}
}
