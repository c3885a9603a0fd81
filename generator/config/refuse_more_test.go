package config

import (
	"strings"
	"testing"
)

var resourceChanges = []change{
	{"an unknown name", "name: onelake # a known", "name: onelak # a known",
		`36:11: resources[0].name: found "onelak", which fabgen does not know, without a uri; want one of onelake, fabr`},
	{"no URI", "    uri: api://pricing.contoso.com\n", "",
		`41:5: resources[2].uri: found nothing; want the resource's application ID URI, https://… or api://…, without a`},
	{"a relative URI", "uri: api://pricing.contoso.com", "uri: pricing.contoso.com",
		`42:10: resources[2].uri: found "pricing.contoso.com", which is not absolute; want the resource's application I`},
	{"a URI with a slash", "uri: api://pricing.contoso.com", "uri: api://pricing.contoso.com/",
		`42:10: resources[2].uri: found "api://pricing.contoso.com/", which ends with a slash; want the resource's appl`},
	{"another URI for a known name", "  - name: fabric\n", "  - name: fabric\n    uri: https://fabric.contoso.com\n",
		`40:10: resources[1].uri: found "https://fabric.contoso.com"; want "https://analysis.windows.net/powerbi/api", `},
	{"another ID for a known name", "  - name: fabric\n", "  - name: fabric\n    appId: " + testClient + "\n",
		`40:12: resources[1].appId: found "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"; want "00000009-0000-0000-c000-0000000`},
	{"another permission ID", "  - name: fabric\n",
		"  - name: fabric\n    permissions: {Workspace.Read.All: " + testClient + "}\n",
		`40:39: resources[1].permissions["Workspace.Read.All"]: found "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"; want "b2f1b2fa`},
	{"an ID of another scope", "  - name: fabric\n",
		"  - name: fabric\n    permissions: {Item.Raed.All: " + testClient + "}\n",
		`40:34: resources[1].permissions["Item.Raed.All"]: found an ID for the scope "Item.Raed.All"; want IDs of the s`},
	{"a permission ID that is none", "as: app #", "permissions: {.default: 1}\n    as: app #",
		`44:29: resources[2].permissions[".default"]: found the number 1; want a GUID, such as 853d9f4f-c71b-4420-b6ec-`},
	{"no scopes", "  - name: fabric\n    scopes: [Workspace.Read.All]\n", "  - name: fabric\n",
		`39:5: resources[1].scopes: found nothing; want the scopes that the back-end asks for; name them, such as Item`},
	{"an empty list of scopes", "scopes: [Workspace.Read.All]", "scopes: []",
		`40:13: resources[1].scopes: found an empty list; want one or more scopes`},
	{"a scope with its URI", "scopes: [Workspace.Read.All]",
		"scopes: ['https://analysis.windows.net/powerbi/api/Workspace.Read.All']",
		`40:14: resources[1].scopes[0]: found "https://analysis.windows.net/powerbi/api/Workspace.Read.All"; want a scope of`},
	{".default beside others", "scopes: [Workspace.Read.All]", "scopes: [Workspace.Read.All, .default]",
		`40:13: resources[1].scopes: found .default beside other scopes; want .default alone or the other scopes alone,`},
	{"an identity", "as: user #", "as: me #",
		`38:9: resources[0].as: found "me"; want one of user, app`},
	{"http to another machine", "baseUrl: https://pricing", "baseUrl: http://pricing",
		`45:14: resources[2].baseUrl: found "http://pricing.contoso.com", which is http:// on another machine; want an `},
}

var routeChanges = []change{
	{"an unknown scope", "scopes: [Forecast.ReadWrite.All]", "scopes: [Forecast.Readwrite.Al]",
		`67:14: routes[1].scopes[0]: found "Forecast.Readwrite.Al"; want a name from scopes; did you mean "Forecast.Rea`},
	{"no scopes", "    path: /models\n    scopes: [Forecast.Read.All, Forecast.ReadWrite.All]\n", "    path: /models\n",
		`81:5: routes[4].scopes: found nothing; want one or more scopes; add the key scopes`},
	{"no scope in the list", "    path: /models\n    scopes: [Forecast.Read.All, Forecast.ReadWrite.All]\n",
		"    path: /models\n    scopes: []\n",
		`84:13: routes[4].scopes: found an empty list; want one or more scopes`},
	{"a scope twice", "scopes: [Forecast.ReadWrite.All]", "scopes: [Forecast.ReadWrite.All, Forecast.ReadWrite.All]",
		`67:38: routes[1].scopes[1]: found "Forecast.ReadWrite.All" a second time (first in routes[1].scopes[0]); want `},
	{"an unknown resource", "resource: pricing", "resource: prices",
		`80:15: routes[3].resource: found "prices"; want a name from resources; there are onelake, fabric, pricing`},
	{"an unknown item", "    item: Forecast\n    permissions: [Read]", "    item: Forcast\n    permissions: [Read]",
		`62:11: routes[0].item: found "Forcast"; want a name from items; did you mean "Forecast"?`},
	{"an item without permissions", "    item: Forecast\n    permissions: [Read]\n", "    item: Forecast\n",
		`62:11: routes[0].item: found an item without permissions; want item and permissions together; add permissions:`},
	{"permissions without an item", "    item: Forecast\n    permissions: [Read]\n", "    permissions: [Read]\n",
		`62:18: routes[0].permissions: found permissions without an item; want item and permissions together; add the i`},
	{"a slip in a permission", "permissions: [Read]", "permissions: [Raed]",
		`63:19: routes[0].permissions[0]: found "Raed", which Fabric does not know; want an item permission of Fabric, `},
	{"a method", "method: POST", "method: HEAD",
		`65:13: routes[1].method: found "HEAD"; want one of GET, POST, PUT, PATCH, DELETE`},
	{"a path that escapes", "path: /models", "path: /../models",
		`83:11: routes[4].path: found "/../models", which has the segment ..; want a path such as /forecasts/{forecastI`},
	{"a path with a slash at its end", "path: /models", "path: /models/",
		`83:11: routes[4].path: found "/models/", which ends with a slash; want a path such as /forecasts/{forecastId}`},
	{"an empty segment", "path: /models", "path: /models//x",
		`83:11: routes[4].path: found "/models//x", which has an empty segment; want a path such as /forecasts/{forecas`},
	{"a relative path", "path: /models", "path: models",
		`83:11: routes[4].path: found "models", which does not begin with a slash; want a path such as /forecasts/{fore`},
	{"a wildcard of many segments", "path: /models", "path: /models/{rest...}",
		`83:11: routes[4].path: found "/models/{rest...}", which has a wildcard that is not one segment; want a path su`},
	{"a parameter that is no identifier", "path: /models", "path: /models/{model-id}",
		`83:11: routes[4].path: found "/models/{model-id}", which has a parameter that is no name in braces, or beside `},
	{"a parameter twice", "path: /models", "path: /models/{id}/{id}",
		`83:11: routes[4].path: found "/models/{id}/{id}", which has the parameter {id} twice; want a path such as /for`},
	{"the server's own route", "path: /models", "path: /me",
		`83:11: routes[4].path: found GET /me, which the server answers itself; want another method or path`},
	{"a pattern twice", "path: /models", "path: /prices/{name}",
		`83:11: routes[4].path: found GET /prices/{name}, which the route "getPrices" has already; want each method and`},
	{"patterns that overlap", "path: /models", "path: /{kind}/list",
		`83:11: routes[4].path: found GET /{kind}/list, which overlaps with GET /prices/{product} of the route "getPric`},
	{"a name twice", "name: getModels", "name: GetPrices",
		`81:11: routes[4].name: found "GetPrices" a second time (first in routes[3].name); want each of the routes once`},
}

const prodAudience = "audience: https://contoso.com/forecast/Org.ContosoForecast"

var environmentChanges = []change{
	{"the base's name", "  prod:\n", "  dev:\n",
		`88:3: environments.dev: found "dev", which is what stands outside environments; want an environment name of lo`},
	{"upper case", "  prod:\n", "  Prod:\n",
		`88:3: environments.Prod: found "Prod"; want an environment name of lower-case letters, digits and dashes, a le`},
	{"nothing", "environments:\n  prod:\n", "environments:\n  test:\n  prod:\n",
		`88:3: environments.test: found nothing; want a mapping with the keys entra, endpoints`},
	{"another section", "  prod:\n", "  prod:\n    scopes: []\n",
		`89:5: environments.prod.scopes: found the unknown key "scopes"; want the keys entra, endpoints`},
	{"another workload in the audience", prodAudience, "audience: https://contoso.com/forecast",
		`91:17: environments.prod.entra.audience: found "https://contoso.com/forecast", which does not hold the workloa`},
	{"an audience with a slash", prodAudience, "audience: https://contoso.com/Org.ContosoForecast/",
		`91:17: environments.prod.entra.audience: found "https://contoso.com/Org.ContosoForecast/", which ends with a s`},
	{"an audience that Fabric does not know", prodAudience, "audience: api://contoso/Org.ContosoForecast",
		`91:17: environments.prod.entra.audience: found "api://contoso/Org.ContosoForecast", which Fabric takes neither`},
	{"a subpath with two segments", prodAudience,
		"audience: api://localdevinstance/" + testTenant + "/Org.ContosoForecast/a/b",
		`91:17: environments.prod.entra.audience: found "api://localdevinstance/853d9f4f-c71b-4420-b6ec-60e503458946/Or`},
	{"a long subpath", prodAudience,
		"audience: api://localdevinstance/" + testTenant + "/Org.ContosoForecast/" + strings.Repeat("a", 37),
		`91:17: environments.prod.entra.audience: found "api://localdevinstance/853d9f4f-c71b-4420-b6ec-60e503458946/Or`},
	{"another tenant in the audience", prodAudience,
		"audience: api://localdevinstance/" + testClient + "/Org.ContosoForecast",
		`91:17: environments.prod.entra.audience: found "api://localdevinstance/5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11/Or`},
	{"upper case in the audience", prodAudience,
		"audience: api://localdevinstance/" + strings.ToUpper(testTenant) + "/Org.ContosoForecast",
		`91:17: environments.prod.entra.audience: found "api://localdevinstance/853D9F4F-C71B-4420-B6EC-60E503458946/Or`},
}

func TestParseTellsEverythingAtOnce(t *testing.T) {
	got := problems(t, `apiVersion: fabgen/v2
workload:
  name: Forecast
  modul: example.com/x
entra:
  tenantId: contoso
  clientId: 12
scopes:
  - name: Read
  - name: Read
routes:
  - name: get
    method: GTE
    path: /../x
    scopes: [Raed]
extra: 1
`)
	want := []string{"1:13: apiVersion", "2:1: workload.module", "3:9: workload.name", "4:3: workload.modul",
		"6:13: entra.tenantId", "7:13: entra.clientId", "10:11: scopes[1].name", "13:13: routes[0].method",
		"14:11: routes[0].path", "15:14: routes[0].scopes[0]", "16:1: extra"}
	if len(got) != len(want) {
		t.Errorf("got %d problems, want %d", len(got), len(want))
	}
	lines := strings.Split(got.Error(), "\n")
	for i := range min(len(want), len(lines)) {
		if !strings.HasPrefix(lines[i], "fabgen.yaml:"+want[i]+": ") {
			t.Errorf("problem %d: got %s\nwant %s", i, lines[i], want[i])
		}
	}
}

func TestNameWithoutOrg(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"default audience", strings.Replace(minimal, "Org.", "Contoso.", 1),
			`fabgen.yaml:3:9: workload.name: found "Contoso.Smallest" with a development audience in the environment dev; ` +
				`want a name that begins with Org., or an https:// audience; did you mean "Org.Smallest"?`},
		{"audience of an environment", strings.Replace(minimal, "Org.", "Contoso.", 1) +
			"  audience: https://contoso.com/Contoso.Smallest\nenvironments:\n  test:\n    entra:\n      audience: " +
			"api://localdevinstance/" + testTenant + "/Contoso.Smallest\n",
			`fabgen.yaml:3:9: workload.name: found "Contoso.Smallest" with a development audience in the environment test; ` +
				`want a name that begins with Org., or an https:// audience; did you mean "Org.Smallest"?`},
		{"lower case", strings.Replace(minimal, "Org.", "org.", 1),
			`fabgen.yaml:3:9: workload.name: found "org.Smallest" with a development audience in the environment dev; ` +
				`want a name that begins with Org., or an https:// audience; did you mean "Org.Smallest"?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := problems(t, tt.source).Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestFullNamesAreBounded(t *testing.T) {
	name := "Org.A234567890123456789012345678" // 32
	long := strings.Replace(minimal, "Org.Smallest", name, 1)
	tests := []struct{ name, items, want string }{
		{"item type of 64", "items: [{name: A234567890123456789012345678901}]\n", ""},
		{"item type of 65", "items: [{name: A2345678901234567890123456789012}]\n",
			"8:16: items[0].name: found the item type"},
		{"job type of 96", "items: [{name: A23456789, jobs: [A2345678901234567890123456789012345678901234567890123]}]\n", ""},
		{"job type of 97", "items: [{name: A23456789, jobs: [A23456789012345678901234567890123456789012345678901234]}]\n",
			"8:34: items[0].jobs[0]: found the job type"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want == "" {
				parse(t, long+tt.items)
				return
			}
			if got := problems(t, long+tt.items); len(got) != 1 || !strings.Contains(got[0].Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", got, tt.want)
			}
		})
	}
}

// TestFollowersAreSilent checks that one wrong name is one problem, though others refer to it.
func TestFollowersAreSilent(t *testing.T) {
	for _, c := range []change{
		{old: "  - name: Forecast.Read.All", new: "  - name: Forecast/Read"},
		{old: "  - name: Forecast.Read.All\n    description: Read forecasts\n", new: "  - Forecast.Read.All\n"},
		{old: "name: onelake # a known", new: "name: onelak # a known"},
		{old: "  - name: Forecast\n", new: "  - name: Fore cast\n"},
		{old: "scopes:\n  - name: Forecast.Read.All", new: "scopes:\n  name: Forecast.Read.All"},
	} {
		if got := problems(t, with(t, c.old, c.new)); len(got) != 1 {
			t.Errorf("%q: got %d problems:\n%v", c.new, len(got), got)
		}
	}
}
