package render_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// fakeAzureVariable names the file with a fake tenant. Where it is set, the test binary is an Azure CLI for the few
// commands of provision.sh, and keeps the rules of Microsoft Graph that decide the order of its requests.
const fakeAzureVariable = "FABGEN_TEST_FAKE_AZURE"

func init() {
	file := os.Getenv(fakeAzureVariable)
	if file == "" {
		return
	}
	out, err := fakeAzure(file, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "ERROR:", err)
		os.Exit(1)
	}
	fmt.Println(out)
	os.Exit(0)
}

// fakeTenant is what the fake keeps between commands.
type fakeTenant struct {
	Tenant            string // of the person who is logged in; empty where nobody is
	Application       *fakeApplication
	ServicePrincipals []fakeServicePrincipal
	Secrets           int
	Requests          []string
}

type fakeApplication struct {
	ID          string `json:"id"`
	AppID       string `json:"appId"`
	DisplayName string `json:"displayName"`

	IdentifierURIs         []string       `json:"identifierUris"`
	API                    fakeAPI        `json:"api"`
	RequiredResourceAccess []fakeResource `json:"requiredResourceAccess"`
}

type fakeAPI struct {
	Scopes        []fakeScope         `json:"oauth2PermissionScopes"`
	PreAuthorized []fakePreAuthorized `json:"preAuthorizedApplications"`
}

type fakeScope struct {
	ID        string `json:"id"`
	Value     string `json:"value"`
	IsEnabled bool   `json:"isEnabled"`
}

type fakePreAuthorized struct {
	AppID       string   `json:"appId"`
	Permissions []string `json:"delegatedPermissionIds"`
}

type fakeResource struct {
	AppID  string       `json:"resourceAppId"`
	Access []fakeAccess `json:"resourceAccess"`
}

type fakeAccess struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

type fakeServicePrincipal struct {
	AppID     string
	Names     []string
	Delegated map[string]string // permission IDs by name
	Roles     map[string]string
}

func loadTenant(file string) (*fakeTenant, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t := &fakeTenant{}
	return t, json.Unmarshal(data, t)
}

func (t *fakeTenant) save(file string) error {
	data, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// fakeAzure runs one command.
func fakeAzure(file string, args []string) (string, error) {
	t, err := loadTenant(file)
	if err != nil {
		return "", err
	}
	command, flags := parseCommand(args)
	run := map[string]func(map[string]string) (string, error){
		"account show":            t.accountShow,
		"rest":                    t.rest,
		"ad app list":             t.appList,
		"ad app show":             t.appShow,
		"ad app credential reset": t.credentialReset,
		"ad sp list":              t.principalList,
		"ad sp create":            t.principalCreate,
	}[command]
	if run == nil {
		return "", fmt.Errorf("the fake has no command %q", command)
	}
	out, err := run(flags)
	return out, errors.Join(err, t.save(file))
}

func parseCommand(args []string) (string, map[string]string) {
	var words []string
	flags := map[string]string{}
	for i := 0; i < len(args); i++ {
		name, isFlag := strings.CutPrefix(args[i], "--")
		switch {
		case !isFlag:
			words = append(words, args[i])
		case i+1 < len(args) && !strings.HasPrefix(args[i+1], "--"):
			flags[name] = args[i+1]
			i++
		default:
			flags[name] = "true"
		}
	}
	return strings.Join(words, " "), flags
}

func (t *fakeTenant) accountShow(map[string]string) (string, error) {
	if t.Tenant == "" {
		return "", errors.New("please run 'az login' to setup account")
	}
	return t.Tenant, nil
}

func (t *fakeTenant) appList(flags map[string]string) (string, error) {
	if t.Application == nil {
		return "", nil
	}
	if flags["app-id"] == t.Application.AppID || slices.Contains(t.Application.IdentifierURIs, flags["identifier-uri"]) {
		return t.Application.ID, nil
	}
	return "", nil
}

// appShow answers the queries that the script asks, each by what it means.
func (t *fakeTenant) appShow(flags map[string]string) (string, error) {
	app, query := t.Application, flags["query"]
	if app == nil || flags["id"] != app.ID {
		return "", errors.New("no such application")
	}
	switch {
	case query == "appId":
		return app.AppID, nil
	case query == "requiredResourceAccess[].resourceAppId":
		var out []string
		for _, r := range app.RequiredResourceAccess {
			out = append(out, r.AppID)
		}
		return strings.Join(out, "\n"), nil
	case strings.HasPrefix(query, "requiredResourceAccess[?resourceAppId=='"):
		return app.accessOf(strings.Split(query, "'")[1]), nil
	case strings.HasPrefix(query, "length(api.oauth2PermissionScopes[?!contains("):
		return fmt.Sprint(len(app.API.unwanted(query))), nil
	case strings.HasPrefix(query, "{api: {"):
		return app.retired(query)
	}
	return "", fmt.Errorf("the fake has no answer to %q", query)
}

func (a *fakeApplication) accessOf(resource string) string {
	var out []string
	for _, r := range a.RequiredResourceAccess {
		for _, access := range r.Access {
			if r.AppID == resource {
				out = append(out, access.ID+"\t"+access.Type)
			}
		}
	}
	return strings.Join(out, "\n")
}

// unwanted gives the IDs of the scopes that the query does not list.
func (a *fakeAPI) unwanted(query string) []string {
	var out []string
	for _, s := range a.Scopes {
		if !strings.Contains(query, "'"+s.ID+"'") {
			out = append(out, s.ID)
		}
	}
	return out
}

func (a *fakeApplication) retired(query string) (string, error) {
	unwanted := a.API.unwanted(query)
	api := fakeAPI{}
	for _, s := range a.API.Scopes {
		s.IsEnabled = !slices.Contains(unwanted, s.ID)
		api.Scopes = append(api.Scopes, s)
	}
	for _, p := range a.API.PreAuthorized {
		p.Permissions = slices.DeleteFunc(slices.Clone(p.Permissions), func(id string) bool {
			return slices.Contains(unwanted, id)
		})
		if len(p.Permissions) > 0 {
			api.PreAuthorized = append(api.PreAuthorized, p)
		}
	}
	data, err := json.Marshal(map[string]any{"api": api})
	return string(data), err
}

// rest makes or changes the application as Microsoft Graph does.
func (t *fakeTenant) rest(flags map[string]string) (string, error) {
	body, err := os.ReadFile(strings.TrimPrefix(flags["body"], "@"))
	if err != nil {
		return "", err
	}
	path := strings.TrimPrefix(flags["url"], "https://graph.microsoft.com/v1.0")
	t.Requests = append(t.Requests, flags["method"]+" "+path)
	before := fakeApplication{}
	if flags["method"] == "POST" {
		t.Application = &fakeApplication{ID: "object-1", AppID: "99999999-0000-0000-0000-000000000000"}
	} else {
		before = *t.Application
	}
	after := fakeApplication{ID: t.Application.ID, AppID: t.Application.AppID}
	after.API = before.API
	if err := json.Unmarshal(body, &after); err != nil {
		return "", fmt.Errorf("the body is not JSON: %w\n%s", err, body)
	}
	if err := graphRefuses(before, after); err != nil {
		return "", err
	}
	t.Application = &after
	return after.ID, nil
}

// graphRefuses has the rules that make the order of requests matter.
func graphRefuses(before, after fakeApplication) error {
	for _, p := range after.API.PreAuthorized {
		for _, id := range p.Permissions {
			if !before.API.has(id) || !after.API.has(id) {
				return errors.New("delegatedPermissionIds has a permission ID that cannot be found")
			}
		}
	}
	for _, s := range before.API.Scopes {
		if s.IsEnabled && !after.API.has(s.ID) {
			return errors.New("CannotDeleteOrUpdateEnabledEntitlement")
		}
	}
	seen := map[string]bool{}
	for _, r := range after.RequiredResourceAccess {
		if seen[r.AppID] {
			return errors.New("requiredResourceAccess has a resource twice")
		}
		seen[r.AppID] = true
	}
	return nil
}

func (a *fakeAPI) has(id string) bool {
	return slices.ContainsFunc(a.Scopes, func(s fakeScope) bool { return s.ID == id })
}

func (t *fakeTenant) principalList(flags map[string]string) (string, error) {
	id, query := strings.Split(flags["filter"], "'")[1], flags["query"]
	for _, sp := range t.ServicePrincipals {
		if sp.AppID != id && !slices.Contains(sp.Names, id) {
			continue
		}
		switch {
		case query == "[0].appId" || query == "[0].id":
			return sp.AppID, nil
		case query == "[0].oauth2PermissionScopes[].value":
			return "Prices.Read\nPrices.Write", nil
		case strings.HasPrefix(query, "[0].appRoles[?value=='"):
			return sp.Roles[strings.Split(query, "'")[1]], nil
		case strings.HasPrefix(query, "[0].oauth2PermissionScopes[?value=='"):
			return sp.Delegated[strings.Split(query, "'")[1]], nil
		}
		return "", fmt.Errorf("the fake has no answer to %q", query)
	}
	return "", nil
}

func (t *fakeTenant) principalCreate(flags map[string]string) (string, error) {
	t.ServicePrincipals = append(t.ServicePrincipals, fakeServicePrincipal{AppID: flags["id"]})
	return "", nil
}

func (t *fakeTenant) credentialReset(flags map[string]string) (string, error) {
	if flags["append"] == "" {
		return "", errors.New("this would remove every other secret")
	}
	t.Secrets++
	return "s3cret-of-the-test", nil
}
