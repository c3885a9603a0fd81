package model

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/config"
)

func TestNames(t *testing.T) {
	tests := []struct{ in, goName, tsName, file, kebab, local string }{
		{"Forecast", "Forecast", "forecast", "forecast", "forecast", "forecast"},
		{"getForecast", "GetForecast", "getForecast", "getforecast", "get-forecast", "getForecast"},
		{"Forecast.Read.All", "ForecastReadAll", "forecastReadAll", "forecastreadall", "forecast-read-all", "forecastReadAll"},
		{"pricing-api", "PricingAPI", "pricingApi", "pricingapi", "pricing-api", "pricingAPI"},
		{"getHTTPUrl-v2", "GetHTTPURLV2", "getHttpUrlV2", "gethttpurlv2", "get-http-url-v2", "getHTTPURLV2"},
		{"itemId", "ItemID", "itemId", "itemid", "item-id", "itemID"},
		{"Foo_test", "FooTest", "fooTest", "footest", "foo-test", "fooTest"},
		{"type", "Type", "type", "type", "type", "typeValue"},
		{"err", "Err", "err", "err", "err", "errValue"},
		{"2nd.Scope", "X2ndScope", "x2ndScope", "2ndscope", "2nd-scope", "x2ndScope"},
	}
	for _, tt := range tests {
		got := fmt.Sprint(goName(tt.in), tsName(tt.in), fileName(tt.in), kebab(tt.in), goLocal(tt.in))
		if want := fmt.Sprint(tt.goName, tt.tsName, tt.file, tt.kebab, tt.local); got != want {
			t.Errorf("%s: %s, want %s", tt.in, got, want)
		}
	}
}

func TestScopeIDsNeverChange(t *testing.T) {
	if got, want := scopeID("Org.ContosoForecast", "Forecast.Read.All"), "4a665dae-04a6-5a0d-8a93-2c6a95259ca2"; got != want {
		t.Errorf("the scope's ID is %s, want %s: registered applications know it", got, want)
	}
}

func TestParams(t *testing.T) {
	m, err := demo(t, func(s string) string {
		return strings.Replace(s, "\nenvironments:", `
  - {name: checked, method: GET, path: "/w/{workspaceId}/f/{type}", scopes: [Forecast.Read.All], item: Forecast, permissions: [Read]}
  - {name: files, method: GET, path: "/files/{workspaceId}", scopes: [Forecast.Read.All], resource: onelake}
  - {name: prices, method: GET, path: "/p/{workspaceId}", scopes: [Forecast.Read.All], resource: pricing}
environments:`, 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range m.Routes {
		got[r.Name] = fmt.Sprint(r.Params, r.Query)
	}
	for name, want := range map[string]string{
		"checked":     "[{workspaceId workspaceID workspaceId} {type typeValue type}] [{itemId itemID itemId}]",
		"files":       "[{workspaceId workspaceID workspaceId}] [{itemId itemID itemId}]", // OneLake's files are an item's
		"prices":      "[{workspaceId workspaceID workspaceId}] []",
		"getForecast": "[{workspaceId workspaceID workspaceId} {itemId itemID itemId}] []",
	} {
		if got[name] != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
}

func demo(t *testing.T, edit func(string) string) (*Model, error) {
	t.Helper()
	doc, err := config.Parse("fabgen.yaml", []byte(edit(string(config.Demo()))))
	if err != nil {
		t.Fatal(err)
	}
	return New(doc)
}

func TestCollisionsAreTold(t *testing.T) {
	tests := map[string][2]string{
		"scopes":   {"  - name: Forecast.ReadWrite.All\n", "  - name: ForecastRead.All\n  - name: Forecast.ReadWrite.All\n"},
		"manifest": {"  - name: Forecast\n    displayName", "  - name: product\n  - name: Forecast\n    displayName"},
		"settings": {"items:\n", "  - name: database\n    uri: api://database.contoso.com\n    scopes: [A]\n    baseUrl: https://database.contoso.com\nitems:\n"},
	}
	for name, edit := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := demo(t, func(s string) string { return strings.Replace(s, edit[0], edit[1], 1) })
			var problems config.Problems
			if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Line < 2 {
				t.Fatalf("%v", err)
			}
		})
	}
}

func TestEnvironmentsDifferByTheirOverlayAlone(t *testing.T) {
	m, err := demo(t, func(s string) string { return s })
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Environments) != 2 || !m.Env.Default || m.Env.Suffix != "" {
		t.Fatalf("%+v", m.Environments)
	}
	prod := m.Environments[1]
	if prod.Suffix != ".prod" || prod.ClientID == m.Env.ClientID || prod.TenantID != m.Env.TenantID {
		t.Errorf("%+v", prod)
	}
}
