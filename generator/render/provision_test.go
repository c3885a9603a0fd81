package render_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fabgen/fabgen/generator/render"
	"github.com/fabgen/fabgen/internal/modeltest"
	"github.com/fabgen/fabgen/internal/testenv"
)

const (
	tenantID  = "853d9f4f-c71b-4420-b6ec-60e503458946"
	clientID  = "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"
	graphApp  = "00000003-0000-0000-c000-000000000000"
	pricesApp = "77777777-0000-0000-0000-000000000000"
)

// provisioned is a workload with a permission of each kind that the script has to look up.
const provisioned = `apiVersion: fabgen/v1
workload:
  name: Org.Provisioned
  displayName: "a\"b*/</x>${y}'\\n` + "`" + ` $(touch pwned) | é"
  module: example.com/provisioned
entra:
  tenantId: ` + tenantID + `
  clientId: ` + clientID + `
scopes:
  - name: A.Read
  - name: B.Read
resources:
  - {name: onelake, scopes: [user_impersonation]}
  - {name: graph, scopes: [User.Read.All], as: app}
  - {name: pricing, uri: "api://pricing.contoso.com", scopes: [Prices.Read], baseUrl: "https://pricing.contoso.com"}
environments:
  prod:
    entra: {clientId: 0b6f7c1a-6a0e-4f0b-8a39-2d5a0f5b7c22}
`

// entraFolder renders the workload's entra/ into a folder.
func entraFolder(t *testing.T) string {
	t.Helper()
	m := modeltest.Of(t, "fabgen.yaml", []byte(provisioned))
	files, err := render.Render(context.Background(), m, fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range files {
		if name, ok := strings.CutPrefix(f.Path, "entra/"); ok {
			if err := os.WriteFile(filepath.Join(dir, name), f.Data, f.Mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// newTenant has the resources' service principals and no application.
func newTenant() *fakeTenant {
	return &fakeTenant{Tenant: tenantID, ServicePrincipals: []fakeServicePrincipal{
		{AppID: graphApp, Names: []string{graphApp},
			Roles: map[string]string{"User.Read.All": "df021288-0000-0000-0000-000000000000"}},
		{AppID: pricesApp, Names: []string{"api://pricing.contoso.com"},
			Delegated: map[string]string{"Prices.Read": "88888888-0000-0000-0000-000000000000"}},
	}}
}

// provision runs the script against a fake tenant, and gives the tenant after it and what the script said.
func provision(t *testing.T, dir string, before *fakeTenant, args ...string) (*fakeTenant, string, error) {
	t.Helper()
	state, tools := filepath.Join(t.TempDir(), "tenant.json"), t.TempDir()
	if err := before.save(state); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(tools, "az")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", append([]string{filepath.Join(dir, "provision.sh")}, args...)...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), fakeAzureVariable+"="+state, "TMPDIR="+cmd.Dir,
		"PATH="+tools+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	left, _ := os.ReadDir(cmd.Dir)
	for _, entry := range left {
		if entry.Name() != "goimports" { // golang.org/x/tools, in the fake
			t.Errorf("the script left %s behind", entry.Name())
		}
	}
	after, loadErr := loadTenant(state)
	if loadErr != nil {
		t.Fatal(loadErr)
	}
	return after, string(out), err
}

func needShell(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the script is for macOS and Linux")
	}
}

// registered is application.json as the tenant keeps it, with what the script looks up.
func registered(t *testing.T, dir, file string) fakeApplication {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	app := fakeApplication{ID: "object-1", AppID: "99999999-0000-0000-0000-000000000000"}
	if err := json.Unmarshal(data, &app); err != nil {
		t.Fatal(err)
	}
	graph := fakeResource{AppID: graphApp, Access: []fakeAccess{{"df021288-0000-0000-0000-000000000000", "Role"}}}
	prices := fakeResource{AppID: pricesApp, Access: []fakeAccess{{"88888888-0000-0000-0000-000000000000", "Scope"}}}
	known := app.RequiredResourceAccess
	app.RequiredResourceAccess = []fakeResource{graph, known[0], prices, known[1]}
	return app
}

func TestProvisionCreates(t *testing.T) {
	needShell(t)
	dir := entraFolder(t)
	after, out, err := provision(t, dir, newTenant(), "--env", "prod", "--new-secret")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := registered(t, dir, "application.prod.json"); !reflect.DeepEqual(*after.Application, want) {
		t.Errorf("the application is\n%+v, want\n%+v", *after.Application, want)
	}
	if got := fmt.Sprint(after.Requests); got != "[POST /applications PATCH /applications/object-1]" {
		t.Errorf("requests %s", got)
	}
	for _, want := range []string{
		"client ID:      99999999-0000-0000-0000-000000000000\n",
		"https://login.microsoftonline.com/" + tenantID + "/adminconsent?client_id=99999999-0000-0000-0000-000000000000\n",
		"set entra.clientId to 99999999-0000-0000-0000-000000000000",
		"client secret:  s3cret-of-the-test\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the script does not say %q:\n%s", want, out)
		}
	}
	if n := len(after.ServicePrincipals); n != 3 {
		t.Errorf("%d service principals, want the application's own beside the two", n)
	}
}

func TestProvisionUpdatesAsOftenAsItIsRun(t *testing.T) {
	needShell(t)
	dir := entraFolder(t)
	first, out, err := provision(t, dir, newTenant())
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	first.Application.AppID = clientID
	api := &first.Application.API
	api.Scopes = append(api.Scopes, fakeScope{ID: "old", Value: "Old.Read", IsEnabled: true})
	last := &api.PreAuthorized[2]
	last.Permissions = append(last.Permissions, "old")
	graph := &first.Application.RequiredResourceAccess[0]
	graph.Access = append(graph.Access, fakeAccess{"e1fe6dd8-0000-0000-0000-000000000000", "Scope"})
	first.Requests = nil

	second, out, err := provision(t, dir, first)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := registered(t, dir, "application.json")
	want.AppID = clientID
	want.RequiredResourceAccess[0].Access = graph.Access
	if !reflect.DeepEqual(*second.Application, want) {
		t.Errorf("the application is\n%+v, want\n%+v", *second.Application, want)
	}
	if got := len(second.Requests); got != 3 {
		t.Errorf("%d requests, want one each to retire, to change and to pre-authorise", got)
	}
	for _, want := range []string{"Removing the scopes", "Kept, though", "e1fe6dd8-0000-0000-0000-000000000000 (Scope)"} {
		if !strings.Contains(out, want) {
			t.Errorf("the script does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "another client ID") || second.Secrets != 0 {
		t.Errorf("the client ID is right, and nobody asked for a secret:\n%s", out)
	}

	second.Requests = nil
	third, out, err := provision(t, dir, second)
	if err != nil || len(third.Requests) != 2 || !reflect.DeepEqual(third.Application, second.Application) {
		t.Errorf("the third run is not as the second: %v, %d requests\n%s", err, len(third.Requests), out)
	}
}

func TestProvisionRefusesBeforeItChangesAnything(t *testing.T) {
	needShell(t)
	dir := entraFolder(t)
	edit := func(f func(*fakeTenant)) *fakeTenant {
		tenant := newTenant()
		f(tenant)
		return tenant
	}
	tests := []struct {
		name   string
		tenant *fakeTenant
		args   []string
		want   string
	}{
		{"nobody is logged in", edit(func(f *fakeTenant) { f.Tenant = "" }), nil, "az login --tenant " + tenantID},
		{"another tenant", edit(func(f *fakeTenant) { f.Tenant = "other" }), nil, "logged in to tenant other"},
		{"no such environment", newTenant(), []string{"--env=test"}, "no environment 'test'"},
		{"no such flag", newTenant(), []string{"--force"}, "usage:"},
		{"no name after --env", newTenant(), []string{"--env"}, "usage:"},
		{"resource that the tenant does not know", edit(func(f *fakeTenant) {
			f.ServicePrincipals = f.ServicePrincipals[:1]
		}), nil, "does not know the resource api://pricing.contoso.com"},
		{"permission that the resource does not have", edit(func(f *fakeTenant) {
			f.ServicePrincipals[1].Delegated = nil
		}), nil, "no delegated permission Prices.Read; it has: Prices.Read Prices.Write"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			after, out, err := provision(t, dir, tt.tenant, tt.args...)
			if err == nil || !strings.Contains(out, tt.want) {
				t.Errorf("%v, want %q in\n%s", err, tt.want, out)
			}
			if after.Application != nil || len(after.Requests) > 0 {
				t.Error("the script changed the tenant")
			}
		})
	}
}

func TestProvisionWithoutARoleGoesOn(t *testing.T) {
	needShell(t)
	dir := entraFolder(t)
	tenant := newTenant()
	tenant.ServicePrincipals[0].Roles = nil
	after, out, err := provision(t, dir, tenant)
	if err != nil || !strings.Contains(out, "no application permission User.Read.All") {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := len(after.Application.RequiredResourceAccess); got != 3 {
		t.Errorf("%d resources, want 3", got)
	}
}

func TestProvisionWithoutTheAzureCLI(t *testing.T) {
	needShell(t)
	dir := entraFolder(t)
	tools := t.TempDir()
	for _, name := range []string{"dirname", "cat"} {
		found, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(found, filepath.Join(tools, name)); err != nil {
			t.Fatal(err)
		}
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(sh, filepath.Join(dir, "provision.sh"))
	cmd.Env = []string{"PATH=" + tools}
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Azure CLI (az) is not installed") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestProvisionIsCleanShell(t *testing.T) {
	needShell(t)
	dir := entraFolder(t)
	script := filepath.Join(dir, "provision.sh")
	if out, err := exec.Command("sh", "-n", script).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := exec.Command(testenv.Tool(t, "shellcheck"), script).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
