package model

import "github.com/fabgen/fabgen/generator/config"

// CredentialSetting is the back-end's setting that holds the environment's credential, or the path of the file that
// does.
func (e *Environment) CredentialSetting() string {
	switch e.Credential {
	case config.CredentialCertificate:
		return "FABRIC_CLIENT_CERTIFICATE_FILE"
	case config.CredentialFederated:
		return "FABRIC_FEDERATED_TOKEN_FILE"
	}
	return "FABRIC_CLIENT_SECRET"
}

// Identity says in words whose identity a resource sees.
func (r *Resource) Identity() string {
	if r.User() {
		return "the user (On-Behalf-Of)"
	}
	return "the workload (client credentials)"
}

// OwnResources gives the resources whose address is a setting of the back-end's of their own, in the order of the
// configuration.
func (m *Model) OwnResources() []*Resource {
	var out []*Resource
	for _, r := range m.Resources {
		if r.EnvName != "" && !reservedSettings[r.EnvName] {
			out = append(out, r)
		}
	}
	return out
}
