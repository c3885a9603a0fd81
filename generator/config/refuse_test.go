package config

import (
	"strings"
	"testing"
)

// change is one change of the demo that breaks one rule.
type change struct {
	name, old, new string
	want           string // the one problem, after fabgen.yaml:line:column:
}

// TestParseRefuses breaks one rule of the demo at a time: exactly one problem, with its place.
func TestParseRefuses(t *testing.T) {
	groups := map[string][]change{
		"workload": workloadChanges, "entra": entraChanges, "lists": listChanges, "resources": resourceChanges,
		"routes": routeChanges, "environments": environmentChanges,
	}
	for group, changes := range groups {
		for _, c := range changes {
			t.Run(group+"/"+c.name, func(t *testing.T) {
				got := problems(t, with(t, c.old, c.new))
				if len(got) != 1 {
					t.Fatalf("got %d problems:\n%v", len(got), got)
				}
				_, place, _ := strings.Cut(got[0].Error(), "fabgen.yaml:")
				if !strings.HasPrefix(place, c.want) {
					t.Errorf("got  %s\nwant %s", place, c.want)
				}
			})
		}
	}
}

var workloadChanges = []change{
	{"another version of the format", "fabgen/v1", "fabgen/v2",
		`3:13: apiVersion: found "fabgen/v2"; want one of fabgen/v1; did you mean "fabgen/v1"?`},
	{"one segment", "name: Org.ContosoForecast", "name: ContosoForecast",
		`6:9: workload.name: found "ContosoForecast", which has one segment; want two segments`},
	{"three segments", "name: Org.ContosoForecast", "name: Org.Contoso.Forecast",
		`6:9: workload.name: found "Org.Contoso.Forecast", which has 3 segments; want two segments`},
	{"too long", "name: Org.ContosoForecast", "name: Org.ContosoForecastForTheWholeWorld",
		`6:9: workload.name: found 35 characters; want two segments`},
	{"wrong letters", "name: Org.ContosoForecast", "name: Org.Contoso_Forecast",
		`6:9: workload.name: found "Org.Contoso_Forecast"; want two segments`},
	{"a number", "displayName: Contoso Forecast", "displayName: 2024",
		`7:16: workload.displayName: found the number 2024; want a text; for a text put it in quotes: "2024"`},
	{"a fraction as version", "version: 1.0.0", "version: 1.0",
		`9:12: workload.version: found the number 1.0; want a semantic version, such as 1.0.0; for a text`},
	{"two numbers as version", "version: 1.0.0", "version: v1.0",
		`9:12: workload.version: found "v1.0"; want a semantic version, such as 1.0.0; did you mean "1.0.0"?`},
	{"a long version", "version: 1.0.0", "version: 1.0.0-preview.20240101",
		`9:12: workload.version: found 22 characters; want a semantic version, such as 1.0.0, at most 16 characters`},
	{"a line break", "displayName: Contoso Forecast", `displayName: "Contoso\nForecast"`,
		`7:16: workload.displayName: found "Contoso\nForecast", which has a line break; want a single line`},
	{"a block text", "displayName: Contoso Forecast", "displayName: >\n    Contoso\n    Forecast",
		`7:16: workload.displayName: found "Contoso Forecast\n", which has a line break; want a single line; put the text`},
	{"NUL in a value", "displayName: Contoso Forecast", `displayName: "Contoso\0"`,
		`7:16: workload.displayName: found "Contoso\x00", which holds the control character U+0000; want text without`},
	{"a separator of Unicode", "displayName: Contoso Forecast", `displayName: "a\u2028b"`,
		`7:16: workload.displayName: found "a\u2028b", which has a line break`},
	{"nothing", "displayName: Contoso Forecast", "displayName:",
		`7:3: workload.displayName: found nothing; want a text`},
	{"an empty text", "displayName: Contoso Forecast", `displayName: ""`,
		`7:16: workload.displayName: found an empty text; want a text`},
	{"a list", "displayName: Contoso Forecast", "displayName: [a]",
		`7:16: workload.displayName: found a list; want a text`},
	{"a long text", "displayName: Contoso Forecast", "displayName: " + strings.Repeat("é", 257),
		`7:16: workload.displayName: found 257 characters; want a text, at most 256 characters`},
	{"a module without a dot", "module: example.com/contoso/forecast", "module: contoso/forecast",
		`11:11: workload.module: found "contoso/forecast", which Go does not take (missing dot in first path element)`},
	{"a module that escapes", "module: example.com/contoso/forecast", "module: example.com/../forecast",
		`11:11: workload.module: found "example.com/../forecast", which Go does not take`},
	{"fabgen's module", "module: example.com/contoso/forecast", "module: github.com/fabgen/fabgen/x",
		`11:11: workload.module: found "github.com/fabgen/fabgen/x", which is fabgen's own; want a Go module path`},
	{"no module", "  module: example.com/contoso/forecast\n", "",
		`5:1: workload.module: found nothing; want a Go module path, such as example.com/contoso/forecast;`},
	{"an unknown key", "displayName: Contoso Forecast", "displaynam: Contoso Forecast",
		`7:3: workload.displaynam: found the unknown key "displaynam"; want the keys name, displayName, description, ` +
			`version, publisher, module; did you mean "displayName"?`},
	{"an unknown key at the top", "\nscopes:", "\nscope: []\nscopes:",
		`28:1: scope: found the unknown key "scope"; want the keys apiVersion, workload,`},
	{"a key twice", "  publisher: Contoso\n", "  publisher: Contoso\n  publisher: Fabrikam\n",
		`11:3: workload.publisher: found the key "publisher" a second time (first on line 10); want each key once`},
}

var entraChanges = []change{
	{"a tenant ID that is none", "tenantId: 853d9f4f-c71b-4420-b6ec-60e503458946", "tenantId: contoso.onmicrosoft.com",
		`15:13: entra.tenantId: found "contoso.onmicrosoft.com"; want a GUID, such as`},
	{"a tenant ID without dashes", "tenantId: 853d9f4f-c71b-4420-b6ec-60e503458946",
		"tenantId: 853d9f4fc71b4420b6ec60e503458946",
		`15:13: entra.tenantId: found "853d9f4fc71b4420b6ec60e503458946"; want a GUID, such as ` +
			`853d9f4f-c71b-4420-b6ec-60e503458946; did you mean "853d9f4f-c71b-4420-b6ec-60e503458946"?`},
	{"no client ID", "  clientId: 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11\n", "",
		`14:1: entra.clientId: found nothing; want a GUID`},
	{"token version 3", "tokenVersion: 1", "tokenVersion: 3",
		`19:17: entra.tokenVersion: found the number 3; want 1 or 2`},
	{"token version in quotes", "tokenVersion: 1", "tokenVersion: '2'",
		`19:17: entra.tokenVersion: found the text "2"; want 1 or 2; take the quotes away`},
	{"an unknown credential", "credential: secret", "credential: sercet",
		`20:15: entra.credential: found "sercet"; want one of secret, certificate, federated; did you mean "secret"?`},
	{"a secret", "credential: secret", "clientSecret: x",
		`20:3: entra.clientSecret: found the unknown key "clientSecret"`},
	{"redirect to another machine", "redirectUri: http://localhost:60006/close", "redirectUri: http://contoso.com/close",
		`18:16: entra.redirectUri: found "http://contoso.com/close", which is http:// on another machine; want the absolute`},
	{"redirect without a path", "redirectUri: http://localhost:60006/close", "redirectUri: http://localhost:60006",
		`18:16: entra.redirectUri: found "http://localhost:60006", which has no path`},
	{"relative redirect", "redirectUri: http://localhost:60006/close", "redirectUri: /close",
		`18:16: entra.redirectUri: found "/close", which is not absolute`},
	{"endpoint with a slash", "backend: http://127.0.0.1:5000/workload", "backend: http://127.0.0.1:5000/workload/",
		`24:12: endpoints.backend: found "http://127.0.0.1:5000/workload/", which ends with a slash; want an absolute`},
	{"endpoint with a query", "backend: http://127.0.0.1:5000/workload", "backend: https://a.example.com/?x=1",
		`24:12: endpoints.backend: found "https://a.example.com/?x=1", which has a query or a fragment`},
	{"endpoint with a user", "backend: http://127.0.0.1:5000/workload", "backend: https://me:pw@a.example.com",
		`24:12: endpoints.backend: found "https://me:pw@a.example.com", which has a user name`},
	{"endpoint with a port that is none", "backend: http://127.0.0.1:5000/workload", "backend: http://127.0.0.1:70000",
		`24:12: endpoints.backend: found "http://127.0.0.1:70000", whose port is not from 1 to 65535`},
	{"endpoint that climbs", "backend: http://127.0.0.1:5000/workload", "backend: http://127.0.0.1:5000/../x",
		`24:12: endpoints.backend: found "http://127.0.0.1:5000/../x", which has the segment ..`},
	{"file endpoint", "backend: http://127.0.0.1:5000/workload", "backend: file:///etc/passwd",
		`24:12: endpoints.backend: found "file:///etc/passwd"; want an absolute https:// address`},
	{"a list of endpoints", "endpoints:\n  backend: http://127.0.0.1:5000/workload\n  frontend: http://localhost:60006\n",
		"endpoints: [http://localhost]\n", `23:12: endpoints: found a list; want a mapping with the keys backend, frontend`},
}

var listChanges = []change{
	{"a duplicate scope", "name: Forecast.ReadWrite.All",
		"name: forecast.read.all\n    description: x\n  - name: Forecast.ReadWrite.All",
		`31:11: scopes[1].name: found "forecast.read.all" a second time (first in scopes[0].name); want each of the scopes`},
	{"a wrong scope", "  - name: Forecast.Read.All", "  - name: Forecast/Read",
		`29:11: scopes[0].name: found "Forecast/Read"; want letters, digits, dots`},
	{"the control plane's scope", "name: Forecast.ReadWrite.All",
		"name: fabricWorkloadControl\n  - name: Forecast.ReadWrite.All",
		`31:11: scopes[1].name: found "fabricWorkloadControl", which Fabric's own calls use and which fabgen adds`},
	{"scopes as texts", "  - name: Forecast.Read.All\n    description: Read forecasts\n", "  - Forecast.Read.All\n",
		`29:5: scopes[0]: found the text "Forecast.Read.All"; want a mapping with the keys name, description`},
	{"an item with a space", "  - name: Forecast\n", "  - name: Fore cast\n",
		`48:11: items[0].name: found "Fore cast"; want an item name`},
	{"an item that is a device", "  - name: Forecast\n", "  - name: Aux\n",
		`48:11: items[0].name: found "Aux", which Windows keeps for a device`},
	{"a category", "category: Data", "category: data",
		`51:15: items[0].category: found "data"; want one of Data, Code, Unknown; did you mean "Data"?`},
	{"a word for true", "oneLakeFolders: true", "oneLakeFolders: yes",
		`52:21: items[0].oneLakeFolders: found the text "yes"; want true or false`},
	{"a job twice", "jobs: [Train, Score]", "jobs: [Train, train]",
		`53:19: items[0].jobs[1]: found "train" a second time (first in items[0].jobs[0])`},
	{"jobs that are no list", "jobs: [Train, Score]", "jobs: Train",
		`53:11: items[0].jobs: found the text "Train"; want a list of jobs; did you mean [Train]?`},
	{"a long job", "jobs: [Train, Score]",
		"jobs: [Train, A2345678901234567890123456789012345678901234567890123456789012345]",
		`53:19: items[0].jobs[1]: found 65 characters; want a job name of letters and digits, a letter first, such as Train`},
}
