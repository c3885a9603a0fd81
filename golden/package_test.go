package golden

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/fabgen/fabgen/generator/pack"
)

// What fabgen writes, fabgen packs: the manifests of every environment keep the rules that a package is held to.
func TestManifestsPack(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			doc, _ := s.document(t)
			environments := doc.Config.EnvironmentNames()
			for _, environment := range environments {
				p, err := pack.New(pack.Request{
					Workload: os.DirFS(s.want), Environment: environment, Environments: environments,
				})
				if err != nil {
					t.Errorf("%s:\n%v", environment, err)
					continue
				}
				if want := 3 + 1 + 2*len(doc.Config.Items) + 1 + 3 + len(doc.Config.Items) + 2; len(p.Entries) != want {
					t.Errorf("%s: %d entries, want %d", environment, len(p.Entries), want)
				}
			}
		})
	}
}

// servesPackage checks that the front-end's server finds what fabgen package writes, and hands the portal those bytes.
func servesPackage(t *testing.T, frontend string) {
	fabgen := filepath.Join(t.TempDir(), "fabgen")
	run(t, "..", "go", "build", "-o", fabgen, "./cmd/fabgen")
	run(t, filepath.Dir(frontend), fabgen, "package")
	packages, err := filepath.Glob(filepath.Join(filepath.Dir(frontend), "dist", "dev", "*.nupkg"))
	if err != nil || len(packages) != 1 {
		t.Fatalf("%q, %v", packages, err)
	}
	want, err := os.ReadFile(packages[0])
	if err != nil {
		t.Fatal(err)
	}
	addr := &url.URL{Scheme: "http", Host: freeAddr(t)}
	vite := exec.Command("node", "node_modules/vite/bin/vite.js", "--port", addr.Port())
	vite.Dir = frontend
	vite.Env = append(os.Environ(), "FABGEN_ENV=")
	logs := start(t, vite)
	waitReady(t, addr.String()+"/manifests_new/metadata", logs)
	resp, err := http.Get(addr.String() + "/manifests_new")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !bytes.Equal(got, want) {
		t.Errorf("%s, %d bytes and %v, want the %d bytes of %s", resp.Status, len(got), err, len(want), packages[0])
	}
}
