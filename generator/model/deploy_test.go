package model

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/config"
)

// rfc1035 is what Kubernetes takes as the name of a service.
var rfc1035 = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)

func TestDeployedNames(t *testing.T) {
	long := "Aa-" + strings.Repeat("Bb", 40)
	for _, name := range []string{"ContosoForecast", "2nd", "A", "a-", "XMLFeed", "9", long} {
		w := newWorkload(config.Workload{Name: "Org." + name})
		m := &Model{Workload: w}
		app := w.ContainerApp()
		if !rfc1035.MatchString(app) || len(app) > 32 || len(app) < 2 || strings.Contains(app, "--") {
			t.Errorf("%s: the container app is %q", name, app)
		}
		for _, got := range []string{w.KubeName(), m.Namespace(&Environment{Name: "prod-" + strings.Repeat("x", 27)})} {
			if !rfc1035.MatchString(got) || len(got) > 63 {
				t.Errorf("%s: %q is no label", name, got)
			}
		}
	}
	if got := (Workload{Slug: "contoso-forecast"}).KubeName(); got != "contoso-forecast" {
		t.Error(got)
	}
}

// The longest workload name that fabgen.yaml takes leaves room for every suffix that the manifests put behind it.
func TestTheLongestNameLeavesRoomForItsSuffixes(t *testing.T) {
	w := newWorkload(config.Workload{Name: "O." + strings.Repeat("Aa", 15)})
	if got := w.KubeName() + "-credential"; len(got) > 63 || got != w.Slug+"-credential" {
		t.Errorf("%q has %d characters", got, len(got))
	}
}

func TestNamesThatAreCutStayApart(t *testing.T) {
	begin := strings.Repeat("a", 70)
	if a, b := label(begin+"b", 63), label(begin+"c", 63); a == b || len(a) != 63 {
		t.Errorf("%s and %s", a, b)
	}
}

func TestEnvironmentsOfOneNamespaceAreTold(t *testing.T) {
	_, err := demo(t, func(s string) string {
		return s + "  prod-:\n    entra:\n      clientId: 0b6f7c1a-6a0e-4f0b-8a39-2d5a0f5b7c23\n"
	})
	var problems config.Problems
	if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Line < 2 {
		t.Fatalf("%v", err)
	}
}

func TestImageTag(t *testing.T) {
	if got := (Workload{Version: "1.0.0-rc.1+build.5"}).ImageTag(); got != "1.0.0-rc.1-build.5" {
		t.Error(got)
	}
}

func TestEgressPorts(t *testing.T) {
	m := &Model{Resources: []*Resource{
		{BaseURL: "https://a.example:8443/x"}, {BaseURL: "https://b.example"}, {}, {BaseURL: "https://c.example:8443"},
	}}
	if got := fmt.Sprint(m.EgressPorts()); got != "[443 8443]" {
		t.Error(got)
	}
}

func TestCredentialFiles(t *testing.T) {
	for credential, want := range map[string]string{
		config.CredentialSecret:      "FABRIC_CLIENT_SECRET_FILE client-secret",
		config.CredentialCertificate: "FABRIC_CLIENT_CERTIFICATE_FILE certificate.pem",
		config.CredentialFederated:   "FABRIC_FEDERATED_TOKEN_FILE ",
	} {
		e := &Environment{Credential: credential}
		if got := e.CredentialFileSetting() + " " + e.CredentialFile(); got != want {
			t.Errorf("%s: %q, want %q", credential, got, want)
		}
	}
}
