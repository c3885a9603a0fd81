package flowtest_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench/benchtest"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/flowtest"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/yamlfile"
	"github.com/fabgen/fabgen/generator/config"
)

// documented is the file that docs/flows.md shows.
func documented(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(root + "/docs/flows.md")
	if err != nil {
		t.Fatal(err)
	}
	_, file, found := strings.Cut(string(text), "```yaml\n")
	file, _, ends := strings.Cut(file, "```")
	if !found || !ends {
		t.Fatal("it shows no file")
	}
	return file
}

func TestParseInputs(t *testing.T) {
	m := workload(t, config.Demo())
	in, err := flowtest.ParseInputs("flows.yaml", []byte(documented(t)), m)
	if err != nil {
		t.Fatal(err)
	}
	forecast := in.Items["Forecast"]
	for got, want := range map[string]string{
		string(forecast.Create.Payload): `{"notes":"Sales of tea"}`, forecast.Update.Name: "Renamed",
		string(forecast.Jobs["Train"].Payload): `{"epochs":3}`, in.Routes["getPrices"].Params["product"]: "tea",
		string(in.Routes["saveForecast"].Body): `{"sales":[1,2,3]}`, in.Resolve["TenantRegion"]: "West Europe",
	} {
		if got != want {
			t.Errorf("found %s, want %s", got, want)
		}
	}
	for _, text := range []string{"items:\n", "routes: {getPrices: {params: {product: 7}}}\n", "items: {Forecast: null}\n"} {
		if _, err := flowtest.ParseInputs("flows.yaml", []byte(text), m); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// What is wrong with inputs is told with its place, all of it at once.
func TestInputProblems(t *testing.T) {
	m := workload(t, config.Demo())
	for name, c := range map[string]struct{ text, want string }{
		"empty":              {"", "f.yaml:1:1: found no input of flows"},
		"no mapping":         {"- items\n", "f.yaml:1:"},
		"an unknown key":     {"item: {}\n", `f.yaml:1:1: unknown field "item"; did you mean items?`},
		"one deep inside":    {"items:\n  Forecast:\n    creat: {}\n", `f.yaml:3:5: unknown field "creat"; did you mean create?`},
		"an unknown item":    {"items:\n  Forcast: {}\n", `f.yaml:2:3: found no item "Forcast"; there is Forecast; did you mean Forecast?`},
		"an unknown job":     {"items:\n  Forecast:\n    jobs: {Trian: {}}\n", `f.yaml:3:12: found no job of Forecast "Trian"; there is Train, Score; did you mean Train?`},
		"an unknown route":   {"routes:\n  getPrice: {}\n", `f.yaml:2:3: found no route "getPrice"`},
		"an unknown param":   {"routes:\n  getPrices: {params: {prodct: tea}}\n", `f.yaml:2:24: found no parameter of getPrices "prodct"; there is product; did you mean product?`},
		"no param at all":    {"routes:\n  getModels: {params: {name: a}}\n", `found no parameter of getModels "name"; there is none`},
		"no value":           {"routes:\n  getPrices: {params: {product: ''}}\n", "f.yaml:2:24: product has no value"},
		"the item's":         {"routes:\n  getForecast: {params: {itemId: a}}\n", "f.yaml:2:26: found itemId; leave it out: the test calls getForecast about an item that it has made"},
		"the body of a GET":  {"routes:\n  getModels: {body: {}}\n", "f.yaml:2:15: found a body; getModels is a GET, which has none"},
		"an unknown promise": {"resolve: {EndpointNam: a}\n", "f.yaml:1:11: found no property \"EndpointNam\"; there is EndpointName, TenantRegion, WorkspaceRegion, TenantId"},
		"no JSON":            {"items: {Forecast: {create: {payload: .inf}}}\n", "f.yaml:1:38: found what JSON cannot say"},
		"an alias":           {"items: {Forecast: {create: &a {}, update: *a}}\n", "found an anchor"},
		"too much":           {"# " + strings.Repeat("x", yamlfile.Max), "more than 262144 bytes"},
		"two":                {"items: {A: {}}\nroutes: {b: {}}\n", "f.yaml:2:10: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := flowtest.ParseInputs("f.yaml", []byte(c.text), m)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it says %v\nwant %s", err, c.want)
			}
		})
	}
}

// Nothing that is read makes it panic.
func FuzzParseInputs(f *testing.F) {
	for _, seed := range []string{documented(f), "", "items:", "items: [null]", "items: {Forecast: null}", "- a", "resolve: {1: 2}",
		"routes: {getPrices: {params: {product: {a: b}}}}", "items: {Forecast: {create: {payload: !!binary x}}}"} {
		f.Add(seed)
	}
	m := workload(f, config.Demo())
	f.Fuzz(func(t *testing.T, text string) {
		in, err := flowtest.ParseInputs("flows.yaml", []byte(text), m)
		if (err == nil) == (in == nil) {
			t.Errorf("%+v %v", in, err)
		}
	})
}

// picky are handlers that refuse what a flow gives where nothing is said of it.
var picky = []benchtest.Edit{
	{File: "internal/items/forecast.go", Old: "func (h *ForecastItem) Create(_ context.Context, item *workload.Item, payload json.RawMessage) error {\n", New: `$0
	var given ForecastDefinition
	if json.Unmarshal(payload, &given) != nil || given.Notes == "" {
		return apierror.New(http.StatusBadRequest, apierror.InvalidItemPayload, "notes are missing")
	}
`},
	{File: "internal/items/forecast.go", Old: "func (h *ForecastItem) Update(ctx context.Context, item *workload.Item, payload json.RawMessage) error {\n", New: `$0
	if item.DisplayName != "Renamed" || payload == nil {
		return apierror.New(http.StatusBadRequest, apierror.InvalidRequest, "another name is wanted")
	}
`},
	{File: "internal/items/forecast.go", Old: "func (h *ForecastItem) RunTrain(ctx context.Context, job *workload.Job) error {\n", New: `$0
	if string(job.Arguments) != "{\"epochs\":3}" {
		return apierror.New(http.StatusBadRequest, apierror.InvalidItemPayload, "epochs are missing")
	}
`},
	{File: "internal/items/forecast.go", Old: "\t\"log/slog\"\n", New: "$0\t\"net/http\"\n\n\t\"github.com/fabgen/fabgen/runtime/apierror\"\n"},
	{File: "internal/routes/saveforecast.go", Old: "\tif err := h.clients", New: `	if string(data) != "{\"sales\":[1,2,3]}" {
		return apierror.New(http.StatusBadRequest, apierror.InvalidRequest, "sales are missing")
	}
$0`},
	{File: "internal/routes/saveforecast.go", Old: "\t\"net/http\"\n", New: "$0\n\t\"github.com/fabgen/fabgen/runtime/apierror\"\n"},
	{File: "internal/routes/getprices.go", Old: "\tvar reply any\n", New: `$0
	if r.PathValue("product") != "tea" {
		return apierror.New(http.StatusNotFound, apierror.NotFound, "there is no such product")
	}
`},
	{File: "internal/routes/getprices.go", Old: "\t\"net/http\"\n", New: "$0\n\t\"github.com/fabgen/fabgen/runtime/apierror\"\n"},
}

// Handlers that want more than the least that a call can have fail their flows, which says where to give it; with it
// they pass.
func TestInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a server")
	}
	edits := make([]benchtest.Edit, len(picky))
	for i, e := range picky {
		edits[i] = benchtest.Edit{File: e.File, Old: e.Old, New: strings.ReplaceAll(e.New, "$0", e.Old)}
	}
	b := start(t, "demo", edits...)
	match := regexp.MustCompile(`/(plain|consent missing|no subject token)$`)
	t.Run("without", func(t *testing.T) { refusesNothing(t, b, match) })
	t.Run("with", func(t *testing.T) {
		in, err := flowtest.ParseInputs("flows.yaml", []byte(documented(t)), b.Model)
		if err != nil {
			t.Fatal(err)
		}
		report, err := flowtest.Run(t.Context(), b, flowtest.Options{Match: match, Inputs: in})
		if err != nil {
			t.Fatal(err)
		}
		allWell(t, report)
	})
}

func refusesNothing(t *testing.T, b *flowtest.Bench, match *regexp.Regexp) {
	report, err := flowtest.Run(t.Context(), b, flowtest.Options{Match: match})
	if err != nil {
		t.Fatal(err)
	}
	const can = "flows.yaml can give what it wants, under "
	want := map[string]string{
		"getForecast/plain":               "(status 400 InvalidItemPayload): notes are missing; " + can + "items.Forecast.create",
		"Forecast create/plain":           "the handler's own answer: 400 InvalidItemPayload; " + can + "items.Forecast.create",
		"Forecast create/consent missing": "the fault was not reached: the handler's own answer: 400 InvalidItemPayload; " + can + "items.Forecast.create",
		"Forecast delete/plain":           can + "items.Forecast.create",
		"getPrices/plain":                 "the handler's own answer: 404 NotFound; " + can + "routes.getPrices",
		"getModels/plain":                 "",
	}
	for _, c := range report.Cells {
		if text, ok := want[c.Flow+"/"+c.Case]; ok && (!strings.Contains(c.Reason, text) || text == "" && c.Reason != "") {
			t.Errorf("%s/%s is %s: %s\nwant %s", c.Flow, c.Case, c.Verdict, c.Reason, text)
		}
		delete(want, c.Flow+"/"+c.Case)
	}
	if len(want) > 0 {
		t.Errorf("not run: %v", want)
	}
	// With items alone the rest is refused.
	in := &flowtest.Inputs{Items: map[string]flowtest.ItemInput{"Forecast": {Create: flowtest.ItemChange{Payload: yamlfile.JSON(`{"notes":"a"}`)}}}}
	report, err = flowtest.Run(t.Context(), b, flowtest.Options{Match: regexp.MustCompile(`^(saveForecast|Forecast update|Forecast.Train run)/plain$`), Inputs: in})
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"400 InvalidRequest; " + can + "routes.saveForecast", "400 InvalidRequest; " + can + "items.Forecast.update",
		"Failed (InvalidItemPayload); " + can + "items.Forecast.jobs.Train"} {
		if c := report.Cells[i]; !strings.Contains(c.Reason, text) {
			t.Errorf("%s/%s is %s: %s\nwant %s", c.Flow, c.Case, c.Verdict, c.Reason, text)
		}
	}
}
