package model

import (
	"testing"

	"github.com/fabgen/fabgen/generator/config"
)

func TestCredentialSetting(t *testing.T) {
	tests := map[string]string{
		config.CredentialSecret:      "FABRIC_CLIENT_SECRET",
		config.CredentialCertificate: "FABRIC_CLIENT_CERTIFICATE_FILE",
		config.CredentialFederated:   "FABRIC_FEDERATED_TOKEN_FILE",
	}
	for credential, want := range tests {
		if got := (&Environment{Credential: credential}).CredentialSetting(); got != want {
			t.Errorf("%s: %s, want %s", credential, got, want)
		}
	}
}

func TestOwnResources(t *testing.T) {
	m := &Model{Resources: []*Resource{
		{Name: "onelake", EnvName: "ONELAKE_URL"}, {Name: "sql"}, {Name: "pricing", EnvName: "PRICING_URL"},
	}}
	if got := m.OwnResources(); len(got) != 1 || got[0].Name != "pricing" {
		t.Errorf("%v", got)
	}
}
