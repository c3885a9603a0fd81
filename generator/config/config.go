// Package config reads fabgen.yaml: it turns text into a Config whose every rule holds, or into the complete list
// of what is wrong with it, each problem with its line and column.
package config

// Config is a checked fabgen.yaml with every default filled in. It is plain data: the stages after it read it and
// never change it.
type Config struct {
	APIVersion string
	Workload   Workload
	Entra      Entra
	Endpoints  Endpoints
	Scopes     []Scope
	Resources  []Resource
	Items      []Item
	Routes     []Route

	// Environments holds the overlays by name. The base, which needs no entry, is DefaultEnvironment.
	Environments map[string]Overlay
}

// DefaultEnvironment names what stands in fabgen.yaml outside environments.
const DefaultEnvironment = "dev"

// Workload says what the workload is and who publishes it.
type Workload struct {
	Name        string // two segments, such as Org.ContosoForecast; at most 32 characters
	DisplayName string // any Unicode text; default: the second segment of Name
	Description string // default: DisplayName
	Version     string // SemVer, at most 16 characters; default 1.0.0
	Publisher   string // default: DisplayName
	Module      string // Go module path of the back-end
}

// Entra is the workload's own application in the publisher's tenant.
type Entra struct {
	TenantID     string // GUID in lower case
	ClientID     string // GUID in lower case
	Audience     string // application ID URI; default api://localdevinstance/<TenantID>/<workload name>
	RedirectURI  string // default http://localhost:60006/close
	TokenVersion int    // 1 (default) or 2
	Credential   string // CredentialSecret (default), CredentialCertificate or CredentialFederated
}

// The kinds of credential that the back-end proves itself to Entra with.
const (
	CredentialSecret      = "secret"
	CredentialCertificate = "certificate"
	CredentialFederated   = "federated"
)

// Endpoints are the public addresses of the workload's two halves, without a slash at the end.
type Endpoints struct {
	Backend  string // default http://127.0.0.1:5000/workload
	Frontend string // default http://localhost:60006
}

// Scope is one data-plane scope that the back-end exposes.
type Scope struct {
	Name        string
	Description string // default: the name
}

// Resource is one API that the back-end calls.
type Resource struct {
	Name        string
	URI         string // resource URI; a token's scope is URI/<scope>
	AppID       string // the resource's application ID; empty where the user gave none
	Scopes      []string
	Permissions map[string]string // delegated permission IDs by scope, as far as known
	As          string            // AsUser (default) or AsApp
	BaseURL     string            // where its HTTP API is; empty where it has none
}

// How the back-end presents itself to a resource.
const (
	AsUser = "user" // On-Behalf-Of the caller
	AsApp  = "app"  // client credentials
)

// Item is one item type of the workload.
type Item struct {
	Name              string
	DisplayName       string // default: Name
	DisplayNamePlural string // default: DisplayName with an s
	Category          string // Data (default), Code or Unknown
	OneLakeFolders    bool
	Jobs              []string
}

// Route is one operation of the data-plane API.
type Route struct {
	Name        string
	Method      string
	Path        string   // as net/http's ServeMux writes it, under /api: /forecasts/{forecastId}
	Scopes      []string // any of these lets the caller in; names of Config.Scopes
	Resource    string   // name of one of Config.Resources, or empty
	Item        string   // name of one of Config.Items, or empty
	Permissions []string // item permissions to ask Fabric for; needs Item
}

// Overlay replaces members of Entra and Endpoints in one environment; what is empty stays as it is.
type Overlay struct {
	Entra     Entra
	Endpoints Endpoints
}
