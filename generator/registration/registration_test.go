package registration_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/registration"
	"github.com/fabgen/fabgen/generator/render"
	"github.com/fabgen/fabgen/internal/modeltest"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func load(t testing.TB, file string) *model.Model {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return modeltest.Of(t, file, source)
}

// document is an export that a test changes.
type document map[string]any

// exported is the application of an environment as Microsoft Graph shows it once it was made: with an ID, dates, and
// the members that nobody asked for.
func exported(t testing.TB, m *model.Model, env *model.Environment) document {
	t.Helper()
	body, err := render.One(m, "entra/application.json", env)
	if err != nil {
		t.Fatal(err)
	}
	d := document{}
	if err := json.Unmarshal(body, &d); err != nil {
		t.Fatal(err)
	}
	usual := `{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#applications/$entity",
		"id": "2b9a2b1c-6d53-4a3c-9a3d-0c7d6a1f5e11", "deletedDateTime": null, "addIns": [], "appRoles": [],
		"applicationTemplateId": null, "certification": null, "createdDateTime": "2026-01-01T10:00:00Z",
		"defaultRedirectUri": null, "description": null, "disabledByMicrosoftStatus": null, "groupMembershipClaims": null,
		"info": {"logoUrl": null}, "isDeviceOnlyAuthSupported": null, "isFallbackPublicClient": null, "keyCredentials": [],
		"notes": null, "oauth2RequirePostResponse": false, "optionalClaims": null, "parentalControlSettings":
		{"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"}, "passwordCredentials": [],
		"publicClient": {"redirectUris": []}, "publisherDomain": "contoso.onmicrosoft.com", "samlMetadataUrl": null,
		"serviceManagementReference": null, "servicePrincipalLockConfiguration": null, "tags": [],
		"tokenEncryptionKeyId": null, "uniqueName": null, "verifiedPublisher": {"displayName": null},
		"web": {"homePageUrl": null, "implicitGrantSettings": {"enableAccessTokenIssuance": false,
		"enableIdTokenIssuance": false}, "logoutUrl": null, "redirectUriSettings": [], "redirectUris": []}}`
	added := document{}
	if err := json.Unmarshal([]byte(usual), &added); err != nil {
		t.Fatal(err)
	}
	added["appId"] = env.ClientID
	for name, value := range added {
		if _, there := d[name]; !there {
			d[name] = value
		}
	}
	d["optionalClaims"].(map[string]any)["idToken"] = []any{}
	d["optionalClaims"].(map[string]any)["saml2Token"] = []any{}
	api := d["api"].(map[string]any)
	api["acceptMappedClaims"], api["knownClientApplications"] = nil, []any{}
	return d
}

// at goes down the path: names of members, and numbers of elements.
func (d document) at(path ...any) any {
	var v any = map[string]any(d)
	for _, step := range path {
		switch s := step.(type) {
		case string:
			v = v.(map[string]any)[s]
		case int:
			v = v.([]any)[s]
		}
	}
	return v
}

// set puts a value in the place that the path leads to.
func (d document) set(value any, path ...any) {
	last := len(path) - 1
	switch parent := d.at(path[:last]...).(type) {
	case map[string]any:
		parent[path[last].(string)] = value
	case []any:
		parent[path[last].(int)] = value
	}
}

func (d document) parse(t testing.TB) *registration.Application {
	t.Helper()
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	app, err := registration.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// What fabgen writes is right, in every environment of every scenario, before and after Graph adds its members.
func TestWhatIsGeneratedIsRight(t *testing.T) {
	files, err := filepath.Glob("../../golden/*/fabgen.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d scenarios: %v", len(files), err)
	}
	for _, file := range files {
		m := load(t, file)
		for _, env := range m.Environments {
			for _, d := range []document{exported(t, m, env), bare(t, m, env)} {
				app := d.parse(t)
				for _, p := range m.LookedUpPermissions() { // which the script adds
					app.RequiredResourceAccess = append(app.RequiredResourceAccess, lookedUp(t, p))
				}
				if got := registration.Compare(m, env, app, now); len(got.Faults) > 0 {
					t.Errorf("%s, %s: %+v", file, env.Name, got.Faults)
				}
			}
		}
	}
}

func bare(t testing.TB, m *model.Model, env *model.Environment) document {
	t.Helper()
	body, err := render.One(m, "entra/application.json", env)
	d := document{}
	if err := errors.Join(err, json.Unmarshal(body, &d)); err != nil {
		t.Fatal(err)
	}
	return d
}

func lookedUp(t testing.TB, p model.RequiredPermission) registration.Resource {
	t.Helper()
	var r registration.Resource
	body := `{"resourceAppId": "` + p.AppID + `", "resourceAccess": [{"id": "x", "type": "` + p.Type + `"}]}`
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	frontend = "871c010f-5e61-4fb1-83ac-98610a7e9110"
	fabric   = "00000009-0000-0000-c000-000000000000"
	stranger = "11111111-2222-3333-4444-555555555555"
)

// planted are faults, one each, in an application that is right but for it.
var planted = []struct {
	name   string
	plant  func(document)
	member string
	says   string // in the fault, wherever
}{
	{"another application", func(d document) { d["appId"] = stranger }, "appId", "entra.clientId"},
	{"one tenant", func(d document) { d["signInAudience"] = "AzureADMyOrg" }, "signInAudience", "AADSTS50194"},
	{"personal accounts, too", func(d document) { d["signInAudience"] = "AzureADandPersonalMicrosoftAccount" },
		"signInAudience", "AzureADMultipleOrgs"},
	{"no identifier URI", func(d document) { d["identifierUris"] = []any{} }, "identifierUris", "AADSTS500011"},
	{"identifier URI of the portal's", func(d document) { d["identifierUris"] = []any{"api://" + stranger} },
		"identifierUris", "wrong_audience"},
	{"slash at the identifier URI's end", func(d document) {
		d.set(d.at("identifierUris", 0).(string)+"/", "identifierUris", 0)
	}, "identifierUris", "slash at the end"},
	{"identifier URI in another case", func(d document) {
		d.set(strings.ToLower(d.at("identifierUris", 0).(string)), "identifierUris", 0)
	}, "identifierUris", "case"},
	{"token version 2", func(d document) { d.set(2, "api", "requestedAccessTokenVersion") },
		"api.requestedAccessTokenVersion", "v2.0"},
	{"encrypted tokens", func(d document) { d["tokenEncryptionKeyId"] = stranger }, "tokenEncryptionKeyId",
		"malformed_token"},
	{"no idtyp", func(d document) { d["optionalClaims"] = nil }, "optionalClaims.accessToken", "not_app_token"},
	{"idtyp in ID tokens", func(d document) {
		d["optionalClaims"] = map[string]any{"idToken": d.at("optionalClaims", "accessToken")}
	}, "optionalClaims.accessToken", "ID tokens"},
	{"idtyp in users' tokens", func(d document) {
		d.set([]any{"include_user_token"}, "optionalClaims", "accessToken", 0, "additionalProperties")
	}, "optionalClaims.accessToken", "include_user_token"},
	{"no scope of Fabric's", func(d document) {
		d.set(d.at("api", "oauth2PermissionScopes").([]any)[1:], "api", "oauth2PermissionScopes")
	}, "api.oauth2PermissionScopes", "no scope FabricWorkloadControl"},
	{"a scope in another case", func(d document) {
		d.set("forecast.read.all", "api", "oauth2PermissionScopes", 1, "value")
	}, "api.oauth2PermissionScopes", "in another case"},
	{"a scope missing", func(d document) {
		d.set(d.at("api", "oauth2PermissionScopes").([]any)[:2], "api", "oauth2PermissionScopes")
	}, "api.oauth2PermissionScopes", "saveForecast"},
	{"a scope disabled", func(d document) { d.set(false, "api", "oauth2PermissionScopes", 1, "isEnabled") },
		"api.oauth2PermissionScopes", "Forecast.Read.All, disabled"},
	{"Fabric's service not pre-authorised", func(d document) {
		d.set(d.at("api", "preAuthorizedApplications").([]any)[1:], "api", "preAuthorizedApplications")
	}, "api.preAuthorizedApplications", "no " + fabric},
	{"the wrong application pre-authorised", func(d document) {
		d.set(stranger, "api", "preAuthorizedApplications", 2, "appId")
	}, "api.preAuthorizedApplications", "in its place, perhaps, " + stranger},
	{"the front-end without a scope", func(d document) {
		ids := d.at("api", "preAuthorizedApplications", 2, "delegatedPermissionIds").([]any)
		d.set(ids[:1], "api", "preAuthorizedApplications", 2, "delegatedPermissionIds")
	}, "api.preAuthorizedApplications", frontend + " without Forecast.ReadWrite.All"},
	{"no redirect URI", func(d document) { d["spa"] = map[string]any{"redirectUris": nil} }, "spa.redirectUris",
		"AADSTS50011"},
	{"redirect URI of the web platform", func(d document) { d["spa"], d["web"] = d["web"], d["spa"] },
		"spa.redirectUris", "AADSTS9002326"},
	{"redirect URI of a native client", func(d document) { d["spa"], d["publicClient"] = nil, d["spa"] },
		"spa.redirectUris", "publicClient"},
	{"slash at the redirect URI's end", func(d document) {
		d.set(d.at("spa", "redirectUris", 0).(string)+"/", "spa", "redirectUris", 0)
	}, "spa.redirectUris", "slash at the end"},
	{"no Fabric.Extend", func(d document) {
		d.set(d.at("requiredResourceAccess", 0, "resourceAccess").([]any)[1:], "requiredResourceAccess", 0,
			"resourceAccess")
	}, "requiredResourceAccess", "no Fabric.Extend"},
	{"no permission of OneLake's", func(d document) {
		d["requiredResourceAccess"] = d["requiredResourceAccess"].([]any)[:1]
	}, "requiredResourceAccess", "the exchange for onelake fails"},
	{"a permission of the wrong type", func(d document) {
		d.set("Role", "requiredResourceAccess", 1, "resourceAccess", 0, "type")
	}, "requiredResourceAccess", "type Role in place of Scope"},
	{"expired secret", func(d document) { d["passwordCredentials"] = secrets("2025-01-01T00:00:00Z") },
		"passwordCredentials", "expired on 2025-01-01"},
	{"secret that expires soon", func(d document) {
		d["passwordCredentials"] = secrets("2026-03-20T00:00:00.1234567Z", "2025-01-01T00:00:00Z")
	}, "passwordCredentials", "expires on 2026-03-20"},
}

func secrets(ends ...string) []any {
	var out []any
	for _, end := range ends {
		out = append(out, map[string]any{"displayName": "fabgen", "endDateTime": end, "startDateTime": nil})
	}
	return out
}

func TestEachPlantedFaultIsFoundAlone(t *testing.T) {
	m := load(t, "../../golden/demo/fabgen.yaml")
	for _, p := range planted {
		t.Run(p.name, func(t *testing.T) {
			d := exported(t, m, m.Env)
			p.plant(d)
			got := registration.Compare(m, m.Env, d.parse(t), now)
			if len(got.Faults) != 1 {
				t.Fatalf("%d faults, want one: %+v", len(got.Faults), got.Faults)
			}
			f := got.Faults[0]
			if all := strings.Join([]string{f.Found, f.Want, f.Symptom, f.Fix}, "\n"); f.Member != p.member ||
				!strings.Contains(all, p.says) || f.Symptom == "" || f.Fix == "" {
				t.Errorf("fault %+v, want %s and %q", f, p.member, p.says)
			}
		})
	}
}

// All at once, each is told.
func TestAllFaultsAreTold(t *testing.T) {
	m := load(t, "../../golden/demo/fabgen.yaml")
	app, err := registration.Parse([]byte(`{"appId": "` + stranger + `", "api": null, "spa": null}`))
	if err != nil {
		t.Fatal(err)
	}
	got := registration.Compare(m, m.Env, app, now)
	want := 1 + 1 + 1 + 1 + 3 + 3 + 1 + 3 // application, tenants, URI, idtyp, scopes, grants, redirect, permissions
	if len(got.Faults) != want {
		t.Errorf("%d faults, want %d: %+v", len(got.Faults), want, got.Faults)
	}
}

// What people add, and what differs without harm, is no fault.
func TestWhatIsAddedIsNoFault(t *testing.T) {
	m := load(t, "../../golden/demo/fabgen.yaml")
	for name, change := range map[string]struct {
		do   func(document)
		note string
	}{
		"another display name": {func(d document) { d["displayName"] = "Ours" }, ""},
		"another identifier URI": {func(d document) {
			d["identifierUris"] = append(d["identifierUris"].([]any), "api://"+stranger)
		}, "api://" + stranger},
		"another redirect URI": {func(d document) {
			d.set([]any{"https://localhost/x", d.at("spa", "redirectUris", 0)}, "spa", "redirectUris")
		}, ""},
		"another scope": {func(d document) {
			d.set(append(d.at("api", "oauth2PermissionScopes").([]any), map[string]any{"id": stranger, "value": "Own.Read"}),
				"api", "oauth2PermissionScopes")
		}, "Own.Read"},
		"another pre-authorised application": {func(d document) {
			d.set(append(d.at("api", "preAuthorizedApplications").([]any), map[string]any{"appId": stranger}),
				"api", "preAuthorizedApplications")
		}, "without asking the user"},
		"IDs of the portal's making": {func(d document) {
			d.set(stranger, "api", "oauth2PermissionScopes", 1, "id")
			d.set(strings.ToUpper(stranger), "api", "preAuthorizedApplications", 2, "delegatedPermissionIds", 0)
		}, "serves as well"},
		"pre-authorised as Graph's beta has it": {func(d document) {
			p := d.at("api", "preAuthorizedApplications", 2).(map[string]any)
			p["permissionIds"] = p["delegatedPermissionIds"]
			delete(p, "delegatedPermissionIds")
		}, ""},
		"version 1 said": {func(d document) { d.set(1, "api", "requestedAccessTokenVersion") }, ""},
		"GUIDs in upper case": {func(d document) {
			d["appId"] = strings.ToUpper(d["appId"].(string))
			d.set(strings.ToUpper(frontend), "api", "preAuthorizedApplications", 2, "appId")
		}, ""},
		"an old secret beside a good one": {func(d document) {
			d["passwordCredentials"] = secrets("2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
		}, ""},
		"no secret yet": {func(document) {}, "no client secret"},
		"text for a terminal": {func(d document) {
			d["identifierUris"] = append(d["identifierUris"].([]any), "api://\x1b[2Jx"+strings.Repeat("y", 5000))
		}, "…"},
	} {
		t.Run(name, func(t *testing.T) {
			d := exported(t, m, m.Env)
			change.do(d)
			got := registration.Compare(m, m.Env, d.parse(t), now)
			notes := strings.Join(got.Notes, "\n")
			if len(got.Faults) > 0 || !strings.Contains(notes, change.note) || strings.Contains(notes, "\x1b") {
				t.Errorf("%+v, want no fault and the note %q", got, change.note)
			}
		})
	}
}

// Of a permission whose ID only the tenant knows, an export can show that its resource is missing.
func TestLookedUpPermissions(t *testing.T) {
	m := load(t, "../../golden/everything/fabgen.yaml")
	got := registration.Compare(m, m.Env, exported(t, m, m.Env).parse(t), now)
	var faults []string
	for _, f := range got.Faults {
		faults = append(faults, f.Want)
	}
	if len(faults) != 1 || !strings.Contains(faults[0], "application permission User.Read of 00000003-") {
		t.Errorf("faults %q", faults)
	}
	if notes := strings.Join(got.Notes, "\n"); !strings.Contains(notes, "Prices.Write") {
		t.Errorf("notes %s", notes)
	}
}

func TestCertificatesAndFederation(t *testing.T) {
	m := load(t, "../../golden/certificate/fabgen.yaml")
	d := exported(t, m, m.Env)
	d["keyCredentials"] = secrets("2026-02-28T00:00:00Z")
	got := registration.Compare(m, m.Env, d.parse(t), now)
	if len(got.Faults) != 1 || got.Faults[0].Member != "keyCredentials" {
		t.Errorf("%+v", got.Faults)
	}
	federated := *m.Env
	federated.Credential = config.CredentialFederated
	got = registration.Compare(m, &federated, d.parse(t), now)
	if len(got.Faults) != 0 || !strings.Contains(strings.Join(got.Notes, "\n"), "federated-credential list") {
		t.Errorf("%+v", got)
	}
}

func TestAnotherEnvironmentsApplicationIsNamed(t *testing.T) {
	m := load(t, "../../golden/demo/fabgen.yaml")
	prod := m.Environment("prod")
	got := registration.Compare(m, m.Env, exported(t, m, prod).parse(t), now)
	if len(got.Faults) == 0 || !strings.Contains(got.Faults[0].Fix, "--env prod") {
		t.Errorf("%+v", got.Faults)
	}
}

func TestParseTakesWhatToolsPrint(t *testing.T) {
	const one = `{"appId": "` + stranger + `", "unknown": {"a": [1, 2]}}`
	wide := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(one)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	for name, data := range map[string]string{
		"an object":                 one,
		"with a byte order mark":    "\ufeff" + one,
		"UTF-16":                    string(wide),
		"the one of a list":         "[" + one + "]",
		"the one of a query":        `{"@odata.context": "x", "value": [` + one + `]}`,
		"a member that is a null":   `{"appId": "` + stranger + `", "api": null, "web": null, "identifierUris": null}`,
		"dates as Graph has them":   `{"appId": "` + stranger + `", "keyCredentials": [{"endDateTime": "2026-01-01T00:00:00Z"}]}`,
		"a key with its bytes gone": `{"appId": "` + stranger + `", "keyCredentials": [{"key": null, "endDateTime": null}]}`,
	} {
		if app, err := registration.Parse([]byte(data)); err != nil || app.AppID != stranger {
			t.Errorf("%s: %+v, %v", name, app, err)
		}
	}
}

func TestParseRefusesInWords(t *testing.T) {
	for name, c := range map[string]struct{ data, says string }{
		"nothing":                {"", "not a JSON object"},
		"no JSON":                {"ERROR: please run az login", "not a JSON object"},
		"a text":                 {`"x"`, "JSON string"},
		"cut short":              {`{"appId": "x"`, "at byte"},
		"no application":         {`{"userPrincipalName": "somebody@example.com"}`, "none of the members"},
		"two applications":       {`[{"appId": "a"}, {"appId": "b"}]`, "a list of 2"},
		"none":                   {`{"value": []}`, "a list of 0"},
		"the former manifest":    {`{"appId": "a", "accessTokenAcceptedVersion": 2}`, "former manifest"},
		"its reply URLs":         {`{"appId": "a", "replyUrlsWithType": []}`, "former manifest"},
		"a service principal":    {`{"appId": "a", "servicePrincipalType": "Application"}`, "service principal"},
		"a member of other type": {`{"appId": "a", "identifierUris": "secret-value"}`, "identifierUris is a JSON string"},
		"a date of other form":   {`{"appId": "a", "keyCredentials": [{"endDateTime": "secret-value"}]}`, "not of its form"},
		"too much":               {strings.Repeat(" ", registration.MaxSize+1), "more than"},
	} {
		_, err := registration.Parse([]byte(c.data))
		if !errors.Is(err, registration.ErrNotApplication) || !strings.Contains(err.Error(), c.says) ||
			!strings.Contains(err.Error(), "az ad app show") || strings.Contains(err.Error(), "secret-value") {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func FuzzParse(f *testing.F) {
	m := load(f, "../../golden/smallest/fabgen.yaml")
	body, err := render.One(m, "entra/application.json", m.Env)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte(`{"value": [{"appId": "a", "passwordCredentials": [{"endDateTime": "2026-01-01T00:00:00Z"}]}]}`))
	f.Add([]byte("\xff\xfe{\x00}\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		app, err := registration.Parse(data)
		if err != nil {
			if !errors.Is(err, registration.ErrNotApplication) {
				t.Fatal(err)
			}
			return
		}
		registration.Compare(m, m.Env, app, now)
	})
}
