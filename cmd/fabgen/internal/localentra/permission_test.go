package localentra_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/generator/config"
)

var asked = regexp.MustCompile(`<li><strong>([^<]+)</strong> ([^<]+) <small>([^<]+) · <code>([^<]+)</code></small></li>`)

// permissions are those that a page asks for: title, words, resource and scope of each.
func (s *seen) permissions() [][]string {
	var out [][]string
	for _, found := range asked.FindAllStringSubmatch(s.html, -1) {
		for i := range found {
			found[i] = html.UnescapeString(found[i])
		}
		out = append(out, found[1:])
	}
	return out
}

// Each permission that is asked for says what it is, also where several are of one resource.
func TestPermissionsHaveTitles(t *testing.T) {
	const fabric, prices, vault = "https://analysis.windows.net/powerbi/api", "api://pricing.contoso.com", "https://vault.azure.net"
	w := start(t, func(o *localentra.Options) {
		o.Resources = []localentra.Resource{{URI: prices, Title: "Pricing", Scopes: map[string]string{
			"Prices.Read": "", "User.Read": "", "access_as_user": "", "Prices.ReadWrite.Own": ""}}}
	})
	for scope, want := range map[string]string{
		"openid":                                "Sign you in",
		"offline_access":                        "Keep the access that you give",
		storageScope:                            "Use OneLake in your name",
		graph + "/User.Read":                    "Read your profile",
		graph + "/Files.ReadWrite":              "Read and change files",
		fabric + "/Workspace.Read.All":          "Read all workspaces",
		fabric + "/Item.ReadWrite.All":          "Read and change all items",
		fabric + "/Item.Execute.All":            "Run all items",
		fabric + "/Item.Reshare.All":            "Share all items with others",
		fabric + "/KQLDatabase.ReadWrite.All":   "Read and change all KQL databases",
		fabric + "/Capacity.Read.All":           "Read all capacities",
		fabric + "/MirroredDatabase.Read.All":   "Read all mirrored databases",
		fabric + "/OneLake.Read.All":            "Read all of OneLake",
		fabric + "/Fabric.Extend":               "Work inside Fabric",
		fabric + "/Something.Else.All":          "Something.Else.All",
		fabric + "/.Read.All":                   ".Read.All",
		fabric + "/Read.All":                    "Read.All",
		prices + "/Prices.Read":                 "Read prices",
		prices + "/User.Read":                   "Read users",
		prices + "/Prices.ReadWrite.Own":        "Prices.ReadWrite.Own",
		prices + "/access_as_user":              "access_as_user",
		audience + "/Forecast.ReadWrite.All":    "Read and change forecasts",
		vault + "/v<b>x":                        "v<b>x",
		vault + "/Key.Reshare":                  "Share keys with others",
		"https://database.windows.net/Db.Write": "Change dbs",
	} {
		got := newBrowser(t, w).answerSignIn(hanna, request("scope", scope)).permissions()
		if len(got) != 1 || got[0][0] != want || !strings.HasSuffix(got[0][1], ".") {
			t.Errorf("%s: %q, want %q", scope, got, want)
		}
	}
}

// No two permissions of what fabgen knows have the same title, and none is named as in a request.
func TestKnownPermissionsDiffer(t *testing.T) {
	w := start(t)
	for _, name := range config.KnownResources() {
		known, _ := config.Known(name)
		var scopes, titles []string
		for scope := range known.Permissions {
			scopes = append(scopes, known.URI+"/"+scope)
		}
		for _, p := range newBrowser(t, w).answerSignIn(hanna, request("scope", strings.Join(scopes, " "))).permissions() {
			if slices.Contains(titles, p[0]) || p[0] == p[3] || p[2] != known.Title {
				t.Errorf("%s: %q", name, p)
			}
			titles = append(titles, p[0])
		}
		if len(titles) != len(scopes) {
			t.Errorf("%s: %d of %d are asked for", name, len(titles), len(scopes))
		}
	}
}

// answerSignIn gives the page after that on which the person signs in.
func (b *browser) answerSignIn(person string, values map[string][]string) *seen {
	b.t.Helper()
	return b.answer(b.authorize("common", values), "signIn "+person)
}
