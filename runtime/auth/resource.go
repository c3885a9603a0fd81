package auth

import (
	"fmt"
	"strings"
)

// Identity says as whom a workload calls a resource.
type Identity uint8

const (
	// AsUser calls with the user's own rights: the caller's token is exchanged on behalf of the user (OBO).
	AsUser Identity = iota
	// AsApp calls with the rights of the workload's application in the publisher tenant (client credentials).
	AsApp
)

// String returns "user" or "app".
func (i Identity) String() string {
	if i == AsApp {
		return "app"
	}
	return "user"
}

// FabricURI is the application ID URI of Fabric (the Power BI service), the resource of workload control and of
// Fabric's other APIs.
const FabricURI = "https://analysis.windows.net/powerbi/api"

// defaultScope asks for everything that the application was granted beforehand.
const defaultScope = ".default"

// Resource is an API that the workload calls, as Entra knows it. It is plain data, safe to copy and share.
type Resource struct {
	// Name is what fabgen.yaml calls it, for logs and errors.
	Name string
	// URI is its application ID URI or GUID, for example https://storage.azure.com, without a slash at the end.
	URI string
	// Scopes are the delegated permissions to ask for, by their short names (user_impersonation) or in full
	// (<URI>/user_impersonation). None means .default: all that the application's registration lists. They are not used
	// AsApp, where Entra knows only .default.
	Scopes []string
	// As is the identity to call with. The zero value is AsUser.
	As Identity
	// BaseURL, where it is set, is the only origin (scheme, host and port) that Transport and Client send this
	// resource's tokens to.
	BaseURL string
}

// Fabric is the resource of Fabric's public API with its static permissions (.default), on behalf of the user.
func Fabric() Resource {
	return Resource{Name: "fabric", URI: FabricURI}
}

// FullScopes are the scopes as Entra wants them, "<URI>/<scope>", in the order of Scopes.
func (r Resource) FullScopes() []string {
	if r.As == AsApp || len(r.Scopes) == 0 {
		return []string{r.URI + "/" + defaultScope}
	}
	full := make([]string, len(r.Scopes))
	for i, scope := range r.Scopes {
		full[i] = r.URI + "/" + r.shortScope(scope)
	}
	return full
}

// shortScope is a scope without the resource before it.
func (r Resource) shortScope(scope string) string {
	if rest, ok := strings.CutPrefix(scope, r.URI); ok && strings.HasPrefix(rest, "/") {
		return rest[1:]
	}
	return scope
}

// label names the resource in errors and logs.
func (r Resource) label() string {
	if r.Name != "" {
		return r.Name
	}
	return r.URI
}

// check finds what would make a request for another resource than this one, or none at all.
func (r Resource) check() error {
	if r.URI == "" || !scopeText(r.URI) {
		return fmt.Errorf("auth: resource %q: its URI is %q, want an application ID URI such as "+
			"https://storage.azure.com",
			r.Name, r.URI)
	}
	for _, scope := range r.Scopes {
		if r.shortScope(scope) == "" || !scopeText(scope) {
			return fmt.Errorf("auth: resource %q: scope %q is not one name without spaces", r.Name, scope)
		}
		if strings.Contains(scope, "://") && r.shortScope(scope) == scope {
			return fmt.Errorf("auth: resource %q: scope %q belongs to another resource, want one under %s/",
				r.Name, scope, r.URI)
		}
	}
	return nil
}

// scopeText says whether s has only the characters that RFC 6749 section 3.3 allows in a scope.
func scopeText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
