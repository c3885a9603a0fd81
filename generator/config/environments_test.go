package config

import (
	"slices"
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	const other = "11111111-1111-4111-8111-111111111111"
	c := parse(t, minimal+`environments:
  prod:
    entra: {clientId: `+other+`, audience: https://contoso.com/Org.Smallest, credential: certificate}
    endpoints: {backend: "https://api.contoso.com/workload"}
  elsewhere:
    entra: {tenantId: `+strings.ToUpper(other)+`, tokenVersion: 2}
  same: {}
`).Config
	tests := []struct {
		name      string
		entra     Entra
		endpoints Endpoints
	}{
		{DefaultEnvironment, c.Entra, c.Endpoints},
		{"same", c.Entra, c.Endpoints},
		{"prod", Entra{testTenant, other, "https://contoso.com/Org.Smallest", defaultRedirectURI, 1, CredentialCertificate},
			Endpoints{"https://api.contoso.com/workload", defaultFrontend}},
		{"elsewhere", Entra{other, testClient, "api://localdevinstance/" + other + "/Org.Smallest", defaultRedirectURI, 2,
			CredentialSecret}, c.Endpoints},
	}
	for _, tt := range tests {
		entra, endpoints, ok := c.Environment(tt.name)
		if !ok || entra != tt.entra || endpoints != tt.endpoints {
			t.Errorf("%s:\ngot  %+v %+v %v\nwant %+v %+v", tt.name, entra, endpoints, ok, tt.entra, tt.endpoints)
		}
	}
	if _, _, ok := c.Environment("staging"); ok {
		t.Error("an environment that is not there")
	}
	if got := c.EnvironmentNames(); !slices.Equal(got, []string{"dev", "elsewhere", "prod", "same"}) {
		t.Errorf("EnvironmentNames = %v", got)
	}
}

// TestAudienceOfAnotherTenant needs an audience where the base has one that cannot be derived.
func TestAudienceOfAnotherTenant(t *testing.T) {
	got := problems(t, minimal+"  audience: api://localdevinstance/"+testTenant+"/Org.Smallest/sub\n"+
		"environments:\n  test:\n    entra:\n      tenantId: "+testClient+"\n")
	want := `fabgen.yaml:12:17: environments.test.entra.tenantId: found ` +
		`"api://localdevinstance/` + testTenant + `/Org.Smallest/sub"`
	if len(got) != 1 || !strings.HasPrefix(got[0].Error(), want) {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}
