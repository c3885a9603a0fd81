package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	var flags, asked []string
	for _, f := range Fields() {
		flags = append(flags, f.Flag)
		if f.Ask {
			asked = append(asked, f.Flag)
		}
		if f.Question == "" || f.Help == "" || f.Check == nil || f.Default == nil {
			t.Errorf("%s lacks something", f.Flag)
		}
		if f.Required && f.Default(Answers{}) != "" {
			t.Errorf("%s is required and has a default", f.Flag)
		}
		if value := f.Default(Answers{"name": {"Org.A"}, "tenant-id": {testTenant}}); value != "" && f.Check(value) != nil {
			t.Errorf("%s: the default %q is refused: %v", f.Flag, value, f.Check(value))
		}
	}
	want := strings.Fields("name module display-name description version publisher tenant-id client-id audience " +
		"redirect-uri token-version credential backend-url frontend-url scope resource item route")
	if !slices.Equal(flags, want) {
		t.Errorf("got  %v\nwant %v", flags, want)
	}
	if want := strings.Fields("name module tenant-id client-id scope resource item"); !slices.Equal(asked, want) {
		t.Errorf("asks %v, want %v", asked, want)
	}
}

func fieldOf(t *testing.T, flag string) Field {
	t.Helper()
	fields := Fields()
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Flag == flag })
	if i < 0 {
		t.Fatalf("no field %s", flag)
	}
	return fields[i]
}

func TestCheckTextIsTheRuleOfThePlace(t *testing.T) {
	for path, right := range map[string]string{
		"workload.name": "Org.A", "workload.version": "1.0.0", "entra.clientId": testTenant,
		"entra.audience": "https://contoso.com/Org.A", "entra.redirectUri": "https://contoso.com/close",
		"endpoints.backend": "https://contoso.com",
	} {
		if p, bad := CheckText(path, right); bad {
			t.Errorf("%s refuses %q: %v", path, right, p)
		}
		if p, bad := CheckText(path, right+"/ "); !bad || p.Found == "" || p.Want == "" || p.File+p.Path != "" {
			t.Errorf("%s takes %q: %v", path, right+"/ ", p)
		}
	}
}

func TestFieldDefaults(t *testing.T) {
	a := Answers{"name": {"Org.Forecast"}, "tenant-id": {strings.ToUpper(testTenant)}, "display-name": {"Weather"}}
	for flag, want := range map[string]string{
		"name": "", "module": "", "scope": "", "display-name": "Forecast", "description": "Weather", "version": "1.0.0",
		"audience": "api://localdevinstance/" + testTenant + "/Org.Forecast", "token-version": "1", "credential": "secret",
	} {
		if got := fieldOf(t, flag).Default(a); got != want {
			t.Errorf("%s: got %q, want %q", flag, got, want)
		}
	}
	if got := fieldOf(t, "audience").Default(Answers{"name": {"Org.A"}}); got != "" {
		t.Errorf("audience without a tenant: %q", got)
	}
}

func TestFieldCheck(t *testing.T) {
	tests := []struct{ flag, value, want string }{
		{"name", "Org.Forecast", ""},
		{"name", "Forecast", `found "Forecast", which has one segment; want two segments`},
		{"tenant-id", "contoso", `found "contoso"; want a GUID`},
		{"token-version", "2", ""},
		{"token-version", "3", `found "3"; want 1 or 2`},
		{"credential", "sekret", `found "sekret"; want one of secret, certificate, federated; did you mean "secret"?`},
		{"scope", "Forecast.Read.All=Read, and = write", ""},
		{"scope", "Forecast Read", `name: found "Forecast Read"; want letters`},
		{"scope", " ", "found an empty text"},
		{"resource", "onelake", ""},
		{"resource", "graph:User.Read,Mail.Read", ""},
		{"resource", "name=pricing,uri=api://pricing,scope=A,scope=B,permission=A:" + testTenant + ",as=app", ""},
		{"resource", "onelak", `name: found "onelak", which fabgen does not know, without a uri`},
		{"resource", "name=p,url=api://p", `found the unknown key "url"; want the keys name, uri, app-id, scope, ` +
			`permission, as, base-url; did you mean "uri"?`},
		{"resource", "name=p,uri=p", `uri: found "p", which is not absolute`},
		{"resource", "name=p,name=q", `found the key "name" a second time`},
		{"resource", "name=p,permission=A", `found permission=A; want permission=SCOPE:GUID`},
		{"item", "Forecast", ""},
		{"item", "Forecast:Train,Score", ""},
		{"item", `name=A,display-name="a, ""b""",one-lake-folders=true,job=X,job=Y`, ""},
		{"item", "name=A,one-lake-folders=yes", "found one-lake-folders=yes; want true or false"},
		{"item", "name=A,", `found ""; want key=value`},
		{"item", `name="A`, `found "name=\"A"; want a closing quote`},
		{"item", `name="A"b`, `found "name=\"A\"b"; want a closing quote`},
		{"route", "name=a,method=GET,path=/a,scope=A", ""},
		{"route", "name=a", "method: found nothing"},
	}
	for _, tt := range tests {
		err := fieldOf(t, tt.flag).Check(tt.value)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s %q: %v", tt.flag, tt.value, err)
		case tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)):
			t.Errorf("%s %q:\ngot  %v\nwant %s", tt.flag, tt.value, err, tt.want)
		}
	}
}

func TestBuild(t *testing.T) {
	a := Answers{
		"name": {"Org.ContosoForecast"}, "module": {"example.com/contoso/forecast"},
		"tenant-id": {strings.ToUpper(testTenant)},
		"client-id": {testClient}, "token-version": {"2"}, "version": {"1.0.0"}, "description": {""},
		"scope": {"Forecast.Read.All=Read, forecasts", "Forecast.Write"},
		"resource": {"onelake", "name=pricing,uri=api://pricing.contoso.com,scope=Prices.Read," +
			"base-url=https://pricing.contoso.com"},
		"item": {"Forecast:Train,Score", `name=Sale,display-name="a, ""b"" c",one-lake-folders=true`},
		"route": {"name=getForecast,method=GET,path=/forecasts/{forecastId},scope=Forecast.Read.All," +
			"resource=onelake,item=Forecast,permission=Read"},
	}
	doc, data, err := Build(a)
	if err != nil {
		t.Fatal(err)
	}
	want := parse(t, `apiVersion: fabgen/v1
workload: {name: Org.ContosoForecast, module: example.com/contoso/forecast}
entra: {tenantId: `+testTenant+`, clientId: `+testClient+`, tokenVersion: 2}
scopes: [{name: Forecast.Read.All, description: "Read, forecasts"}, {name: Forecast.Write}]
resources:
- {name: onelake, scopes: [user_impersonation]}
- {name: pricing, uri: api://pricing.contoso.com, scopes: [Prices.Read], baseUrl: "https://pricing.contoso.com"}
items: [{name: Forecast, jobs: [Train, Score]}, {name: Sale, displayName: 'a, "b" c', oneLakeFolders: true}]
routes: [{name: getForecast, method: GET, path: "/forecasts/{forecastId}", scopes: [Forecast.Read.All],
  resource: onelake, item: Forecast, permissions: [Read]}]
`)
	if !reflect.DeepEqual(doc.Config, want.Config) {
		t.Errorf("got  %+v\nwant %+v", doc.Config, want.Config)
	}
	if again := parse(t, string(data)); !reflect.DeepEqual(again, doc) {
		t.Error("the bytes are not those of the document")
	}
	if strings.Contains(string(data), "version: 1.0.0") {
		t.Error("a default is written out")
	}
}

func TestBuildRefuses(t *testing.T) {
	_, _, err := Build(Answers{
		"name": {"Forecast"}, "client-id": {"x"}, "token-version": {"two"}, "audience": {"x"},
		"scope": {"A", "a", "\xff"}, "resource": {"onelake", "name=p,foo=1"}, "route": {"name=r,method=GET,path=/a,scope=B"},
	})
	want := []string{
		`--token-version: found "two"; want 1 or 2`,
		`--resource (resources[1]): found the unknown key "foo"`,
		`--module: found nothing; want a Go module path, such as example.com/contoso/forecast; give --module`,
		`--name: found "Forecast", which has one segment`,
		`--tenant-id: found nothing; want a GUID, such as`,
		`--client-id: found "x"; want a GUID`,
		`--audience: found "x", which is not absolute`,
		`--scope (scopes[1].name): found "a" a second time (first in scopes[0].name)`,
		`--scope (scopes[2].name): found`,
	}
	var got []string
	if err != nil {
		got = strings.Split(err.Error(), "\n")
	}
	if len(got) != len(want) {
		t.Fatalf("got %d problems, want %d:\n%v", len(got), len(want), err)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got  %s\nwant %s", got[i], want[i])
		}
	}
}
