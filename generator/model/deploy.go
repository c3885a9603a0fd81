package model

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fabgen/fabgen/generator/config"
)

// The most characters that a name may have.
const (
	maxLabel        = 63 // RFC 1035's label: a Kubernetes service or namespace
	maxContainerApp = 32 // Azure Container Apps
)

// KubeName is what the workload's objects are called in Kubernetes: a label of RFC 1035, short enough for a suffix.
func (w Workload) KubeName() string { return label(w.Slug, maxLabel) }

// ImageTag is the version as a tag of a container's image, which has no plus sign.
func (w Workload) ImageTag() string { return strings.ReplaceAll(w.Version, "+", "-") }

// ContainerApp is what the workload is called in Azure Container Apps, which want two characters at least.
func (w Workload) ContainerApp() string {
	name := label(w.Slug, maxContainerApp)
	if len(name) < 2 {
		return name + "-app"
	}
	return name
}

// Namespace is where an environment of the workload is deployed: a Kubernetes namespace, or an Azure resource group.
func (m *Model) Namespace(e *Environment) string { return label(m.Workload.Slug+"-"+e.Name, maxLabel) }

// Deployed is the environment that the instructions are for: the first that is not for development, where there is one.
func (m *Model) Deployed() *Environment { return m.Environments[min(1, len(m.Environments)-1)] }

// label makes a label of RFC 1035 of a name: letters in lower case, digits and dashes, a letter first and no dash last
// or twice. One that is too long is cut and ends in a hash of the whole, so that two never become the same by that.
func label(name string, most int) string {
	out := kebab(name)
	if out == "" || out[0] < 'a' || out[0] > 'z' {
		out = "w" + out
	}
	if len(out) <= most {
		return out
	}
	sum := sha256.Sum256([]byte(out))
	hash := hex.EncodeToString(sum[:4])
	return strings.TrimRight(out[:most-len(hash)-1], "-") + "-" + hash
}

// EgressPorts are the ports of everything that the configuration says the back-end calls, the smallest first. Entra,
// Fabric and OneLake are on 443, which is always among them.
func (m *Model) EgressPorts() []int {
	ports := []int{443}
	for _, r := range m.Resources {
		if u, err := url.Parse(r.BaseURL); err == nil && u.Port() != "" {
			port, _ := strconv.Atoi(u.Port())
			ports = append(ports, port)
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// CredentialFile is the name of the mounted file that holds the environment's credential, and of its key in the
// Kubernetes secret; empty where the credential is federated, whose token the platform gives.
func (e *Environment) CredentialFile() string {
	switch e.Credential {
	case config.CredentialCertificate:
		return "certificate.pem"
	case config.CredentialFederated:
		return ""
	}
	return "client-secret"
}

// CredentialFileSetting is the back-end's setting for the path of the credential's file.
func (e *Environment) CredentialFileSetting() string {
	setting := e.CredentialSetting()
	if !strings.HasSuffix(setting, "_FILE") {
		setting += "_FILE"
	}
	return setting
}

// Federated says whether the environment's credential is a token of another issuer.
func (e *Environment) Federated() bool { return e.Credential == config.CredentialFederated }

// HasFederated says whether any environment's credential is federated.
func (m *Model) HasFederated() bool {
	return slices.ContainsFunc(m.Environments, (*Environment).Federated)
}
