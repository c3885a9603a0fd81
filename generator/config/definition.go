package config

// The definition of fabgen.yaml: every key, with what it means and what it takes. Parser, JSON Schema, fresh files,
// flags and prompts all come from these tables.

// The most that a list may hold; each is far above what a workload has, and Entra's own limits are lower.
const (
	maxList         = 2000
	maxRoutes       = 5000
	maxResources    = 200
	maxEnvironments = 50
	maxPermissions  = 250
)

var rootShape = objectShape[Config]{
	sections: true,
	fields: []field[Config]{
		{key: "apiVersion", title: "Version of this format", required: true, shape: textShape{apiVersionRule},
			help: "The version of this file's format.",
			at:   func(c *Config) any { return &c.APIVersion }},
		{key: "workload", title: "The workload", required: true, shape: workloadShape,
			help: "What the workload is and who publishes it.",
			at:   func(c *Config) any { return &c.Workload }},
		{key: "entra", title: "The Entra application", required: true, shape: entraShape(true),
			help: "The workload's own application in the publisher's tenant.",
			at:   func(c *Config) any { return &c.Entra }},
		{key: "endpoints", title: "Public addresses", shape: endpointsShape(true),
			help: "Where the two halves of the workload are reached.",
			at:   func(c *Config) any { return &c.Endpoints }},
		{key: "scopes", title: "Data-plane scopes", shape: scopesShape,
			help: "The data-plane scopes that the back-end exposes.",
			at:   func(c *Config) any { return &c.Scopes }},
		{key: "resources", title: "Resources", shape: resourcesShape,
			help: "What the back-end calls. The names onelake, fabric, kusto, graph and sql fill in their addresses and IDs.",
			at:   func(c *Config) any { return &c.Resources }},
		{key: "items", title: "Item types", shape: itemsShape,
			help: "The item types of the workload.",
			at:   func(c *Config) any { return &c.Items }},
		{key: "routes", title: "Data-plane routes", shape: routesShape,
			help: "The operations of the data-plane API, under /api.",
			at:   func(c *Config) any { return &c.Routes }},
		{key: "environments", title: "Environments", shape: environmentsShape,
			help: "What differs in other environments; what stands above is dev.",
			at:   func(c *Config) any { return &c.Environments }},
	},
}

var workloadShape = objectShape[Workload]{fields: []field[Workload]{
	{key: "name", title: "Workload name", required: true, shape: textShape{workloadNameRule},
		help: "Two segments, such as Org.ContosoForecast; it must begin with Org. while the audience is a development one.",
		at:   func(w *Workload) any { return &w.Name }},
	{key: "displayName", title: "Display name", shape: textShape{anyText},
		help: "What people see. Default: the second segment of the name.",
		at:   func(w *Workload) any { return &w.DisplayName }},
	{key: "description", title: "Description", shape: textShape{longText},
		help: "One or two sentences for the workload's page. Default: the display name.",
		at:   func(w *Workload) any { return &w.Description }},
	{key: "version", title: "Version", shape: textShape{versionRule}, fallback: defaultVersion,
		help: "The semantic version of the package.",
		at:   func(w *Workload) any { return &w.Version }},
	{key: "publisher", title: "Publisher", shape: textShape{anyText},
		help: "Who publishes the workload. Default: the display name.",
		at:   func(w *Workload) any { return &w.Publisher }},
	{key: "module", title: "Go module path", required: true, shape: textShape{moduleRule},
		help: "The Go module path of the back-end, such as example.com/contoso/forecast.",
		at:   func(w *Workload) any { return &w.Module }},
}}

// entraShape is that of the base, where two keys are required and defaults hold, or of an overlay.
func entraShape(base bool) objectShape[Entra] {
	s := objectShape[Entra]{fields: []field[Entra]{
		{key: "tenantId", title: "Publisher's tenant ID", required: base, shape: textShape{guidRule},
			help: "The ID of the tenant where the application is registered.",
			at:   func(e *Entra) any { return &e.TenantID }},
		{key: "clientId", title: "Client ID", required: base, shape: textShape{guidRule},
			help: "The application's (client) ID.",
			at:   func(e *Entra) any { return &e.ClientID }},
		{key: "audience", title: "Audience", shape: textShape{audienceRule},
			help: "The application ID URI: api://localdevinstance/<tenant ID>/<workload name> (the default) with a subpath " +
				"if need be, or in production an https:// URI of a verified domain that ends with the workload name.",
			at: func(e *Entra) any { return &e.Audience }},
		{key: "redirectUri", title: "Redirect URI", shape: textShape{redirectRule}, fallback: defaultRedirectURI,
			help: "The front-end's page that the consent pop-up comes back to and that closes it.",
			at:   func(e *Entra) any { return &e.RedirectURI }},
		{key: "tokenVersion", title: "Token version", shape: numberShape{[]int{1, 2}}, fallback: 1,
			help: "The version of the access tokens that the application accepts.",
			at:   func(e *Entra) any { return &e.TokenVersion }},
		{key: "credential", title: "Credential", shape: textShape{credentialRule}, fallback: CredentialSecret,
			help: "What the back-end proves itself to Entra with. No secret is ever kept in this file.",
			at:   func(e *Entra) any { return &e.Credential }},
	}}
	return s.overlay(base)
}

func endpointsShape(base bool) objectShape[Endpoints] {
	s := objectShape[Endpoints]{fields: []field[Endpoints]{
		{key: "backend", title: "Back-end's address", shape: textShape{endpointRule}, fallback: defaultBackend,
			help: "The public address of the back-end with its base path.",
			at:   func(e *Endpoints) any { return &e.Backend }},
		{key: "frontend", title: "Front-end's address", shape: textShape{endpointRule}, fallback: defaultFrontend,
			help: "The public address of the front-end.",
			at:   func(e *Endpoints) any { return &e.Frontend }},
	}}
	return s.overlay(base)
}

// overlay takes the defaults away from a shape that is not the base's: what an overlay leaves out stays as it is.
func (s objectShape[T]) overlay(base bool) objectShape[T] {
	if base {
		return s
	}
	for i := range s.fields {
		s.fields[i].fallback = nil
	}
	return s
}

var environmentsShape = dictShape[Overlay]{
	noun: "environment", key: environmentRule, max: maxEnvironments,
	element: objectShape[Overlay]{fields: []field[Overlay]{
		{key: "entra", title: "Entra application", shape: entraShape(false),
			help: "What differs in the Entra application.",
			at:   func(o *Overlay) any { return &o.Entra }},
		{key: "endpoints", title: "Public addresses", shape: endpointsShape(false),
			help: "What differs in the addresses.",
			at:   func(o *Overlay) any { return &o.Endpoints }},
	}},
}

// ofText is a list of texts that differ by more than case.
func ofText(noun string, element *rule, least, most int) listShape[string] {
	return listShape[string]{noun: noun, element: textShape{element}, min: least, max: most,
		id: func(s *string) *string { return s }}
}
