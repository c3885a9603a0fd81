package config

import "slices"

// KnownResource is what fabgen knows of a resource by its name.
type KnownResource struct {
	Name         string
	Title        string            // for people: OneLake (Azure Storage)
	URI          string            // resource URI; a scope is URI/<scope>
	AppID        string            // application ID of the resource
	BaseURL      string            // of its HTTP API; empty where it has none
	Permissions  map[string]string // delegated permission IDs by scope
	DefaultScope string            // what most workloads ask for
	OwnURI       bool              // the user may give another URI, such as a cluster's
}

// userImpersonation is the one scope of the services that leave everything else to the user's own rights.
const userImpersonation = "user_impersonation"

var knownResources = []KnownResource{
	{Name: "onelake", Title: "OneLake", URI: "https://storage.azure.com",
		AppID: "e406a681-f3d4-42a8-90b6-c2b029497af1", BaseURL: "https://onelake.dfs.fabric.microsoft.com",
		Permissions:  map[string]string{userImpersonation: "03e0da56-190b-40ad-a80c-ea378c433f7f"},
		DefaultScope: userImpersonation},
	{Name: "fabric", Title: "Fabric's own API", URI: "https://analysis.windows.net/powerbi/api",
		AppID: "00000009-0000-0000-c000-000000000000", BaseURL: "https://api.fabric.microsoft.com",
		Permissions: map[string]string{
			"Workspace.Read.All":        "b2f1b2fa-f35c-407c-979c-a858a808ba85",
			"Item.Execute.All":          "caf40b1a-f10e-4da1-86e4-5fda17eb2b07",
			"Item.Read.All":             "d2bc95fc-440e-4b0e-bafd-97182de7aef5",
			"Item.ReadWrite.All":        "7a27a256-301d-4359-b77b-c2b759d2e362",
			"Item.Reshare.All":          "02e8d710-956c-4760-b996-2e83935c2cf5",
			"Lakehouse.Read.All":        "13060bfd-9305-4ec6-8388-8916580f4fa9",
			"Eventhouse.Read.All":       "cd1718e4-3e09-4381-a6e1-183e245f8613",
			"KQLDatabase.ReadWrite.All": "726667b1-01a6-4be4-b04c-e95eae4023a8",
			"Fabric.Extend":             "7ba630b9-8110-4e27-8d17-81e5f2218787",
		},
		DefaultScope: "Item.Read.All"},
	{Name: "kusto", Title: "Azure Data Explorer", URI: "https://api.kusto.windows.net",
		AppID:        "2746ea77-4702-4b45-80ca-3c97e680e8b7",
		Permissions:  map[string]string{userImpersonation: "00d678f0-da44-4b12-a6d6-c98bcfd1c5fe"},
		DefaultScope: userImpersonation, OwnURI: true},
	{Name: "graph", Title: "Microsoft Graph", URI: "https://graph.microsoft.com",
		AppID: "00000003-0000-0000-c000-000000000000", BaseURL: "https://graph.microsoft.com",
		Permissions:  map[string]string{"User.Read": "e1fe6dd8-ba31-4d61-89e7-88639da4683d"},
		DefaultScope: "User.Read"},
	{Name: "sql", Title: "Azure SQL Database", URI: "https://database.windows.net",
		AppID:        "022907d3-0f1b-48f7-badc-1ba6abab6d66",
		Permissions:  map[string]string{userImpersonation: "c39ef2d1-04ce-46dc-8b5f-e9a5c60f0fc9"},
		DefaultScope: userImpersonation},
}

// keyVault is known by its URI alone: a resource of the user's own that names it gets its IDs.
var keyVault = KnownResource{URI: "https://vault.azure.net", AppID: "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
	Permissions: map[string]string{userImpersonation: "f53da476-18e3-4152-8e01-aec403e6edc0"}}

// KnownResources are the names that fill in the rest of a resource, in the order to offer them in.
func KnownResources() []string {
	names := make([]string, len(knownResources))
	for i, k := range knownResources {
		names[i] = k.Name
	}
	return names
}

// Known is the resource of a known name. The map in it must not be changed.
func Known(name string) (KnownResource, bool) {
	i := slices.IndexFunc(knownResources, func(k KnownResource) bool { return k.Name == name })
	if i < 0 {
		return KnownResource{}, false
	}
	return knownResources[i], true
}

// knownFor is what is known of a configured resource, by its name or else by its URI; then it has no address.
func knownFor(r *Resource) (KnownResource, bool) {
	if k, ok := Known(r.Name); ok {
		return k, true
	}
	for _, k := range append(slices.Clone(knownResources), keyVault) {
		if k.URI == r.URI {
			k.BaseURL = ""
			return k, true
		}
	}
	return KnownResource{}, false
}
