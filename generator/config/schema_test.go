package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compiled is the schema as an independent library reads it.
func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatalf("the schema is not JSON: %v", err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("fabgen.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("fabgen.json")
	if err != nil {
		t.Fatalf("the schema is not one: %v", err)
	}
	return s
}

// tree is a document as plain values; false where it has no such form, such as with a key twice.
func tree(source string) (any, bool) {
	var v any
	if err := yaml.Unmarshal([]byte(source), &v); err != nil {
		return nil, false
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, false
	}
	v, err = jsonschema.UnmarshalJSON(bytes.NewReader(data))
	return v, err == nil
}

func TestSchemaIsDeterministic(t *testing.T) {
	first := Schema()
	if !bytes.Equal(first, Schema()) {
		t.Error("two schemas differ")
	}
	if i := bytes.IndexFunc(first, func(r rune) bool { return r > '~' }); i >= 0 {
		t.Errorf("the schema holds %q", first[i:i+4])
	}
}

// TestSchemaAndParserAgree holds the two against each other over everything that the other tests refuse and take: what
// the schema refuses, the parser refuses.
func TestSchemaAndParserAgree(t *testing.T) {
	s := compiled(t)
	refused := 0
	for _, source := range corpus(t, 1000) {
		v, ok := tree(source)
		if !ok {
			continue
		}
		schemaErr := s.Validate(v)
		if _, err := Parse("", []byte(source)); err == nil && schemaErr != nil {
			t.Errorf("the parser takes and the schema refuses:\n%s\n%v", source, schemaErr)
		}
		if schemaErr != nil {
			refused++
		}
	}
	if refused < 50 {
		t.Errorf("the schema refuses %d documents of the corpus", refused)
	}
}

// TestSchemaRefuses lists what an editor should mark without fabgen.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	for _, c := range []change{
		{old: "fabgen/v1", new: "fabgen/v2"},
		{old: "name: Org.ContosoForecast", new: "name: ContosoForecast"},
		{old: "name: Org.ContosoForecast", new: "name: Org.ContosoForecastForTheWholeWorld"},
		{old: "displayName: Contoso Forecast", new: "displaynam: x"},
		{old: "displayName: Contoso Forecast", new: `displayName: "a\nb"`},
		{old: "displayName: Contoso Forecast", new: `displayName: "a\u2028b"`},
		{old: "displayName: Contoso Forecast", new: `displayName: ""`},
		{old: "  module: example.com/contoso/forecast\n", new: ""},
		{old: "tokenVersion: 1", new: "tokenVersion: 3"},
		{old: "credential: secret", new: "credential: password"},
		{old: "    uri: api://pricing.contoso.com\n", new: ""},
		{old: "scopes: [Workspace.Read.All]", new: "scopes: []"},
		{old: "    scopes: [Workspace.Read.All]\n", new: ""},
		{old: "    item: Forecast\n    permissions: [Read]\n", new: "    item: Forecast\n"},
		{old: "    item: Forecast\n    permissions: [Read]\n", new: "    permissions: [Read]\n"},
		{old: "path: /models", new: "path: /models/"},
		{old: "jobs: [Train, Score]", new: "jobs: [Train, Train]"},
		{old: "  prod:\n", new: "  Prod:\n"},
		{old: "  prod:\n", new: "  prod:\n    scopes: []\n"},
		{old: prodAudience, new: "audience: https://contoso.com/Org.ContosoForecast/"},
	} {
		v, ok := tree(with(t, c.old, c.new))
		if !ok {
			t.Fatalf("%q is no document", c.new)
		}
		if s.Validate(v) == nil {
			t.Errorf("the schema takes %q in place of %q", c.new, c.old)
		}
	}
}

// corpus is every change of the demo that other tests make, and some that nobody thought of.
func corpus(t testing.TB, more int) []string {
	docs := []string{minimal, string(Demo()), manyScopes(30)}
	groups := [][]change{workloadChanges, entraChanges, listChanges, resourceChanges, routeChanges, environmentChanges}
	for _, c := range slices.Concat(groups...) {
		docs = append(docs, with(t, c.old, c.new))
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range more {
		docs = append(docs, mutated(random))
	}
	return docs
}

// values are put in place of what the demo says.
var values = []string{"", "~", "1", "2", "1.5", "true", "[]", "{}", "[a]", "{a: b}", "a", `"a b"`, "''", "/a/{b}",
	"https://a.example.com", "api://x", "user", "app", "GET", "Read", "onelake", "Org.A", "1.0.0", testTenant, "[Read]", "[.default]", "[a, A]",
	`"\u2028"`, "é", "https://a.example.com/Org.ContosoForecast", "http://localhost/x", "|\n        x", "'{a}'",
	"0x1", "1e3", "2021-01-01"}

// mutated is the demo with a few values replaced, or lines taken away.
func mutated(random *rand.Rand) string {
	lines := strings.Split(string(Demo()), "\n")
	for range 1 + random.IntN(2) {
		i := random.IntN(len(lines))
		key, _, ok := strings.Cut(lines[i], ": ")
		switch {
		case random.IntN(6) == 0:
			lines = slices.Delete(lines, i, i+1)
		case ok && !strings.Contains(key, "#"):
			lines[i] = fmt.Sprintf("%s: %s", key, values[random.IntN(len(values))])
		}
	}
	return strings.Join(lines, "\n")
}
