package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseFillsInDefaults(t *testing.T) {
	got := parse(t, minimal).Config
	want := &Config{
		APIVersion: "fabgen/v1",
		Workload: Workload{Name: "Org.Smallest", DisplayName: "Smallest", Description: "Smallest", Version: "1.0.0",
			Publisher: "Smallest", Module: "example.com/smallest"},
		Entra: Entra{TenantID: testTenant, ClientID: testClient,
			Audience:    "api://localdevinstance/" + testTenant + "/Org.Smallest",
			RedirectURI: "http://localhost:60006/close", TokenVersion: 1, Credential: CredentialSecret},
		Endpoints: Endpoints{Backend: "http://127.0.0.1:5000/workload", Frontend: "http://localhost:60006"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestParseFillsInKnownResources(t *testing.T) {
	got := parse(t, minimal+`resources:
  - name: onelake
    scopes: [user_impersonation]
  - name: kusto
    uri: https://help.kusto.windows.net
    scopes: [user_impersonation]
  - name: graph
    scopes: [User.Read, Mail.Read]
    permissions: {Mail.Read: 570282FD-FA5C-430D-A7FD-FC8DC98A9DCA}
  - name: sql
    as: app
  - name: vault
    uri: https://vault.azure.net
    scopes: [user_impersonation]
`).Config.Resources
	want := []Resource{
		{Name: "onelake", URI: "https://storage.azure.com", AppID: "e406a681-f3d4-42a8-90b6-c2b029497af1",
			Scopes: []string{"user_impersonation"}, As: AsUser, BaseURL: "https://onelake.dfs.fabric.microsoft.com",
			Permissions: map[string]string{"user_impersonation": "03e0da56-190b-40ad-a80c-ea378c433f7f"}},
		{Name: "kusto", URI: "https://help.kusto.windows.net", AppID: "2746ea77-4702-4b45-80ca-3c97e680e8b7",
			Scopes: []string{"user_impersonation"}, As: AsUser, BaseURL: "https://help.kusto.windows.net",
			Permissions: map[string]string{"user_impersonation": "00d678f0-da44-4b12-a6d6-c98bcfd1c5fe"}},
		{Name: "graph", URI: "https://graph.microsoft.com", AppID: "00000003-0000-0000-c000-000000000000",
			Scopes: []string{"User.Read", "Mail.Read"}, As: AsUser, BaseURL: "https://graph.microsoft.com",
			Permissions: map[string]string{"User.Read": "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
				"Mail.Read": "570282fd-fa5c-430d-a7fd-fc8dc98a9dca"}},
		{Name: "sql", URI: "https://database.windows.net", AppID: "022907d3-0f1b-48f7-badc-1ba6abab6d66",
			Scopes: []string{".default"}, As: AsApp},
		{Name: "vault", URI: "https://vault.azure.net", AppID: "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
			Scopes: []string{"user_impersonation"}, As: AsUser,
			Permissions: map[string]string{"user_impersonation": "f53da476-18e3-4152-8e01-aec403e6edc0"}},
	}
	if len(got) != len(want) {
		t.Fatalf("got %d resources", len(got))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("resource %s:\ngot  %+v\nwant %+v", want[i].Name, got[i], want[i])
		}
	}
}

// TestParseTakes lists what must not be refused.
func TestParseTakes(t *testing.T) {
	tests := []struct{ name, source string }{
		{"the demo", string(Demo())},
		{"JSON", `{"apiVersion":"fabgen/v1","workload":{"name":"Org.A","module":"example.com/a"},"entra":{"tenantId":"` +
			testTenant + `","clientId":"` + testClient + `"}}`},
		{"document markers", "---\n" + minimal + "...\n"},
		{"quotes and comments", strings.Replace(minimal, "Org.Smallest", `"Org.Smallest" # two`, 1)},
		{"single quotes", strings.Replace(minimal, "Org.Smallest", `'Org.Smallest'`, 1)},
		{"GUID in upper case", strings.Replace(minimal, testTenant, strings.ToUpper(testTenant), 1)},
		{"a long description",
			strings.Replace(minimal, "  module:", "  description: >-\n    Forecasts over\n    OneLake\n  module:", 1)},
		{"any text", strings.Replace(minimal, "  module:",
			"  displayName: 'a\"b*/</x>${y}''\\n` 預測 😀'\n  module:", 1)},
		{"a published name", strings.Replace(minimal, "Org.Smallest", "Contoso.Smallest", 1) +
			"  audience: https://contoso.com/apps/Contoso.Smallest\n"},
		{"the name amid the audience", strings.Replace(minimal, "Org.Smallest", "Contoso.Smallest", 1) +
			"  audience: https://contoso.com/Contoso.Smallest/api\n"},
		{"a subpath", minimal + "  audience: api://localdevinstance/" + testTenant + "/Org.Smallest/sub-path-1\n"},
		{"the default audience in words", minimal + "  audience: api://localdevinstance/" + testTenant + "/Org.Smallest\n"},
		{"redirect to 127.0.0.1", minimal + "  redirectUri: http://127.0.0.1:60006/close\n"},
		{"token version 2 with certificate", minimal + "  tokenVersion: 2\n  credential: certificate\n"},
		{"empty lists", minimal + "scopes: []\nresources: []\nitems: []\nroutes: []\nenvironments: {}\n"},
		{"an environment that changes nothing", minimal + "environments:\n  test: {}\n"},
		{"IPv6", minimal + "endpoints:\n  backend: http://[::1]:5000/workload\n  frontend: https://[::1]:60006\n"},
		{"a pre-release", strings.Replace(minimal, "  module:", "  version: 1.2.3-rc.1+b.7\n  module:", 1)},
		{"a major version in the module", strings.Replace(minimal, "example.com/smallest", "example.com/smallest/v2", 1)},
		{"a resource as app with a scope",
			minimal + "resources:\n- {name: p, uri: 'api://p', as: app, scopes: [.default]}\n"},
		{"a permission in another case", with(t, "permissions: [Read]", "permissions: [read]")},
		{"a permission nobody knows", with(t, "permissions: [Read]", "permissions: [Certify]")},
		{"a narrower route", with(t, "path: /models", "path: /prices/all")},
		{"GET /{me}", with(t, "path: /models", "path: /{me}")},
		{"tabs in comments", strings.Replace(minimal, "workload:", "workload:\t\t# a\tb", 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { parse(t, tt.source) })
	}
}

func TestParseIgnoresMarkAndLineEnds(t *testing.T) {
	want := parse(t, string(Demo()))
	source := "\ufeff" + strings.ReplaceAll(string(Demo()), "\n", "\r\n")
	got := parse(t, source)
	if !reflect.DeepEqual(got.Config, want.Config) {
		t.Error("the configuration differs with a byte order mark and CRLF")
	}
	if !reflect.DeepEqual(got.positions, want.positions) {
		t.Error("the positions differ with a byte order mark and CRLF")
	}
}

func TestPositions(t *testing.T) {
	doc := parse(t, minimal+`scopes: [{name: A.Read}, {name: "B.Read"}]
environments:
  prod:
    entra: {clientId: `+testTenant+`}
  # a comment
  test:

    endpoints:
      backend: https://b.example.com
`)
	tests := []struct {
		path         string
		line, column int
	}{
		{"", 1, 1},
		{"apiVersion", 1, 13},
		{"workload", 2, 1},
		{"workload.name", 3, 9},
		{"workload.displayName", 2, 1},
		{"scopes", 8, 9},
		{"scopes[0]", 8, 10},
		{"scopes[1].name", 8, 33},
		{"scopes[7].name", 8, 9},
		{"environments.prod", 10, 3},
		{"environments.prod.entra.clientId", 11, 23},
		{"environments.test.endpoints.backend", 16, 16},
		{"nothing.at.all", 1, 1},
	}
	for _, tt := range tests {
		if got := doc.Position(tt.path); got != (Position{tt.line, tt.column}) {
			t.Errorf("Position(%q) = %v, want {%d %d}", tt.path, got, tt.line, tt.column)
		}
	}
	p := doc.Problem("scopes[1].name", `"B.Read"`, "another name", "rename it")
	want := `fabgen.yaml:8:33: scopes[1].name: found "B.Read"; want another name; rename it`
	if got := p.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
