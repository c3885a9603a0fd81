package config

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestMarshalRoundTrips(t *testing.T) {
	sources := map[string]string{"minimal": minimal, "demo": string(Demo()), "everything": everything}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) { roundTrip(t, parse(t, source).Config) })
	}
}

func roundTrip(t testing.TB, c *Config) string {
	t.Helper()
	before := c.clone()
	data, err := Marshal(c)
	if err != nil {
		t.Fatalf("Marshal: %v\n%s", err, source(c.stripped()))
	}
	if !reflect.DeepEqual(c, before) {
		t.Error("Marshal changes its argument")
	}
	if got := parse(t, string(data)).Config; !reflect.DeepEqual(got, c) {
		t.Errorf("got  %+v\nwant %+v\n%s", got, c, data)
	}
	return string(data)
}

// everything says each thing that has a default, in another way than the default.
const everything = `apiVersion: fabgen/v1
workload: {name: Org.Everything, displayName: Every thing, description: "All, of it: #1", version: 2.0.0-rc.1,
  publisher: '"Contoso"', module: example.com/everything/v2}
entra: {tenantId: 853d9f4f-c71b-4420-b6ec-60e503458946, clientId: 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11,
  audience: api://localdevinstance/853d9f4f-c71b-4420-b6ec-60e503458946/Org.Everything/a-1,
  redirectUri: "http://127.0.0.1:6000/auth/close", tokenVersion: 2, credential: federated}
endpoints: {backend: "https://api.example.com:8443/w", frontend: "https://[::1]:60006"}
scopes: [{name: "1"}, {name: "true", description: "null"}, {name: A.B-C_d, description: "é 😀 \u200f x"}]
resources:
- {name: kusto, uri: https://help.kusto.windows.net, scopes: [user_impersonation], baseUrl: https://proxy.example.com}
- {name: onelake, scopes: [user_impersonation, Other],
   permissions: {Other: 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11}}
- {name: own, uri: api://own, scopes: [A, B], appId: 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11, as: app,
   permissions: {B: 853d9f4f-c71b-4420-b6ec-60e503458946}}
items:
- {name: A, displayName: An a, displayNamePlural: As, category: Code, jobs: [Run]}
- {name: B, displayName: "True", category: Unknown, oneLakeFolders: true}
routes:
- {name: a, method: DELETE, path: "/{x}/y~z/{workspaceId}", scopes: ["1", "true"], resource: own, item: A,
   permissions: [Read, Write]}
environments:
  prod: {}
  test: {entra: {tenantId: 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11, tokenVersion: 1,
    audience: "https://x.example.com/Org.Everything"},
    endpoints: {frontend: "https://test.example.com"}}
`

// TestMarshalTakesAnyText puts texts of any characters in, and reads them with Parse and with an independent reader.
func TestMarshalTakesAnyText(t *testing.T) {
	texts := []string{`a"b*/</x>${y}'\n` + "`", "- a", "a: b", "a #b", "#", "?", "!x", "&x", "*x", "%x", "@x", "{a}", "[a]",
		"|", ">", "yes", "No", "null", "~", "1", "0x1f", "1e3", ".inf", "2021-01-01", "=", "<<", "a:", ":a", " a ", "a  b", "'", `"`, `\`, "…",
		"預測", "😀", "a\u00a0", "\u200b\u200f\u202e", "\U000e0001", "\ufeff", "e\u0301", "---", "...", "true", "12:30:45", "0o7", "+1"}
	random := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		texts = append(texts, randomText(random))
	}
	for _, text := range texts {
		c := parse(t, string(Demo())).Config
		c.Workload.DisplayName, c.Workload.Publisher, c.Items[0].DisplayName = text, text, text
		c.Scopes[0].Description = text
		data := roundTrip(t, c)
		var other struct{ Workload struct{ Publisher string } }
		if err := yaml.Unmarshal([]byte(data), &other); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if want := text; other.Workload.Publisher != want && c.Workload.Publisher != c.Workload.DisplayName {
			t.Errorf("another reader reads %q as %q", want, other.Workload.Publisher)
		}
	}
}

func randomText(random *rand.Rand) string {
	var b strings.Builder
	for range 1 + random.IntN(12) {
		r := rune(random.IntN(0x250))
		if random.IntN(4) == 0 {
			r = rune(random.IntN(0x20000))
		}
		if !isUnclean(r) && (r < 0xd800 || r > 0xdfff) {
			b.WriteRune(r)
		}
	}
	if strings.TrimSpace(b.String()) == "" {
		return "x"
	}
	return b.String()
}

func TestMarshalBegins(t *testing.T) {
	got := roundTrip(t, parse(t, minimal).Config)
	want := `# yaml-language-server: $schema=.fabgen/schema.json
# The configuration of a Fabric workload. After a change run ` + "`fabgen generate`" + `.

# The version of this file's format.
apiVersion: fabgen/v1

# What the workload is and who publishes it.
workload:
  name: Org.Smallest
  module: example.com/smallest

# The workload's own application in the publisher's tenant.
entra:
  tenantId: 853d9f4f-c71b-4420-b6ec-60e503458946
  clientId: 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMarshalRefusesWhatParseWouldNotGive(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"a broken rule":   func(c *Config) { c.Workload.Name = "x" },
		"a default":       func(c *Config) { c.Workload.Version = "" },
		"an empty list":   func(c *Config) { c.Items[0].Jobs = []string{} },
		"upper case":      func(c *Config) { c.Entra.TenantID = strings.ToUpper(c.Entra.TenantID) },
		"an unknown item": func(c *Config) { c.Routes[0].Item = "Other" },
	} {
		t.Run(name, func(t *testing.T) {
			c := parse(t, string(Demo())).Config
			change(c)
			if data, err := Marshal(c); err == nil {
				t.Errorf("Marshal gives\n%s", data)
			}
		})
	}
}
