package golden

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/config"
)

// isLight holds what the worker weighs, which Fabric loads with every page of its own, and what the pages' own code does.
func isLight(t *testing.T, frontend string) {
	script, err := filepath.Abs("testdata/browser/sizes.mjs")
	if err != nil {
		t.Fatal(err)
	}
	out := strings.TrimSpace(run(t, frontend, "node", script))
	var bytes struct{ Worker, Own int } // of gzip
	if err := json.Unmarshal([]byte(out[strings.LastIndexByte(out, '\n')+1:]), &bytes); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	t.Logf("worker %d bytes, own code %d bytes", bytes.Worker, bytes.Own)
	if bytes.Worker == 0 || bytes.Worker > 120_000 || bytes.Own == 0 || bytes.Own > 40_000 {
		t.Errorf("worker %d bytes, own code %d; want at most 120 000 and 40 000", bytes.Worker, bytes.Own)
	}
}

// A route is a typed method of the client, and without the route its uses do not compile.
func hasTypedRoutes(t *testing.T, modules string) {
	const route = `
  - name: rateSource
    method: POST
    path: /sources/{source}/ratings/{rating}
    scopes: [Forecast.Read.All]
`
	source := string(config.Demo())
	with := strings.Replace(source, "\nroutes:\n", "\nroutes:"+route, 1)
	if with == source {
		t.Fatal("the demo has no routes any more")
	}
	for name, c := range map[string]struct{ yaml, use, wrong string }{
		"there":             {with, `client.rateSource({ source: "a", rating: "b" }, { stars: 5 })`, ""},
		"a parameter less":  {with, `client.rateSource({ source: "a" }, {})`, "rating"},
		"not there (again)": {source, `client.rateSource({ source: "a", rating: "b" }, {})`, "rateSource"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			yaml := filepath.Join(t.TempDir(), "fabgen.yaml")
			if err := os.WriteFile(yaml, []byte(c.yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			frontend := filepath.Join(scenario{yaml: yaml}.generate(t), "frontend")
			use := "import type { Client } from \"./api/client\";\nexport const use = (client: Client) => " + c.use + ";\n"
			if err := os.WriteFile(filepath.Join(frontend, "src", "use.ts"), []byte(use), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(modules, filepath.Join(frontend, "node_modules")); err != nil {
				t.Fatal(err)
			}
			tsc := exec.Command("npx", "tsc", "--noEmit")
			tsc.Dir = frontend
			out, err := tsc.CombinedOutput()
			switch {
			case c.wrong == "" && err != nil:
				t.Errorf("%s", out)
			case c.wrong != "" && (err == nil || !strings.Contains(string(out), "src/use.ts") || !strings.Contains(string(out), c.wrong)):
				t.Errorf("%v, want an error about %s in use.ts:\n%s", err, c.wrong, out)
			}
		})
	}
}
