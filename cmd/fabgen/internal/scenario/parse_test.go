package scenario_test

import (
	"os"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/scenario"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/yamlfile"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
)

func demo(t testing.TB) *model.Model {
	t.Helper()
	doc, err := config.Parse("fabgen.yaml", config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(doc)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What is wrong with a story is told with its place, all of it at once.
func TestProblems(t *testing.T) {
	for name, c := range map[string]struct{ story, want string }{
		"empty":                        {"", "s.yaml:1:1: found no story"},
		"no steps":                     {"name: A\nsteps: []\n", "found 0 steps; want 1 to 1000 under steps"},
		"no YAML":                      {"steps: [\n", "s.yaml:1:8: "},
		"an unknown key":               {"steps:\n  - as: hanna\n    cal: {route: getModels}\n", `s.yaml:3:5: unknown field "cal"; did you mean call?`},
		"one deep inside":              {"steps:\n  - as: hanna\n    call: {rout: getModels}\n", `s.yaml:3:12: unknown field "rout"; did you mean route?`},
		"another type":                 {"steps:\n  - as: hanna\n    call: {route: [a]}\n", "s.yaml:3:"},
		"no number":                    {"steps:\n  - as: hanna\n    create: {item: Forecast, name: A, payload: .nan}\n", "s.yaml:3:48: found what JSON cannot say"},
		"an anchor":                    {"steps:\n  - &a {as: hanna}\n", "s.yaml:2:5: found an anchor"},
		"a key twice":                  {"steps:\n  - as: hanna\n    as: mina\n", "s.yaml:3:5: "},
		"two actions":                  {"steps:\n  - as: hanna\n    pause: 1s\n    rotateKeys: true\n", "found rotateKeys and pause in one step"},
		"nothing":                      {"steps:\n  - within: 1s\n", "s.yaml:2:5: found a step that does nothing"},
		"nobody":                       {"steps:\n  - call: {route: getModels}\n", "s.yaml:2:5: nobody acts yet; begin with as: and one of hanna, farid, mina, dario"},
		"a stranger":                   {"steps:\n  - as: hana\n", `s.yaml:2:5: found no user "hana"; there is hanna, farid, mina, dario; did you mean hanna?`},
		"an unknown route":             {"steps:\n  - as: hanna\n    call: {route: getModel}\n", `s.yaml:3:5: found no route "getModel"`},
		"a parameter":                  {"steps:\n  - as: hanna\n    call: {route: getPrices}\n", "getPrices needs the parameter product"},
		"an unknown item":              {"steps:\n  - as: hanna\n    create: {item: Forcast, name: A}\n", "did you mean Forecast?"},
		"no name":                      {"steps:\n  - as: hanna\n    create: {item: Forecast}\n", "found no name"},
		"an item not made":             {"steps:\n  - as: hanna\n    read: {of: first}\n", `of is "first", which no step before has made`},
		"an unknown job":               {"steps:\n  - as: hanna\n    create: {item: Forecast, name: A, as: a}\n  - run: {job: Trainn, of: a}\n", "did you mean Train?"},
		"a run not started":            {"steps:\n  - as: hanna\n    wait: {job: Train}\n", "which no step before has started"},
		"an unknown end":               {"steps:\n  - as: hanna\n    create: {item: Forecast, name: A, as: a}\n  - run: {job: Train, of: a}\n  - wait: {job: Train, for: Done}\n", `found no end of a job "Done"`},
		"an unknown job of a schedule": {"steps:\n  - as: hanna\n    create: {item: Forecast, name: A, as: a}\n  - schedule: {job: Trian, of: a}\n", "s.yaml:4:5: found no job \"Trian\"; there is Train, Score; did you mean Train?"},
		"a schedule of nothing":        {"steps:\n  - as: hanna\n    schedule: {job: Train, of: a}\n", `of is "a", which no step before has made`},
		"a schedule not made":          {"steps:\n  - as: hanna\n    due: {schedule: nightly}\n", `s.yaml:3:5: schedule is "nightly", which is not there; make it with schedule`},
		"a schedule that is dropped":   {"steps:\n  - as: hanna\n    create: {item: Forecast, name: A, as: a}\n  - schedule: {job: Train, of: a}\n  - unschedule: {schedule: Train}\n  - due: {schedule: Train}\n", `s.yaml:6:5: schedule is "Train", which is not there`},
		"a schedule twice":             {"steps:\n  - as: hanna\n    create: {item: Forecast, name: A, as: a}\n  - schedule: {job: Train, of: a}\n  - schedule: {job: Train, of: a}\n", `s.yaml:5:5: there is a schedule "Train"; drop it first`},
		"a run that is not due":        {"steps:\n  - as: hanna\n    create: {item: Forecast, name: A, as: a}\n  - schedule: {job: Train, of: a, as: nightly}\n  - wait: {job: nightly}\n", `s.yaml:5:5: job is "nightly", which no step before has started`},
		"a role of nobody":             {"steps:\n  - role: {of: mona, role: Viewer}\n", `s.yaml:2:5: found no user "mona"; there is hanna, farid, mina, dario; did you mean mina?`},
		"an unknown role":              {"steps:\n  - role: {of: mina, role: Veiwer}\n", `found no role "Veiwer"; there is Admin, Member, Contributor, Viewer, none; did you mean Viewer?`},
		"expecting a role":             {"steps:\n  - role: {of: mina, role: Viewer}\n    expect: {outcome: ok}\n", "s.yaml:3:5: found expect where nobody does anything"},
		"an unknown fault":             {"steps:\n  - fault: {entra: consnt}\n", "did you mean consent?"},
		"two faults":                   {"steps:\n  - fault: {entra: consent, fabric: throttled}\n", "want one of entra, fabric and onelake"},
		"no fault":                     {"steps:\n  - fault: {times: 2}\n", "want one of entra, fabric and onelake"},
		"OneLake's fault":              {"steps:\n  - fault: {onelake: throtled}\n", "did you mean throttled?"},
		"too often":                    {"steps:\n  - fault: {entra: consent, times: -1}\n", "times is -1"},
		"an unknown service":           {"steps:\n  - requireProof: {of: mina, for: onelak}\n", "did you mean onelake?"},
		"expecting nobody":             {"steps:\n  - as: hanna\n    rotateKeys: true\n    expect: {outcome: ok}\n", "s.yaml:4:5: found expect where nobody does anything"},
		"a time of its own":            {"steps:\n  - pause: soon\n", "s.yaml:2:"},
		"too much":                     {"# " + strings.Repeat("x", yamlfile.Max), "more than 262144 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := scenario.Parse("s.yaml", []byte(c.story), demo(t), localentra.DefaultSeed())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it says %v\nwant %s", err, c.want)
			}
		})
	}
	two := "steps:\n  - as: nobody\n  - call: {route: none}\n"
	if _, err := scenario.Parse("s.yaml", []byte(two), demo(t), localentra.DefaultSeed()); err == nil || strings.Count(err.Error(), "s.yaml:") < 2 {
		t.Errorf("it tells %v", err)
	}
}

// Nothing that is read makes it panic, and what it takes has steps.
func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("testdata/demo.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(data), "", "steps:", "steps: [null]", "steps: [{as: 1}]", "- a", "steps: {a: b}", "a: &a [*a]", "steps: [{resolve: {a: b}}]"} {
		f.Add(seed)
	}
	m := demo(f)
	f.Fuzz(func(t *testing.T, text string) {
		story, err := scenario.Parse("s.yaml", []byte(text), m, localentra.DefaultSeed())
		if (err == nil) == (story == nil) || story != nil && len(story.Steps) == 0 {
			t.Errorf("%+v %v", story, err)
		}
	})
}
