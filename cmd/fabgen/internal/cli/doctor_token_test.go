package cli

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// tokenDesk is a folder with the demo's configuration, and the local Entra that issues tokens for it.
func tokenDesk(t *testing.T) (dir, keys string, entra *entratest.Server) {
	t.Helper()
	dir = t.TempDir()
	entra = entratest.New(t, func(o *entratest.Options) {
		o.Audience = "api://localdevinstance/853d9f4f-c71b-4420-b6ec-60e503458946/Org.ContosoForecast"
	})
	resp, err := entra.Client().Get(entra.URL + "/common/discovery/keys")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	keys = filepath.Join(dir, "keys.json")
	for name, content := range map[string][]byte{"fabgen.yaml": config.Demo(), "keys.json": data} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("ENTRA_AUTHORITY", entra.URL)
	t.Setenv("ENTRA_V1_ISSUER", entra.V1Issuer())
	return dir, keys, entra
}

func TestDoctorExplainsAToken(t *testing.T) {
	dir, keys, entra := tokenDesk(t)
	read := entratest.Scopes("Forecast.Read.All")
	composite := auth.SubjectAndApp{Subject: entra.SubjectToken(), App: entra.AppToken()}.HeaderValue()
	for name, c := range map[string]struct {
		input string
		args  []string
		code  int
		says  []string
	}{
		"right": {entra.SubjectToken(read) + "\r\n", []string{"--keys", keys}, exitDone, []string{
			"data-plane subject token\n", "ok       aud: api://localdevinstance/", "ok       signature: right",
			"ok       oid: there", "route    getForecast: open", "route    saveForecast: closed; it wants one of Forecast.ReadWrite.All",
			"The back-end accepts it.\n"}},
		"without keys": {"Bearer " + entra.SubjectToken(read), nil, exitDone, []string{
			"unknown  signature: not checked", "accepts it, if its signature is right"}},
		"wrong audience": {entra.SubjectToken(read, entratest.Audience("https://graph.microsoft.com")), nil, exitFailed,
			[]string{"refused  aud: wrong_audience: found \"https://graph.microsoft.com\"; want api://", "It answers 401 AuthError: ",
				"route    getForecast: its scope is there, and the token is refused"}},
		"expired, and more": {entra.SubjectToken(read, entratest.Expires(-time.Hour), entratest.NoClaim("oid")), nil,
			exitFailed, []string{"refused  exp: expired: found ", "refused  oid: missing_claim: found none"}},
		"a header": {"Authorization: " + composite, []string{"--keys", keys}, exitDone, []string{"composite header\n",
			"ok       app idtyp: app", "ok       subject scp: FabricWorkloadControl", "The back-end accepts it."}},
		"as JSON":        {composite, []string{"--json"}, exitDone, []string{`"accepted": true`, `"signatureChecked": false`}},
		"nothing":        {"\n", nil, exitUsage, nil},
		"too much":       {strings.Repeat("a", 1<<20), nil, exitUsage, nil},
		"no such keys":   {"a.b.c", []string{"--keys", "nosuch.json"}, exitUsage, nil},
		"keys of a kind": {"a.b.c", []string{"--keys", filepath.Join(dir, "fabgen.yaml")}, exitFailed, nil},
	} {
		t.Run(name, func(t *testing.T) {
			a, out, talk := newTestApp()
			a.in = strings.NewReader(c.input)
			code := a.run(t.Context(), append([]string{"doctor", "--token", "--dir", dir}, c.args...))
			if code != c.code {
				t.Errorf("exit code %d, want %d: %s%s", code, c.code, out, talk)
			}
			for _, want := range c.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in\n%s", want, out)
				}
			}
			tellsNoToken(t, out.String()+talk.String(), c.input)
		})
	}
}

// tellsNoToken holds that nothing of what was pasted, and nobody's name, was printed.
func tellsNoToken(t *testing.T, printed, input string) {
	t.Helper()
	for _, part := range strings.FieldsFunc(input, func(r rune) bool { return strings.ContainsRune(". \"\r\n,", r) }) {
		if len(part) > 24 && strings.Contains(printed, part) {
			t.Error("a part of the token was printed")
		}
	}
	if strings.Contains(printed, "example.com") || strings.Contains(printed, "Example User") {
		t.Error("a person's name was printed")
	}
}

func TestDoctorsTokenJSONIsOneValue(t *testing.T) {
	dir, _, entra := tokenDesk(t)
	a, out, _ := newTestApp()
	a.in = strings.NewReader(entra.SubjectToken(entratest.Expires(-time.Hour)))
	if code := a.run(t.Context(), []string{"doctor", "--token", "--json", "--dir", dir}); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	var report struct{ Accepted bool }
	if err := json.Unmarshal([]byte(out.String()), &report); err != nil || report.Accepted {
		t.Errorf("%v in %s", err, out)
	}
}
