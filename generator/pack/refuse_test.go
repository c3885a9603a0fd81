package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fabgen/fabgen/generator/config"
)

// defects are one broken rule each: old in file becomes new, and one problem must name the place and say these words.
var defects = []struct {
	name, file, old, new string
	path                 string // of the problem
	words                string // in its message
}{
	{"schema version", workloadXML, `"1.101.0"`, `"2.0.0"`, "WorkloadManifestConfiguration/@SchemaVersion", `want "1.101.0"`},
	{"root element", workloadXML, "WorkloadManifestConfiguration", "WorkloadConfiguration", "WorkloadConfiguration", `want WorkloadManifestConfiguration`},
	{"namespace", workloadXML, " SchemaVersion", ` xmlns="urn:x" SchemaVersion`, "", "WorkloadManifestConfiguration in a namespace"},
	{"prefix", workloadXML, "Cloud>Public</Cloud", "x:Cloud>Public</x:Cloud", "", "Cloud in a namespace"},
	{"ill-formed XML", workloadXML, "</AppId>", "", "", "XML that cannot be read"},
	{"a second root", workloadXML, "</WorkloadManifestConfiguration>", "</WorkloadManifestConfiguration><A/>", "", "second root element A"},
	{"entity", workloadXML, "<Workload ", "<!DOCTYPE a><Workload ", "", "document type"},
	{"an attribute twice", workloadXML, ` HostingType="Remote"`, ` HostingType="Remote" HostingType="Remote"`, "", "HostingType twice"},
	{"text among elements", workloadXML, "<Cloud>", "here <Cloud>", "RemoteServiceConfiguration/CloudServiceConfiguration", `the text "here"`},
	{"hosting type", workloadXML, `"Remote"`, `"Remot"`, "Workload/@HostingType", `did you mean "Remote"`},
	{"another attribute", workloadXML, " HostingType", ` X="1" HostingType`, "Workload/@X", "schema does not have"},
	{"no name", workloadXML, `WorkloadName="Org.ContosoForecast" `, "", "Workload/@WorkloadName", "no value"},
	{"name of one segment", workloadXML, `"Org.ContosoForecast"`, `"ContosoForecast"`, "Workload/@WorkloadName", "one segment"},
	{"long name", workloadXML, `"Org.ContosoForecast"`, `"Org.` + strings.Repeat("a", 30) + `"`, "Workload/@WorkloadName", "at most 32"},
	{"wrong prefix", workloadXML, `"Org.ContosoForecast"`, `"Contoso.Forecast"`, "Workload/@WorkloadName", "begins with Org."},
	{"bad version", workloadXML, "1.0.0<", "1.0<", "Workload/Version", "semantic version"},
	{"long version", workloadXML, "1.0.0<", "1.0.0-aaaaaaaaaaaa<", "Workload/Version", "at most 16"},
	{"no version", workloadXML, "<Version>1.0.0</Version>", "", "WorkloadManifestConfiguration/Workload", "Version, RemoteServiceConfiguration, in this order"},
	{"client ID", workloadXML, "<AppId>", "<AppId>x", "AADApp/AppId", "a GUID"},
	{"element order", workloadXML, "<Cloud>Public</Cloud>", "", "RemoteServiceConfiguration/CloudServiceConfiguration", "found AADApp, Endpoints; want Cloud, AADApp, Endpoints, in this order"},
	{"element too many", workloadXML, "<Cloud>Public</Cloud>", "<Cloud>Public</Cloud><Cloud>Public</Cloud>", "RemoteServiceConfiguration/CloudServiceConfiguration", "in this order"},
	{"another cloud", workloadXML, "Public", "Private", "CloudServiceConfiguration/Cloud", "want Public"},
	{"audience of another", workloadXML, "/Org.ContosoForecast<", "/Org.Other<", "AADApp/ResourceId", "/Org.ContosoForecast"},
	{"audience with a slash", workloadXML, "/Org.ContosoForecast<", "/Org.ContosoForecast/<", "AADApp/ResourceId", "ends with a slash"},
	{"two subpaths", workloadXML, "/Org.ContosoForecast<", "/Org.ContosoForecast/a/b<", "AADApp/ResourceId", "2 segments"},
	{"redirect that is none", workloadXML, "http://localhost:60006/close", "close", "AADApp/RedirectUri", "not absolute"},
	{"endpoint's name", workloadXML, "<Name>Frontend", "<Name>FrontEnd", "ServiceEndpoint/Name", `did you mean "Frontend"`},
	{"one endpoint", workloadXML, "<Name>Frontend", "<Name>Workload", "CloudServiceConfiguration/Endpoints", "0 ServiceEndpoints named Frontend"},
	{"endpoint's address", workloadXML, "http://127.0.0.1:5000/workload", "/workload", "ServiceEndpoint/Url", "not absolute"},
	{"endpoint without TLS", workloadXML, "http://127.0.0.1:5000/workload", "http://contoso.com/workload", "ServiceEndpoint/Url", "another machine"},
	{"endpoint's flag", workloadXML, "Service>false", "Service>no", "ServiceEndpoint/IsEndpointResolutionService", "one of true, false"},
	{"resolution context", workloadXML, "<IsEndpointResolutionService>false</IsEndpointResolutionService>",
		"<IsEndpointResolutionService>true</IsEndpointResolutionService><EndpointResolutionContext>" +
			"<ResolutionContextProperty>Tenant</ResolutionContextProperty></EndpointResolutionContext>",
		"EndpointResolutionContext/ResolutionContextProperty", "TenantRegion"},

	{"item's prefix", forecastXML, `TypeName="Org.ContosoForecast.Forecast"`, `TypeName="Contoso.Forecast"`, "Item/@TypeName", "Org.ContosoForecast.<name>"},
	{"item's file", forecastXML, `TypeName="Org.ContosoForecast.Forecast"`, `TypeName="Org.ContosoForecast.Weather"`, "Item/@TypeName", "the file is Forecast.xml"},
	{"long type", forecastXML, `TypeName="Org.ContosoForecast.Forecast"`, `TypeName="Org.ContosoForecast.` + strings.Repeat("f", 50) + `"`, "Item/@TypeName", "at most 64"},
	{"category", forecastXML, `"Data"`, `"Date"`, "Item/@Category", `did you mean "Data"`},
	{"folders in OneLake", forecastXML, `OnArtifactCreation="true"`, `OnArtifactCreation="yes"`, "Item/@CreateOneLakeFoldersOnArtifactCreation", "true, false"},
	{"item's workload", forecastXML, `WorkloadName="Org.ContosoForecast"`, `WorkloadName="Org.Contoso"`, "Workload/@WorkloadName", "want Org.ContosoForecast"},
	{"deduplication", forecastXML, "<ScheduledJobDeduplicateOptions>PerItem", "<ScheduledJobDeduplicateOptions>PerTenant", "JobScheduler/ScheduledJobDeduplicateOptions", "None, PerItem, PerUser"},
	{"job's prefix", forecastXML, "Org.ContosoForecast.Forecast.Train", "Train", "ItemJobType/@Name", "Org.ContosoForecast.Forecast.<name>"},
	{"long job", forecastXML, "Forecast.Train", "Forecast." + strings.Repeat("t", 90), "ItemJobType/@Name", "at most 96"},
	{"a job twice", forecastXML, "Forecast.Score", "Forecast.Train", "ItemJobType/@Name", "a second time"},
	{"no job", forecastXML, "ItemJobTypes>", "ItemJobTypes2>", "Item/JobScheduler", "ItemJobTypes, in this order"},

	{"broken JSON", forecastJSON, `"quickActionItems": [`, `"quickActionItems": [,`, "", "JSON that cannot be read"},
	{"a member twice", forecastJSON, `"supportedInDatahubL1"`, `"supportedInMonitoringHub"`, "", "a second time"},
	{"byte order mark", forecastJSON, "{\n  \"name\"", "\ufeff{\n  \"name\"", "", "byte order mark"},
	{"bytes that are no text", forecastJSON, `"name": "Forecast"`, "\"name\": \"Forecast\xff\"", "", "not UTF-8"},
	{"item's name", forecastJSON, `"name": "Forecast"`, `"name": "Weather"`, "name", `want "Forecast"`},
	{"no plural", forecastJSON, `"displayNamePlural"`, `"displayNameMany"`, "displayNamePlural", "no such member"},
	{"editor's path", forecastJSON, `"/items/forecast"`, `"items/forecast"`, "editor.path", "begins with a slash"},
	{"missing asset", forecastJSON, "item-forecast.png", "forecast.png", "icon.name", "which is not there"},
	{"asset outside", forecastJSON, "assets/images/item-forecast.png", "assets/images/../../../secret.png", "activeIcon.name", "under assets/images/"},
	{"asset of the web", forecastJSON, "assets/images/item-forecast.png", "https://contoso.com/a.png", "icon.name", "under assets/images/"},
	{"icon that is a banner", forecastJSON, "item-forecast.png", "banner.png", "icon.name", "square PNG of 16 to 512"},
	{"no flag", forecastJSON, `"supportedInMonitoringHub": true`, `"supportedInMonitoringHub": "true"`, "supportedInMonitoringHub", "without quotes"},
	{"no action of a job", forecastJSON, `"retry"`, `"again"`, "itemJobActionConfig.registeredActions.retry.action", "no such member"},
	{"schedule of no job", forecastJSON, `"Org.ContosoForecast.Forecast.Train"`, `"Train"`, "itemSettings.schedule.itemJobType", "one of the item's jobs"},
	{"refresh type", forecastJSON, `"refreshType": "Run"`, `"refreshType": "Go"`, "itemSettings.schedule.refreshType", "None, Refresh, Run"},
	{"no recent runs", forecastJSON, `"recentRun"`, `"recentRuns"`, "itemSettings.recentRun", "no such member"},
	{"menu entry's action", forecastJSON, `"handler"`, `"handlers"`, "contextMenuItems[0].handler.action", "no such member"},
	{"life of the tab", forecastJSON, `"onInit"`, `"init"`, "editorTab.onInit", "no such member"},

	{"missing translation", spanish, `"Item_Forecast_Train_Tooltip"`, `"Item_Forecast_Train_Tip"`, "Item_Forecast_Train_Tooltip", "manifest/Forecast.json: contextMenuItems[0].tooltip"},
	{"empty translation", spanish, `"Forecast"`, `""`, "Item_Forecast_DisplayName", "not empty"},
	{"translation that is none", english, `"Workload_Slogan": "`, `"Workload_Slogan": 7, "x": "`, "Workload_Slogan", "found 7"},
	{"text that is no key", english, `"Workload_Description"`, `"Forecasts"`, "Workload_Description", "the text that manifest/Product.json: description names"},

	{"no favicon", productFile, `"favicon"`, `"favIcon"`, "favicon", "no such member"},
	{"recommended item", productFile, "[\n      \"Forecast\"", "[\n      \"Forecasts\"", "homePage.recommendedItemTypes[0]", `did you mean "Forecast"`},
	{"card of no item", productFile, `"itemType": "Forecast"`, `"itemType": "Weather"`, "createExperience.cards[0].itemType", "an item that has manifests"},
	{"card's place", productFile, `"create-hub"`, `"hub"`, "createExperience.cards[0].availableIn[1]", "create-hub"},
	{"card's action", productFile, `"onClick"`, `"onclick"`, "createExperience.cards[0].onClick.action", "no such member"},
	{"no publisher", productFile, `"publisher": "Contoso"`, `"publisher": ""`, "productDetail.publisher", "not empty"},
	{"no cards", productFile, `"cards": [`, `"cards": {}, "old": [`, "createExperience.cards", "want an array"},
	{"no object", productFile, "{\n  \"name\"", "[{\n  \"name\"", "", "JSON that cannot be read"},
}

func TestEachDefectIsRefusedByName(t *testing.T) {
	for _, d := range defects {
		t.Run(d.name, func(t *testing.T) {
			fsys := demo(t)
			edit(t, fsys, d.file, d.old, d.new)
			expect(t, fsys, "dev", d.file, d.path, d.words)
		})
	}
}

func TestProductionHasRulesOfItsOwn(t *testing.T) {
	for _, d := range []struct{ name, old, new, path, words string }{
		{"audience without the name", "forecast/Org.ContosoForecast", "forecast", "AADApp/ResourceId", "does not hold the workload's name"},
		{"audience without TLS", "https://contoso.com/forecast/", "http://contoso.com/forecast/", "AADApp/ResourceId", "another machine"},
		{"redirect elsewhere", "forecast.contoso.com/close", "forecast.contoso.com/auth", "AADApp/RedirectUri", "https://forecast.contoso.com/close"},
	} {
		t.Run(d.name, func(t *testing.T) {
			fsys := demo(t)
			edit(t, fsys, productionXML, d.old, d.new)
			expect(t, fsys, "prod", productionXML, d.path, d.words)
			packed(t, fsys, "dev") // has another manifest
		})
	}
}

func TestMissingAndStrayFiles(t *testing.T) {
	tests := []struct {
		name, file string
		data       []byte // nil removes the file
		words      string
	}{
		{"no manifest", workloadXML, nil, "the environment dev"},
		{"no JSON", forecastJSON, nil, "beside manifest/Forecast.xml"},
		{"no XML", forecastXML, nil, "without Forecast.xml"},
		{"no product", productFile, nil, "no such file"},
		{"no English", english, nil, "in English"},
		{"no picture", forecastIcon, nil, "which is not there"},
		{"note", "manifest/notes.txt", []byte("x"), "a file that no package has"},
		{"another folder", "manifest/old/A.xml", []byte("x"), "a folder that no package has"},
		{"locale's file", "manifest/assets/locales/es/more.json", []byte("{}"), "a file that no package has"},
		{"locale's name", "manifest/assets/locales/english/translations.json", []byte("{}"), "a language tag"},
		{"picture among the assets", "manifest/assets/a.png", []byte("x"), "a file that no package has"},
		{"picture of another kind", "manifest/assets/images/a.svg", []byte("<svg/>"), "pictures in .png"},
		{"picture that nobody shows", "manifest/assets/images/a.png", drawn(t, "png", 32, 32), "no manifest names"},
		{"environment that is none", "manifest/WorkloadManifest.test.xml", []byte("<a/>"), "dev, prod"},
		{"item without XML", "manifest/Weather.json", []byte("{}"), "without Weather.xml"},
		{"name in two cases", "manifest/forecast.xml", []byte("<a/>"), "by case alone"},
		{"name that is none", "manifest/assets/images/a b.png", drawn(t, "png", 32, 32), "ASCII letters"},
		{"broken icon", forecastIcon, drawn(t, "png", 64, 64)[:60], "picture"},
		{"icon that is a JPEG", forecastIcon, drawn(t, "jpeg", 64, 64), "one in PNG"},
		{"icon that is text", forecastIcon, []byte("icon"), "no picture"},
		{"small icon", forecastIcon, drawn(t, "png", 8, 8), "8 by 8 pixels"},
		{"large icon", forecastIcon, drawn(t, "png", 513, 513), "513 by 513 pixels"},
		{"oblong icon", forecastIcon, drawn(t, "png", 64, 32), "64 by 32 pixels"},
		{"huge banner", "manifest/assets/images/banner.png", drawn(t, "png", 5000, 10), "at most 4096"},
		{"large picture", forecastIcon, make([]byte, maxPicture+1), "at most 1500 KB"},
		{"large product", productFile, []byte(strings.Repeat(" ", maxProduct+1)), "at most 50 KB"},
		{"deep JSON", forecastJSON, []byte(strings.Repeat("[", 100) + strings.Repeat("]", 100)), "more than 20 deep"},
		{"deep XML", forecastXML, []byte(strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)), "more than 20 deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := demo(t)
			delete(fsys, tt.file)
			if tt.data != nil {
				fsys[tt.file] = &fstest.MapFile{Data: tt.data}
			}
			problems := refused(t, fsys, "dev")
			if !strings.Contains(problems.Error(), tt.words) {
				t.Errorf("nothing says %q:\n%v", tt.words, problems)
			}
		})
	}
}

func TestALinkIsNoFile(t *testing.T) {
	fsys := demo(t)
	fsys[forecastIcon] = &fstest.MapFile{Data: []byte("banner.png"), Mode: fs.ModeSymlink}
	if problems := refused(t, fsys, "dev"); !strings.Contains(problems.Error(), "not a link to it") {
		t.Errorf("got %v", problems)
	}
}

func TestAllProblemsAreToldAtOnceInTheirOrder(t *testing.T) {
	fsys := demo(t)
	edit(t, fsys, workloadXML, "1.0.0<", "1<")
	edit(t, fsys, workloadXML, "Public", "Private")
	edit(t, fsys, forecastXML, `"Data"`, `"Table"`)
	edit(t, fsys, spanish, "Item_Forecast_DisplayName", "Item_Forecast_Name")
	problems := refused(t, fsys, "dev")
	var got []string
	for _, p := range problems {
		got = append(got, p.File+" "+p.Path)
		if p.Found == "" || p.Want == "" || p.Hint == "" && strings.HasSuffix(p.File, ".xml") {
			t.Errorf("does not say what was found, what is right and what to do: %v", p)
		}
	}
	want := `manifest/Forecast.xml Item/@Category
manifest/WorkloadManifest.xml Workload/Version
manifest/WorkloadManifest.xml CloudServiceConfiguration/Cloud
manifest/assets/locales/es/translations.json Item_Forecast_DisplayName
manifest/assets/locales/es/translations.json Item_Forecast_DisplayNamePlural`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if p := problems[1]; p.Line != 5 || p.Column != 5 {
		t.Errorf("the version is at %d:%d", p.Line, p.Column)
	}
}

func TestWhereAProblemOfJSONStands(t *testing.T) {
	fsys := demo(t)
	fsys[forecastJSON] = &fstest.MapFile{Data: []byte("{\n  \"name\": \"é\", \"editor\": {\"path\": \"x\"},\n  \"icon\": 7")}
	p := refused(t, fsys, "dev")[0]
	if p.Line != 3 || p.Column != 11 {
		t.Errorf("the end of the text is at %d:%d", p.Line, p.Column)
	}
	fsys[forecastJSON].Data = append(fsys[forecastJSON].Data, '}')
	for _, p := range refused(t, fsys, "dev") {
		if p.Path == "editor.path" && (p.Line != 2 || p.Column != 35) {
			t.Errorf("the path is at %d:%d", p.Line, p.Column)
		}
	}
}

func TestNoManifestsAtAll(t *testing.T) {
	problems := refused(t, fstest.MapFS{}, "dev")
	if len(problems) != 1 || problems[0].File != "manifest" || !strings.Contains(problems[0].Hint, "fabgen generate") {
		t.Errorf("got %v", problems)
	}
}

// What is too much to be read is told alone: of what was not read, nothing can be said.
func TestThereIsAnEndToWhatIsRead(t *testing.T) {
	many, large := demo(t), demo(t)
	for i := range maxFiles {
		many[fmt.Sprintf("manifest/notes%d.txt", i)] = &fstest.MapFile{}
	}
	picture := &fstest.MapFile{Data: make([]byte, maxPicture)}
	for i := range maxTotal/maxPicture + 1 {
		large[fmt.Sprintf("manifest/assets/images/a%d.png", i)] = picture
	}
	for words, fsys := range map[string]fstest.MapFS{"more than 1000 files": many, "more than 64 MB": large} {
		problems := refused(t, fsys, "dev")
		if !strings.Contains(problems[0].Error(), words) || strings.Contains(problems.Error(), "no such file") {
			t.Errorf("want %q alone, got %v", words, problems[0])
		}
	}
}

// refused gives the problems of what must not be packed.
func refused(t *testing.T, fsys fstest.MapFS, environment string) config.Problems {
	t.Helper()
	_, err := New(Request{fsys, environment, environments})
	var invalid *InvalidError
	if !errors.As(err, &invalid) || len(invalid.Problems) == 0 {
		t.Fatalf("it is packed, or fails in another way: %v", err)
	}
	return invalid.Problems
}

// expect wants a problem of a file and path that says some words.
func expect(t *testing.T, fsys fstest.MapFS, environment, file, path, words string) {
	t.Helper()
	problems := refused(t, fsys, environment)
	for _, p := range problems {
		if p.File == file && p.Path == path && strings.Contains(p.Error(), words) {
			if p.Line == 0 || p.Column == 0 {
				t.Errorf("no line and column: %v", p)
			}
			return
		}
	}
	t.Errorf("no problem of %s %s says %q:\n%v", file, path, words, problems)
}
