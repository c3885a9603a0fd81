package config

var scopesShape = listShape[Scope]{
	noun: "scopes", max: maxList, key: "name", id: func(s *Scope) *string { return &s.Name },
	element: scopeShape,
}

var scopeShape = objectShape[Scope]{fields: []field[Scope]{
	{key: "name", title: "Scope name", required: true, shape: textShape{scopeNameRule},
		help: "The scope as it stands in a token, such as Forecast.Read.All.",
		at:   func(s *Scope) any { return &s.Name }},
	{key: "description", title: "Description", shape: textShape{longText},
		help: "What people see when they consent. Default: the name.",
		at:   func(s *Scope) any { return &s.Description }},
}}

var resourcesShape = listShape[Resource]{
	noun: "resources", max: maxResources, key: "name", id: func(r *Resource) *string { return &r.Name },
	element: resourceShape,
}

var resourceShape = objectShape[Resource]{more: resourceConditions, fields: []field[Resource]{
	{key: "name", title: "Resource name", required: true, shape: textShape{resourceNameRule},
		help: "A known name (onelake, fabric, kusto, graph, sql), or one of your own.",
		at:   func(r *Resource) any { return &r.Name }},
	{key: "uri", title: "Application ID URI", shape: textShape{resourceURIRule},
		help: "The resource's application ID URI, to which a scope is added. " +
			"Filled in for a known name; kusto takes its cluster's.",
		at: func(r *Resource) any { return &r.URI }},
	{key: "appId", title: "Application ID", shape: textShape{guidRule},
		help: "The resource's application (client) ID, for the application's registration. Filled in for a known name.",
		at:   func(r *Resource) any { return &r.AppID }},
	{key: "scopes", title: "Scopes", shape: ofText("scopes", resourceScopeRule, 1, maxList),
		help: "What the workload asks for there, such as user_impersonation; required with as: user.",
		at:   func(r *Resource) any { return &r.Scopes }},
	{key: "permissions", title: "Permission IDs", shape: dictShape[string]{noun: "scope", key: resourceScopeRule,
		max: maxPermissions, element: textShape{guidRule}},
		help: "The IDs of the scopes in the resource's own registration, by scope. " +
			"Filled in for a known name, as far as known.",
		at: func(r *Resource) any { return &r.Permissions }},
	{key: "as", title: "Identity", shape: textShape{asRule}, fallback: AsUser,
		help: "user calls on behalf of the caller, app as the workload itself.",
		at:   func(r *Resource) any { return &r.As }},
	{key: "baseUrl", title: "Address", shape: textShape{endpointRule},
		help: "Where the resource's HTTP API is. Filled in for a known name.",
		at:   func(r *Resource) any { return &r.BaseURL }},
}}

var itemsShape = listShape[Item]{
	noun: "items", max: maxList, key: "name", id: func(i *Item) *string { return &i.Name },
	element: itemShape,
}

var itemShape = objectShape[Item]{fields: []field[Item]{
	{key: "name", title: "Item name", required: true, shape: textShape{itemNameRule},
		help: "The item type, such as Forecast; with the workload's name before it at most 64 characters.",
		at:   func(i *Item) any { return &i.Name }},
	{key: "displayName", title: "Display name", shape: textShape{anyText},
		help: "What people see. Default: the name.",
		at:   func(i *Item) any { return &i.DisplayName }},
	{key: "displayNamePlural", title: "Display name of many", shape: textShape{anyText},
		help: "What people see for several. Default: the display name with an s.",
		at:   func(i *Item) any { return &i.DisplayNamePlural }},
	{key: "category", title: "Category", shape: textShape{categoryRule}, fallback: defaultCategory,
		help: "Where Fabric lists the item.",
		at:   func(i *Item) any { return &i.Category }},
	{key: "oneLakeFolders", title: "Folders in OneLake", shape: booleanShape{}, fallback: false,
		help: "Whether Fabric makes OneLake folders for each new item.",
		at:   func(i *Item) any { return &i.OneLakeFolders }},
	{key: "jobs", title: "Jobs", shape: ofText("jobs", jobNameRule, 0, 200),
		help: "The jobs that run on the item, such as Train.",
		at:   func(i *Item) any { return &i.Jobs }},
}}

var routesShape = listShape[Route]{
	noun: "routes", max: maxRoutes, key: "name", id: func(r *Route) *string { return &r.Name },
	element: routeShape,
}

var routeShape = objectShape[Route]{more: routeConditions, fields: []field[Route]{
	{key: "name", title: "Route name", required: true, shape: textShape{routeNameRule},
		help: "The operation, such as getForecast; its handler has this name.",
		at:   func(r *Route) any { return &r.Name }},
	{key: "method", title: "HTTP method", required: true, shape: textShape{methodRule},
		help: "The HTTP method.",
		at:   func(r *Route) any { return &r.Method }},
	{key: "path", title: "Path", required: true, shape: textShape{pathRule},
		help: "The path under /api, such as /forecasts/{forecastId}.",
		at:   func(r *Route) any { return &r.Path }},
	{key: "scopes", title: "Scopes", required: true, shape: ofText("scopes", scopeNameRule, 1, maxList),
		help: "Names of scopes; any of them lets the caller in.",
		at:   func(r *Route) any { return &r.Scopes }},
	{key: "resource", title: "Resource", shape: textShape{resourceNameRule},
		help: "The name of the resource that the handler gets a client for.",
		at:   func(r *Route) any { return &r.Resource }},
	{key: "item", title: "Item", shape: textShape{itemNameRule},
		help: "The name of the item type that permissions are asked for; path or query then carries workspaceId and itemId.",
		at:   func(r *Route) any { return &r.Item }},
	{key: "permissions", title: "Item permissions", shape: ofText("permissions", permissionRule, 1, 50),
		help: "The item permissions that the caller needs, all of them, such as Read.",
		at:   func(r *Route) any { return &r.Permissions }},
}}
