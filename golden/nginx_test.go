package golden

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/internal/testenv"
)

// servedByNginx takes the configuration that a build of the front-end wrote to a real nginx, and holds what it sends.
func servedByNginx(t *testing.T, frontend string) {
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		testenv.Missing(t, "nginx is not installed")
	}
	dist := filepath.Join(frontend, "dist")
	site, script := startNginx(t, nginx, dist), scriptOf(t, dist)
	for path, want := range map[string]struct {
		status       int
		kind, caches string
	}{
		"/":                         {http.StatusOK, "text/html; charset=utf-8", "no-cache"},
		"/items/forecast/17?tab=1":  {http.StatusOK, "text/html; charset=utf-8", "no-cache"},
		"/close":                    {http.StatusOK, "text/html; charset=utf-8", "no-cache"},
		script:                      {http.StatusOK, "application/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		script + ".map":             {http.StatusNotFound, "", ""},
		"/assets/missing.js":        {http.StatusNotFound, "", ""},
		"/staticwebapp.config.json": {http.StatusNotFound, "", ""},
	} {
		resp := getPage(t, site+path)
		if resp.StatusCode != want.status || resp.Header.Get("Cache-Control") != want.caches {
			t.Errorf("%s: %d, Cache-Control %q; want %+v", path, resp.StatusCode, resp.Header.Get("Cache-Control"), want)
		}
		if want.kind != "" && resp.Header.Get("Content-Type") != want.kind {
			t.Errorf("%s: Content-Type %q, want %q", path, resp.Header.Get("Content-Type"), want.kind)
		}
		policy := resp.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "frame-ancestors https://app.fabric.microsoft.com ") || !strings.Contains(policy, "script-src 'self' 'sha256-") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" || resp.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: the headers are %v", path, resp.Header)
		}
	}
}

// startNginx serves a build as nginx's own image would, and gives its address.
func startNginx(t *testing.T, nginx, dist string) string {
	t.Helper()
	written, err := os.ReadFile(filepath.Join(dist, "nginx.conf"))
	if err != nil {
		t.Fatal(err)
	}
	addr, work := freeAddr(t), t.TempDir()
	server := strings.NewReplacer("listen 8080;", "listen "+addr+";",
		"root /usr/share/nginx/html;", "root "+filepath.Join(dist, "site")+";").Replace(string(written))
	conf := fmt.Sprintf("pid %s/nginx.pid; error_log stderr; events {}\nhttp { include /etc/nginx/mime.types; access_log off;\n%s\n}\n",
		work, server)
	path := filepath.Join(work, "nginx.conf")
	if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	logs := start(t, exec.Command(nginx, "-p", work, "-c", path, "-g", "daemon off; master_process off;"))
	waitReady(t, "http://"+addr+"/", logs)
	return "http://" + addr
}

// scriptOf is the path of the script that the page loads first.
func scriptOf(t *testing.T, dist string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(dist, "site/index.html"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), `src="`)
	script, _, ok := strings.Cut(rest, `"`)
	if !ok || !strings.HasPrefix(script, "/assets/") {
		t.Fatalf("index.html loads no script:\n%s", page)
	}
	return script
}

func getPage(t *testing.T, url string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp
}
