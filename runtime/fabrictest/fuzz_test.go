package fabrictest_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// Whatever a path is, what is written stays in OneLake's folder, and is read back from the same path.
func FuzzOneLakePaths(f *testing.F) {
	for _, path := range []string{"w/i/Files/a", "w/i/Tables/t/x.parquet", "w/i/Files/..", "../w/Files/a", "w/../../Files/a", "/etc/Files/a",
		`w/i/Files/a\..\..\b`, "w/i/Files/\x00", "w/i/Files/é\u202e", "w/i/Files//a", ".upload/i/Files/a", "w/i/Files/a/../b", strings.Repeat("a/", 600)} {
		f.Add(path, "/w/i/Files/source")
	}
	f.Add("w/i/Files/a", "/w/i/Files/../../../x")
	entra := entratest.New(f)
	around := f.TempDir()
	s, err := fabrictest.Start(fabrictest.Options{Entra: entra, TenantID: entra.Options.TenantID, ClientID: entra.Options.ClientID,
		OneLakeDir: filepath.Join(around, "lake")})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	b := &bench{Server: s, entra: entra}
	token := "Bearer " + b.user(fabrictest.OneLakeURI)
	f.Fuzz(func(t *testing.T, path, source string) {
		call := func(method, query, source string) int {
			req, err := http.NewRequestWithContext(t.Context(), method, s.OneLakeURL+"/"+(&url.URL{Path: path}).EscapedPath()+query, nil)
			if err != nil {
				return 0
			}
			req.Header.Set("Authorization", token)
			if source != "" {
				req.Header.Set("X-Ms-Rename-Source", url.PathEscape(source))
			}
			answer, err := fabrictest.Send(entra.Client(), req)
			if err != nil {
				return 0
			}
			return answer.Status
		}
		made := call(http.MethodPut, "?resource=file", "")
		if made >= 500 || made == http.StatusCreated && call(http.MethodGet, "", "") != http.StatusOK {
			t.Errorf("%q is made with %d, and not read back", path, made)
		}
		if moved := call(http.MethodPut, "", source); moved >= 500 {
			t.Errorf("%q is renamed to %q with %d", source, path, moved)
		}
		call(http.MethodDelete, "?recursive=true", "")
		if there, err := os.ReadDir(around); err != nil || len(there) != 1 {
			t.Errorf("%q: outside of the folder there are %v, %v", path, there, err)
		}
	})
}
