// Package local is the cloud that a workload needs, on this machine alone: a local Entra, a local Fabric with OneLake,
// and a server in place of each of the workload's own resources. Nothing in it accepts, or is accepted by, anything of
// Microsoft's.
package local

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/registration"
	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// Options say which workload a Cloud serves, and where its parts are. All but PagesAddr, Seed, Unattended and those that are told is required.
type Options struct {
	Model *model.Model
	Env   *model.Environment
	// Registration is the application's, as in entra/application.json.
	Registration *registration.Application
	// RootDir keeps the root certificate, which all workloads of this person share; StateDir what is this workload's.
	RootDir, StateDir string
	// Backend is where the workload's back-end is called, such as http://127.0.0.1:5000: Fabric adds the base path.
	Backend string
	// Frontend and Portal are the origins of the front-end and of the local portal.
	Frontend, Portal string
	// PagesAddr is where Entra's pages are. Default: a free port.
	PagesAddr string
	// Seed is who there is. Default: localentra.DefaultSeed.
	Seed *localentra.Seed
	// Unattended answers every page as the seed says that the person would.
	Unattended bool
	// Roles gives each person the role in the workspace that the seed says. Without it everybody has what Fabric.Grant
	// gives.
	Roles bool
	// Retries is how often Fabric calls the back-end again where it may. Default: not at all.
	Retries int
	// Keep keeps items, jobs and OneLake's files in StateDir, for the next Cloud.
	Keep bool
	// OnEvent is told of each request that Entra has answered, OnCall of each that Fabric, OneLake and the workload's own
	// resources have. They must not block.
	OnEvent func(localentra.Event)
	OnCall  func(fabrictest.Call)
}

// Cloud is what Start has started. It is safe for concurrent use.
type Cloud struct {
	Entra  *localentra.Server
	Fabric *fabrictest.Server
	Items  *portal.Fabric // the workspace, its items and their jobs

	options Options
	// resources are the addresses of the workload's own, by the setting that the back-end reads.
	resources map[string]string
}

// WorkspaceID is that of the one workspace that there is.
const WorkspaceID = "b0c7e2a4-5d13-4f6e-8a29-7c1d3e5f9b04"

// Start starts a Cloud. Close it when it is no longer needed.
func Start(o Options) (*Cloud, error) {
	c := &Cloud{options: o, resources: map[string]string{}}
	for _, start := range []func() error{c.startEntra, c.startFabric, c.startResources} {
		if err := start(); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// Close stops everything.
func (c *Cloud) Close() {
	if c.Fabric != nil {
		c.Fabric.Close()
	}
	if c.Entra != nil {
		c.Entra.Close()
	}
}

func (c *Cloud) startEntra() error {
	o := c.options
	server, err := localentra.Start(localentra.Options{
		Dir: o.RootDir, TenantID: o.Env.TenantID, ClientID: o.Env.ClientID, Registration: c.registration(),
		LookedUp: lookedUp(o.Model), Resources: ownResources(o.Model), Seed: o.Seed,
		PortalRedirectURIs: []string{o.Portal + "/"}, PagesAddr: o.PagesAddr, Unattended: o.Unattended, OnEvent: o.OnEvent,
	})
	c.Entra = server
	return err
}

// registration is the application's, with the close page where the front-end stands now: a port that was busy is no
// reason to register another one.
func (c *Cloud) registration() *registration.Application {
	app := *c.options.Registration
	if moved := c.RedirectURI(); moved != c.options.Env.RedirectURI && slices.Contains(app.SPA.RedirectURIs, c.options.Env.RedirectURI) {
		app.SPA.RedirectURIs = append(slices.Clone(app.SPA.RedirectURIs), moved)
	}
	return &app
}

// RedirectURI is the front-end's close page.
func (c *Cloud) RedirectURI() string {
	configured := c.options.Env.RedirectURI
	if path, ok := strings.CutPrefix(configured, c.options.Env.FrontendURL); ok && strings.HasPrefix(path, "/") {
		return c.options.Frontend + path
	}
	return configured
}

func lookedUp(m *model.Model) []localentra.Permission {
	var out []localentra.Permission
	for _, p := range m.LookedUpPermissions() {
		if p.Type == "Scope" {
			out = append(out, localentra.Permission{URI: cmp.Or(p.URI, p.AppID), Scope: p.Name})
		}
	}
	return out
}

func ownResources(m *model.Model) []localentra.Resource {
	var out []localentra.Resource
	for _, r := range m.Resources {
		own := localentra.Resource{URI: r.URI, AppID: r.AppID, Title: r.Name, Scopes: map[string]string{}}
		for _, p := range r.Permissions {
			if p.Name != everything {
				own.Scopes[p.Name] = p.ID
			}
		}
		out = append(out, own)
	}
	return out
}

// everything is the scope that stands for all that the application was given.
const everything = ".default"

func (c *Cloud) startFabric() error {
	o := c.options
	options := fabrictest.Options{Entra: c.Entra, TenantID: o.Env.TenantID, ClientID: o.Env.ClientID, Observe: o.OnCall}
	c.Items = &portal.Fabric{WorkspaceID: WorkspaceID, Client: c.Control, OnItem: c.noteItem}
	if o.Keep {
		options.OneLakeDir, c.Items.File = filepath.Join(o.StateDir, "onelake"), filepath.Join(o.StateDir, "fabric.json")
		if err := os.MkdirAll(options.OneLakeDir, 0o700); err != nil {
			return fmt.Errorf("making the folder of OneLake's files: %w", err)
		}
	}
	var err error
	if c.Fabric, err = fabrictest.Start(options); err != nil {
		return err
	}
	c.Fabric.AddWorkspace(fabrictest.Workspace{ID: WorkspaceID, DisplayName: o.Model.Workload.DisplayName, Type: "Workspace"})
	if o.Roles {
		c.ResetRoles()
	}
	return nil
}

// ResetRoles gives each person the role that the seed says.
func (c *Cloud) ResetRoles() {
	for _, p := range c.Entra.People() {
		c.Fabric.SetRole(WorkspaceID, p.ID, fabrictest.Role(p.Role))
	}
}

// SetRole gives one person a role; "" takes it away.
func (c *Cloud) SetRole(user string, role fabrictest.Role) { c.Fabric.SetRole(WorkspaceID, user, role) }

// ForgetRoles has roles be as they were when it started.
func (c *Cloud) ForgetRoles() {
	c.Fabric.ForgetRoles(WorkspaceID)
	if c.options.Roles {
		c.ResetRoles()
	}
}

// SetRoles gives everybody one role.
func (c *Cloud) SetRoles(role fabrictest.Role) {
	for _, p := range c.Entra.People() {
		c.Fabric.SetRole(WorkspaceID, p.ID, role)
	}
}

// noteItem has Fabric's public API know of an item.
func (c *Cloud) noteItem(i fabrictest.Item, name string, gone bool) {
	if gone {
		_ = c.Fabric.RemoveItem(i.WorkspaceID, i.ID) // files that stay behind are nobody's
		return
	}
	c.Fabric.AddItem(fabrictest.FabricItem{ID: i.ID, WorkspaceID: i.WorkspaceID, Type: i.Type, DisplayName: name})
}

func (c *Cloud) startResources() error {
	for _, r := range c.options.Model.OwnResources() {
		var scopes []string
		for _, p := range r.Permissions {
			if p.Name != everything {
				scopes = append(scopes, p.Name)
			}
		}
		server, err := c.Fabric.NewResource(r.URI, scopes...)
		if err != nil {
			return fmt.Errorf("standing in for the resource %s: %w", r.Name, err)
		}
		c.resources[r.EnvName] = server.URL
	}
	return nil
}

// Control calls the back-end as Fabric does, for a user; for nobody where it is empty.
func (c *Cloud) Control(user string) *fabrictest.Client {
	return &fabrictest.Client{
		BaseURL: c.options.Backend + c.BasePath(), HTTP: c.Entra.Client(), TenantID: c.tenantOf(user), Retries: c.options.Retries,
		Tokens: func() auth.SubjectAndApp {
			tokens, err := c.composite(user)
			if err != nil {
				return auth.SubjectAndApp{} // the back-end says what is missing
			}
			return tokens
		},
	}
}

// composite is the pair of tokens of Fabric's calls.
func (c *Cloud) composite(user string) (auth.SubjectAndApp, error) {
	app, err := c.Entra.AppToken(auth.FabricClientAppID)
	if err != nil || user == "" {
		return auth.SubjectAndApp{App: app}, err
	}
	scope := c.options.Env.Audience + "/" + c.options.Model.ControlScope().Name
	subject, err := c.Entra.UserToken(user, auth.FabricClientAppID, scope)
	return auth.SubjectAndApp{Subject: subject, App: app}, err
}

func (c *Cloud) tenantOf(user string) string {
	for _, p := range c.Entra.People() {
		if p.ID == user {
			return p.TenantID
		}
	}
	return c.options.Env.TenantID
}

// FrontendToken is a user's token for the front-end's calls of the data plane. Its error is a *localentra.Refusal where
// Entra refuses.
func (c *Cloud) FrontendToken(user string) (string, error) {
	return c.Entra.UserToken(user, entratest.FabricFrontendAppID, c.options.Env.Audience+"/"+everything)
}

// Environment is the settings of the back-end that lead it here, by name.
func (c *Cloud) Environment() (map[string]string, error) {
	o := c.options
	if err := os.MkdirAll(o.StateDir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the back-end's database: %w", err)
	}
	env := map[string]string{
		"ENTRA_AUTHORITY": c.Entra.URL, "ENTRA_V1_ISSUER": c.Entra.V1Issuer(), "EXTRA_CA_FILE": c.Entra.CAFile,
		"FABRIC_TENANT_ID": o.Env.TenantID, "FABRIC_CLIENT_ID": o.Env.ClientID, "FABRIC_AUDIENCE": o.Env.Audience,
		"FABRIC_CLIENT_SECRET": c.Entra.ClientSecret, "WORKLOAD_BASE_PATH": c.BasePath(),
		"FABRIC_API_URL": c.Fabric.URL, "ONELAKE_URL": c.Fabric.OneLakeURL, "ALLOWED_ORIGINS": o.Frontend,
		"DATABASE_URL": "sqlite:" + filepath.Join(o.StateDir, "workload.db"),
	}
	for name, url := range c.resources {
		env[name] = url
	}
	return env, nil
}

// foreign are the settings of a back-end that a person's shell may have for another one: they would lead this one
// elsewhere.
var foreign = []string{"FABRIC_*", "ENTRA_*", "TOKEN_CACHE*", "DATABASE_URL", "ONELAKE_URL", "OTEL_*", "EXTRA_CA_FILE",
	"TENANT_RATE_LIMIT", "WORKLOAD_*", "ALLOWED_ORIGINS", "LISTEN_ADDR", "LOG_FORMAT"}

// Environ is the whole environment of the back-end's process: base without what would lead it elsewhere, Environment, and
// set, which wins.
func (c *Cloud) Environ(base []string, set map[string]string) ([]string, error) {
	settings, err := c.Environment()
	if err != nil {
		return nil, err
	}
	maps.Copy(settings, set)
	return supervisor.Environ(base, settings, foreign...), nil
}

// BasePath is where the back-end has the Workload REST contract: the path of its address.
func (c *Cloud) BasePath() string {
	_, rest, _ := strings.Cut(c.options.Env.BackendURL, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return strings.TrimSuffix(rest[i:], "/")
	}
	return ""
}
