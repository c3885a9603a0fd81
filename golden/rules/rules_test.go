package rules

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"
)

const productionApplication = "entra/application.prod.json"

// valid gives a workload that breaks no rule. Its production registration is the default one with what the
// production manifest says.
func valid(t *testing.T) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"testdata/valid.txtar", "testdata/deploy.txtar"} {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	fsys[productionApplication] = &fstest.MapFile{Data: []byte(strings.NewReplacer(
		"api://localdevinstance/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/Org.Tea/mine", "https://tea.example/Org.Tea",
		"http://localhost:60006/close", "https://tea.example/close",
	).Replace(string(fsys["entra/application.json"].Data)))}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	fsys["manifest/assets/images/icon.png"] = &fstest.MapFile{Data: picture.Bytes()}
	return fsys
}

func TestAValidWorkloadBreaksNoRule(t *testing.T) {
	for _, err := range Check(valid(t)) {
		t.Error(err)
	}
}

const (
	workloadXML   = "manifest/WorkloadManifest.xml"
	productionXML = "manifest/WorkloadManifest.prod.xml"
	potXML        = "manifest/Pot.xml"
	potJSON       = "manifest/Pot.json"
	productJSON   = "manifest/Product.json"
	spanish       = "manifest/assets/locales/es/translations.json"
	english       = "manifest/assets/locales/en-US/translations.json"
	application   = "entra/application.json"
)

// defects are one broken rule each: old in file becomes new, and an error that names where must say so.
var defects = []struct{ name, file, old, new, where string }{
	{"schema version", workloadXML, `"1.101.0"`, `"2.0.0"`, "SchemaVersion"},
	{"root element", workloadXML, "WorkloadManifestConfiguration", "Configuration", "root element"},
	{"namespace", workloadXML, ` SchemaVersion`, ` xmlns="urn:x" SchemaVersion`, "namespace"},
	{"ill-formed XML", workloadXML, "</AppId>", "", "well-formed"},
	{"no declaration", workloadXML, `<?xml version="1.0" encoding="utf-8"?>`, "", "declaration"},
	{"hosting type", workloadXML, `"Remote"`, `"FERemote"`, "HostingType"},
	{"another attribute", workloadXML, ` HostingType`, ` X="1" HostingType`, "further attributes"},
	{"name of one segment", workloadXML, `"Org.Tea"`, `"Tea"`, "WorkloadName"},
	{"long name", workloadXML, `"Org.Tea"`, `"Org.` + strings.Repeat("a", 30) + `"`, "32"},
	{"no Org. in development", workloadXML, `"Org.Tea"`, `"Contoso.Tea"`, "prefix Org."},
	{"bad version", workloadXML, "1.2.3", "1.2", "Version"},
	{"long version", workloadXML, "1.2.3", "1.2.3-aaaaaaaaaaaa", "16"},
	{"version of one environment", productionXML, "1.2.3", "1.2.4", "Version"},
	{"client ID", workloadXML, "11111111-2222", "{11111111-2222", "AppId"},
	{"order in AADApp", workloadXML, "RedirectUri", "RedirectUrl", "AADApp"},
	{"element too many", workloadXML, "<Cloud>Public</Cloud>", "<Cloud>Public</Cloud><Cloud>Public</Cloud>", "order"},
	{"another cloud", workloadXML, "Public", "Private", "Cloud"},
	{"slash at the end", workloadXML, "Org.Tea/mine<", "Org.Tea/mine/<", "slash"},
	{"tenant of the audience", workloadXML, "localdevinstance/aaaaaaaa", "localdevinstance/AAAAAAAA", "tenant"},
	{"two subpaths", workloadXML, "Org.Tea/mine", "Org.Tea/mine/too", "subpath"},
	{"long subpath", workloadXML, "Org.Tea/mine", "Org.Tea/" + strings.Repeat("m", 37), "subpath"},
	{"audience without the name", productionXML, "https://tea.example/Org.Tea", "https://tea.example/tea", "ResourceId"},
	{"audience without TLS", productionXML, "https://tea.example/Org.Tea", "http://tea.example/Org.Tea", "scheme"},
	{"redirect elsewhere", productionXML, "https://tea.example/close", "https://tea.example/auth", "RedirectUri"},
	{"endpoint's name", workloadXML, "<Name>Frontend", "<Name>FrontEnd", "Frontend"},
	{"endpoint's address", workloadXML, "http://127.0.0.1:5000/workload", "/workload", "Url"},
	{"endpoint's flag", workloadXML, "Service>false", "Service>no", "IsEndpointResolutionService"},
	{"resolution context", workloadXML, "Property>TenantId", "Property>Tenant", "ResolutionContextProperty"},

	{"item's type", potXML, `"Org.Tea.Pot"`, `"Tea.Pot"`, "TypeName"},
	{"item's category", potXML, `"Data"`, `"Report"`, "Category"},
	{"item's flag", potXML, `"true"`, `"yes"`, "CreateOneLakeFolders"},
	{"item's workload", potXML, `WorkloadName="Org.Tea"`, `WorkloadName="Org.Coffee"`, "WorkloadName"},
	{"scheduler before workload", potXML, `<Workload WorkloadName="Org.Tea" />`, "", "order"},
	{"deduplication", potXML, ">None<", ">Never<", "ScheduledJobDeduplicateOptions"},
	{"job's name", potXML, "Org.Tea.Pot.Boil", "Org.Tea.Cup.Boil", "ItemJobType"},
	{"long job", potXML, "Pot.Boil", "Pot." + strings.Repeat("b", 90), "96"},
	{"no job", potXML, `<ItemJobType Name="Org.Tea.Pot.Boil" />`, "", "ItemJobType"},

	{"item's name", potJSON, `"name": "Pot"`, `"name": "Kettle"`, "name"},
	{"no plural", potJSON, `"displayNamePlural": "Pot_Names",`, "", "displayNamePlural"},
	{"editor's path", potJSON, `"/pots"`, `"pots"`, "editor.path"},
	{"no picture", potJSON, `"icon": {"name": "assets/images/icon.png"}`,
		`"icon": {"name": "assets/images/no.png"}`, "icon.name"},
	{"picture outside", potJSON, `"activeIcon": {"name": "assets/`, `"activeIcon": {"name": "assets/../../`, "activeIcon"},
	{"no flag", potJSON, `"supportedInMonitoringHub": true,`, "", "supportedInMonitoringHub"},
	{"no job action", potJSON, `"retry": {"action": "retry"}`, `"retry": {}`, "retry"},
	{"schedule of no job", potJSON, `"Org.Tea.Pot.Boil"`, `"Boil"`, "itemJobType"},
	{"refresh type", potJSON, `"Run"`, `"Go"`, "refreshType"},
	{"menu entry's action", potJSON, `{"action": "pot.boil"}`, `{}`, "handler.action"},
	{"no recent runs", potJSON, `"recentRun": {"useRecentRunsComponent": true},`, "", "recentRun"},
	{"no tab", potJSON, `"onInit"`, `"init"`, "editorTab.onInit"},
	{"a member twice", potJSON, `"quickActionItems": [],`, `"quickActionItems": [], "quickActionItems": [],`, "twice"},
	{"broken JSON", potJSON, `"quickActionItems": [],`, `"quickActionItems": [,`, "JSON"},

	{"no favicon", productJSON, `"favicon": "assets/images/icon.png",`, "", "favicon"},
	{"recommended item", productJSON, `["Pot"]`, `["Kettle"]`, "recommendedItemTypes"},
	{"card of no item", productJSON, `"itemType": "Pot"`, `"itemType": "Kettle"`, "itemType"},
	{"card's place", productJSON, `"create-hub"`, `"hub"`, "availableIn"},
	{"card's action", productJSON, `{"action": "pot.create"}`, `{}`, "onClick.action"},
	{"text that is no key", productJSON, `"fullDisplayName": "Name"`, `"fullDisplayName": "Tea for two"`, "Tea for two"},
	{"no slogan", productJSON, `"slogan": "Name",`, "", "slogan"},
	{"text of one locale", spanish, `"Pot_Name": "Tetera",`, "", "Pot_Name"},
	{"empty text", english, `"Tea for two"`, `" "`, "About"},
	{"text that is none", english, `"Tea for two"`, `7`, "About"},

	{"sign-in audience", application, "AzureADMultipleOrgs", "AzureADMyOrg", "signInAudience"},
	{"identifier URI", application, "Org.Tea/mine", "Org.Tea", "identifierUris"},
	{"redirect URI", application, "60006/close", "60006/", "spa.redirectUris"},
	{"token version", application, "null", "3", "requestedAccessTokenVersion"},
	{"no idtyp", application, `"idtyp"`, `"upn"`, "idtyp"},
	{"no control scope", application, `"FabricWorkloadControl"`, `"FabricWorkload"`, "FabricWorkloadControl"},
	{"scope's ID", application, `"id": "10000000-0000-0000-0000-000000000002"`, `"id": "x"`, "GUID"},
	{"scope's ID in one environment", productionApplication, `0002`, `0003`, "Tea.Drink"},
	{"a scope twice", application, "0002", "0001", "once"},
	{"scope that is off", application, `"isEnabled": true`, `"isEnabled": false`, "isEnabled"},
	{"long consent", application, `"userConsentDisplayName": "Drink"`,
		`"userConsentDisplayName": "` + strings.Repeat("d", 101) + `"`, "at most 100"},
	{"no consent text", application, `"adminConsentDescription": "Drink",`, "", "adminConsentDescription"},
	{"pre-authorised stranger", application, "d2450708-699c", "d2450709-699c", "Fabric's applications alone"},
	{"no Fabric.Extend", application, "7ba630b9", "7ba630b8", "Fabric.Extend"},
	{"kind of permission", application, `"type": "Scope"`, `"type": "Delegated"`, "Role"},
}

func TestEachDefectIsFoundByName(t *testing.T) {
	for _, d := range defects {
		t.Run(d.name, func(t *testing.T) {
			expect(t, Check(broken(t, d.file, d.old, d.new)), d.file, d.where)
		})
	}
}

// broken is the valid workload with one text replaced in a file.
func broken(t *testing.T, file, old, replacement string) fstest.MapFS {
	t.Helper()
	fsys := valid(t)
	text := string(fsys[file].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", file, old)
	}
	fsys[file] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, old, replacement))}
	return fsys
}

func TestMissingAndForeignFiles(t *testing.T) {
	tests := []struct {
		name  string
		file  string
		data  []byte // nil removes the file
		where string
	}{
		{"no manifest", workloadXML, nil, "manifest/WorkloadManifest.xml"},
		{"no production manifest", productionXML, nil, productionApplication},
		{"no JSON of an item", potJSON, nil, potJSON},
		{"no XML of an item", potXML, nil, potJSON},
		{"no product", productJSON, nil, productJSON},
		{"no English", english, nil, english},
		{"no registration", application, nil, application},
		{"no image", dockerfile, nil, dockerfile},
		{"no manifest of the base", baseDeployment, nil, baseDeployment},
		{"no overlay of an environment", "deploy/kubernetes/overlays/single/prod/kustomization.yaml", nil, "single/prod"},
		{"no parameters of an environment", devBicep, nil, devBicep},
		{"a manifest that nothing names", "deploy/kubernetes/base/a.yaml", []byte("kind: Pod\n"), "a.yaml"},
		{"a picture among the assets", "manifest/assets/icon.png", []byte("x"), "images/ and locales/ alone"},
		{"a picture that is none", "manifest/assets/images/a.png", []byte("x"), "PNG"},
		{"a picture of another kind", "manifest/assets/images/a.svg", []byte("<svg/>"), "PNG"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := valid(t)
			delete(fsys, tt.file)
			if tt.data != nil {
				fsys[tt.file] = &fstest.MapFile{Data: tt.data}
			}
			expect(t, Check(fsys), tt.where)
		})
	}
}

// expect wants an error that names all of these.
func expect(t *testing.T, errs []error, words ...string) {
	t.Helper()
	for _, err := range errs {
		found := true
		for _, word := range words {
			found = found && strings.Contains(err.Error(), word)
		}
		if found {
			return
		}
	}
	t.Errorf("no error names %q: %v", words, errs)
}
