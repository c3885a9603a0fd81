// Package model derives from a configuration everything that a template prints and that is not in the configuration
// itself: identifiers of each language, file names, IDs and addresses. It reads and writes nothing outside.
package model

import (
	"strings"

	"github.com/fabgen/fabgen/generator/config"
)

// Model is the workload as the templates see it. It is read-only once New has returned it.
type Model struct {
	Workload     Workload
	Env          *Environment   // the default environment
	Environments []*Environment // all of them: the default first, then by name
	Scopes       []*Scope
	Resources    []*Resource
	Items        []*Item
	Routes       []*Route
}

// Workload is the workload's own naming.
type Workload struct {
	Name        string // Org.ContosoForecast
	DisplayName string
	Description string
	Version     string
	Publisher   string
	Module      string
	Slug        string // contoso-forecast: for npm, containers and URLs
}

// Environment is one place that the workload is registered and deployed for.
type Environment struct {
	Name            string
	Default         bool
	Suffix          string // empty in the default environment, otherwise a dot and the name: .prod
	TenantID        string
	ClientID        string
	Audience        string // application ID URI
	RedirectURI     string
	TokenVersion    int
	Credential      string // secret, certificate or federated
	BackendURL      string
	FrontendURL     string
	AdminConsentURL string
}

// Scope is one data-plane scope.
type Scope struct {
	Name        string // Forecast.Read.All
	Description string
	ID          string // stable UUIDv5
	GoName      string // ForecastReadAll
	TSName      string // forecastReadAll
}

// Resource is one API that the back-end calls.
type Resource struct {
	Name        string
	Known       bool // one of fabgen's known resources
	URI         string
	AppID       string
	As          string // user or app
	Permissions []Permission
	BaseURL     string // empty where the resource has no HTTP API
	EnvName     string // FORECAST_API_URL: the setting that replaces BaseURL; empty with BaseURL
	FlagName    string // forecast-api-url: the flag of the same meaning
	GoName      string // ForecastAPI
	TSName      string // forecastApi
	File        string // forecastapi
}

// Permission is one scope of a resource.
type Permission struct {
	Name string // user_impersonation
	ID   string // delegated permission ID; empty where unknown
	URL  string // https://storage.azure.com/user_impersonation
}

// User says whether the back-end calls the resource on behalf of the user.
func (r *Resource) User() bool { return r.As == config.AsUser }

// Item is one item type.
type Item struct {
	Name              string // Forecast
	TypeName          string // Org.ContosoForecast.Forecast
	DisplayName       string
	DisplayNamePlural string
	Category          string
	OneLakeFolders    bool
	Jobs              []*Job
	GoName            string // Forecast
	TSName            string // forecast
	File              string // forecast
	Slug              string // forecast-model: for URLs
	IconLetters       string // FM: on its placeholder picture
	IconStyle         int    // that picture's, below IconStyles
}

// Job is one job type of an item.
type Job struct {
	Name     string // Train
	TypeName string // Org.ContosoForecast.Forecast.Train
	GoName   string // Train
	TSName   string // train
}

// Route is one operation of the data-plane API.
type Route struct {
	Name        string
	Method      string
	Path        string // /forecasts/{forecastId}
	Params      []Param
	Query       []Param // workspaceId and itemId, where a permission check or OneLake needs them and the path lacks them
	Scopes      []*Scope
	Resource    *Resource // nil where the route calls none
	Item        *Item     // nil where Fabric is not asked for permissions
	Permissions []string
	GoName      string // GetForecast
	TSName      string // getForecast
	File        string // getforecast
}

// Param is one parameter of a route.
type Param struct {
	Name   string // forecastId, as in the path
	GoName string // forecastID
	TSName string // forecastId
}

// New derives the model. Names that would collide in the generated code or on a file system without case are
// returned as config.Problems, all of them, with their positions.
func New(doc *config.Document) (*Model, error) {
	cfg := doc.Config
	m := &Model{Workload: newWorkload(cfg.Workload)}
	for _, name := range cfg.EnvironmentNames() {
		m.Environments = append(m.Environments, newEnvironment(cfg, name))
	}
	m.Env = m.Environments[0]
	for _, s := range cfg.Scopes {
		m.Scopes = append(m.Scopes, newScope(cfg.Workload.Name, s))
	}
	for _, r := range cfg.Resources {
		m.Resources = append(m.Resources, newResource(r))
	}
	for _, i := range cfg.Items {
		m.Items = append(m.Items, newItem(cfg.Workload.Name, i))
	}
	m.chooseIcons()
	m.Routes = m.newRoutes(cfg.Routes)
	if problems := m.collisions(doc); len(problems) > 0 {
		return nil, problems
	}
	return m, nil
}

func newWorkload(w config.Workload) Workload {
	_, product, _ := strings.Cut(w.Name, ".")
	return Workload{
		Name:        w.Name,
		DisplayName: w.DisplayName, Description: w.Description, Version: w.Version,
		Publisher: w.Publisher, Module: w.Module, Slug: kebab(product),
	}
}

func newEnvironment(cfg *config.Config, name string) *Environment {
	entra, endpoints, _ := cfg.Environment(name)
	e := &Environment{
		Name: name, Default: name == config.DefaultEnvironment,
		TenantID: entra.TenantID, ClientID: entra.ClientID, Audience: entra.Audience,
		RedirectURI: entra.RedirectURI, TokenVersion: entra.TokenVersion, Credential: entra.Credential,
		BackendURL: endpoints.Backend, FrontendURL: endpoints.Frontend,
		AdminConsentURL: "https://login.microsoftonline.com/" + entra.TenantID + "/adminconsent?client_id=" + entra.ClientID,
	}
	if !e.Default {
		e.Suffix = "." + name
	}
	return e
}

func newScope(workload string, s config.Scope) *Scope {
	return &Scope{
		Name: s.Name, Description: s.Description, ID: scopeID(workload, s.Name),
		GoName: goName(s.Name), TSName: tsName(s.Name),
	}
}

func newResource(r config.Resource) *Resource {
	_, known := config.Known(r.Name)
	out := &Resource{
		Name: r.Name, Known: known, URI: r.URI, AppID: r.AppID, As: r.As, BaseURL: r.BaseURL,
		GoName: goName(r.Name), TSName: tsName(r.Name), File: fileName(r.Name),
	}
	for _, scope := range r.Scopes {
		out.Permissions = append(out.Permissions, Permission{
			Name: scope, ID: r.Permissions[scope], URL: r.URI + "/" + scope,
		})
	}
	if r.BaseURL != "" {
		out.EnvName = envName(r.Name)
		out.FlagName = flagName(out.EnvName)
	}
	return out
}

func newItem(workload string, i config.Item) *Item {
	item := &Item{
		Name: i.Name, TypeName: workload + "." + i.Name,
		DisplayName: i.DisplayName, DisplayNamePlural: i.DisplayNamePlural,
		Category: i.Category, OneLakeFolders: i.OneLakeFolders,
		GoName: goName(i.Name), TSName: tsName(i.Name), File: fileName(i.Name), Slug: kebab(i.Name),
	}
	for _, job := range i.Jobs {
		item.Jobs = append(item.Jobs, &Job{
			Name: job, TypeName: item.TypeName + "." + job, GoName: goName(job), TSName: tsName(job),
		})
	}
	return item
}

// newRoutes resolves what the routes refer to by name; config has made sure that every name is there.
func (m *Model) newRoutes(routes []config.Route) []*Route {
	scopes, resources, items := map[string]*Scope{}, map[string]*Resource{}, map[string]*Item{}
	for _, s := range m.Scopes {
		scopes[s.Name] = s
	}
	for _, r := range m.Resources {
		resources[r.Name] = r
	}
	for _, i := range m.Items {
		items[i.Name] = i
	}
	out := make([]*Route, 0, len(routes))
	for _, r := range routes {
		route := newRoute(r)
		for _, s := range r.Scopes {
			route.Scopes = append(route.Scopes, scopes[s])
		}
		route.Resource, route.Item = resources[r.Resource], items[r.Item]
		if route.Item != nil || route.Behaviour() == behaviourOneLake {
			route.Query = missingParams(route.Params, "workspaceId", "itemId")
		}
		out = append(out, route)
	}
	return out
}

func newRoute(r config.Route) *Route {
	return &Route{
		Name: r.Name, Method: r.Method, Path: r.Path, Params: pathParams(r.Path), Permissions: r.Permissions,
		GoName: goName(r.Name), TSName: tsName(r.Name), File: fileName(r.Name),
	}
}

// Environment is the environment of that name, or nil.
func (m *Model) Environment(name string) *Environment {
	for _, e := range m.Environments {
		if e.Name == name {
			return e
		}
	}
	return nil
}
