package workload

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
)

var testDefaults = Defaults{
	TenantID: "853d9f4f-c71b-4420-b6ec-60e503458946", ClientID: "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11",
	Audience: "api://x", Endpoint: "https://a.example/workload", Origin: "https://front.example",
}

func load(args []string, env map[string]string) (*Settings, string, string, error) {
	var s Settings
	var price string
	var help bytes.Buffer
	own := []Setting{URLSetting("PRICING_URL", "https://pricing.example", "prices", &price)}
	err := s.Load(testDefaults, own, args, func(name string) string { return env[name] }, &help)
	return &s, price, help.String(), err
}

func TestSettingsDefaults(t *testing.T) {
	s, price, _, err := load(nil, map[string]string{"FABRIC_CLIENT_SECRET": "hush"})
	if err != nil {
		t.Fatal(err)
	}
	if s.ListenAddr != "127.0.0.1:5000" || s.BasePath != "/workload" || s.Authority != auth.DefaultAuthority ||
		s.V1Issuer != auth.DefaultV1Issuer || s.FabricURL != DefaultFabricURL || s.OneLakeURL != DefaultOneLakeURL ||
		s.Audience != "api://x" || s.AllowedOrigins[0] != "https://front.example" || price != "https://pricing.example" ||
		s.LogFormat != "json" || s.Endpoints.Default != "https://a.example/workload" {
		t.Errorf("defaults are %+v", s)
	}
	if _, err := auth.New(s.Auth(nil)); err != nil {
		t.Error(err)
	}
}

func TestFlagsWin(t *testing.T) {
	env := map[string]string{"FABRIC_CLIENT_SECRET": "hush", "LISTEN_ADDR": "127.0.0.1:1", "LOG_LEVEL": "debug",
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318/", "TENANT_RATE_LIMIT": "600"}
	s, price, _, err := load([]string{"--listen-addr", ":2", "-log-format=text", "--pricing-url=http://localhost:1/"}, env)
	if err != nil {
		t.Fatal(err)
	}
	if s.ListenAddr != ":2" || s.LogFormat != "text" || s.LogLevel.String() != "DEBUG" || price != "http://localhost:1" ||
		s.OTLPEndpoint != "http://localhost:4318" || s.TenantRate != 600 {
		t.Errorf("settings are %+v, %s", s, price)
	}
	var log bytes.Buffer
	s.NewLogger(&log).Debug("seen")
	if !strings.Contains(log.String(), "msg=seen") {
		t.Errorf("the log is %s", log.String())
	}
}

func TestEveryProblemOfSettingsIsTold(t *testing.T) {
	env := map[string]string{
		"LISTEN_ADDR": "5000", "WORKLOAD_BASE_PATH": "/api/x", "FABRIC_TENANT_ID": "x", "FABRIC_CLIENT_ID": "y",
		"ENTRA_AUTHORITY": "http://login.example", "ENTRA_V1_ISSUER": "sts", "FABRIC_API_URL": "https://u:p@x",
		"ONELAKE_URL": "ftp://x", "EXTRA_CA_FILE": "/nowhere/ca.pem", "ALLOWED_ORIGINS": "*", "LOG_LEVEL": "loud",
		"LOG_FORMAT": "xml", "DATABASE_URL": "mysql://u:hush@x", "TOKEN_CACHE_URL": "http://u:hush@x",
		"TOKEN_CACHE_KEYS": "hush", "TOKEN_CACHE_KEYS_FILE": "/nowhere/keys", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x",
		"TENANT_RATE_LIMIT":  "-1",
		"WORKLOAD_ENDPOINTS": "north=https://x", "PRICING_URL": "http://pricing.example",
		"FABRIC_CLIENT_SECRET": "hush", "FABRIC_CLIENT_SECRET_FILE": "/x",
	}
	_, _, _, err := load([]string{"--else=1", "word", "--listen-addr=1", "--listen-addr=2", "--log-level"}, env)
	if err == nil {
		t.Fatal("nothing was wrong")
	}
	text := err.Error()
	for name := range env {
		flag := Setting{Name: name}.Flag()
		if !strings.Contains(text, name) && !strings.Contains(text, "--"+flag) {
			t.Errorf("nothing is said of %s", name)
		}
	}
	for _, want := range []string{"--else is no setting", "--word is no setting", "--listen-addr is there twice",
		"--log-level has no value", "one is right"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(text, "hush") {
		t.Error("a secret is shown")
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestStorageSettings(t *testing.T) {
	key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	file := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(file, []byte(key+","+key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cache, secret := "redis://u:hush@cache:6379/0", map[string]string{"FABRIC_CLIENT_SECRET": "hush"}
	for name, c := range map[string]struct {
		env  map[string]string
		keys int
		err  string
	}{
		"memory":               {map[string]string{}, 0, ""},
		"keys without cache":   {map[string]string{"TOKEN_CACHE_KEYS": key}, 0, ""},
		"of the secret":        {map[string]string{"TOKEN_CACHE_URL": cache}, 1, ""},
		"keys":                 {map[string]string{"TOKEN_CACHE_URL": cache, "TOKEN_CACHE_KEYS": key}, 1, ""},
		"file":                 {map[string]string{"TOKEN_CACHE_URL": cache, "TOKEN_CACHE_KEYS_FILE": file}, 2, ""},
		"both":                 {map[string]string{"TOKEN_CACHE_KEYS": key, "TOKEN_CACHE_KEYS_FILE": file}, 0, "one is right"},
		"no secret to use":     {map[string]string{"TOKEN_CACHE_URL": cache, "FABRIC_CLIENT_SECRET": "", "FABRIC_FEDERATED_TOKEN_FILE": "/x"}, 0, "openssl rand"},
		"secret not there":     {map[string]string{"TOKEN_CACHE_URL": cache, "FABRIC_CLIENT_SECRET": "", "FABRIC_CLIENT_SECRET_FILE": "/nowhere/x"}, 0, "/nowhere/x"},
		"postgres":             {map[string]string{"DATABASE_URL": "postgres://u:hush@db/x"}, 0, ""},
		"a database in a file": {map[string]string{"DATABASE_URL": "sqlite:/var/lib/x.db"}, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			env := maps.Clone(secret)
			maps.Copy(env, c.env)
			s, _, _, err := load(nil, env)
			if (err == nil) != (c.err == "") || err != nil && (!strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "hush")) {
				t.Fatalf("err = %v, want %q and no secret", err, c.err)
			}
			if err == nil && len(s.TokenCacheKeys) != c.keys {
				t.Errorf("%d keys, want %d", len(s.TokenCacheKeys), c.keys)
			}
			if text := fmt.Sprintf("%v %+v", s, *s); strings.Contains(text, "hush") {
				t.Errorf("settings print a secret: %s", text)
			}
			if want := cmp.Or(c.env["DATABASE_URL"], DefaultDatabase); err == nil && string(s.DatabaseURL) != want {
				t.Errorf("database %q, want %q", string(s.DatabaseURL), want)
			}
		})
	}
}

func TestOneCredential(t *testing.T) {
	if _, _, _, err := load(nil, nil); err == nil || !strings.Contains(err.Error(), "FABRIC_CLIENT_CERTIFICATE_FILE") {
		t.Errorf("without a credential: %v", err)
	}
	if _, _, _, err := load(nil, map[string]string{"FABRIC_CLIENT_CERTIFICATE_FILE": "/nowhere.pem"}); err == nil {
		t.Error("took a certificate that is not there")
	}
	for _, name := range []string{"FABRIC_CLIENT_SECRET_FILE", "FABRIC_FEDERATED_TOKEN_FILE"} {
		if _, _, _, err := load(nil, map[string]string{name: "/run/token"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, arg := range []string{"-h", "--help"} {
		_, _, help, err := load([]string{arg, "--else"}, nil)
		if !errors.Is(err, flag.ErrHelp) || !strings.Contains(help, "LISTEN_ADDR, --listen-addr") ||
			!strings.Contains(help, "default https://pricing.example") {
			t.Errorf("%s: %v\n%s", arg, err, help)
		}
	}
}

func TestExtraRoots(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newHTTPClient(file); err == nil || !strings.Contains(err.Error(), "no certificate in PEM form") {
		t.Errorf("%v", err)
	}
}

func TestParseRegionEndpoints(t *testing.T) {
	e, err := ParseRegionEndpoints("https://a.example/w, West Europe=https://b.example/w")
	if err != nil || e.Default != "https://a.example/w" || e.Regions["west europe"] != "https://b.example/w" {
		t.Errorf("%+v, %v", e, err)
	}
	for _, bad := range []string{"", "x", "https://a.example,https://b.example", "north=https://b.example", "ftp://x"} {
		if _, err := ParseRegionEndpoints(bad); err == nil {
			t.Errorf("took %q", bad)
		}
	}
}

func TestCheckBasePath(t *testing.T) {
	for path, ok := range map[string]bool{"/workload": true, "/a/b": true, "": false, "/": false, "x": false, "/x/": false,
		"/api": false, "/api/x": false, "/healthz": false, "/readyz/x": false, "/a//b": false, "/{x}": false, "/../x": false} {
		if err := CheckBasePath(path); (err == nil) != ok {
			t.Errorf("%q: %v", path, err)
		}
	}
}
