package golden

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

const stepUp = `{"access_token":{"acrs":{"essential":true,"value":"the-challenge"}}}`

// The binary of a workload goes through every flow, with every item, job, route and resource that it has, and through
// what can go wrong in each.
func TestGeneratedServersGoThroughEveryFlow(t *testing.T) {
	if testing.Short() {
		t.Skip("builds servers")
	}
	for _, name := range []string{"demo", "everything"} {
		t.Run(name, func(t *testing.T) {
			p := build(t, name)
			f := &flows{program: p, replica: p.startAlone(t), workspace: fabrictest.NewID(), item: fabrictest.NewID()}
			f.fabric.AddWorkspace(fabrictest.Workspace{ID: f.workspace, DisplayName: "Workspace"})
			f.fabric.AddItem(fabrictest.FabricItem{ID: f.item, WorkspaceID: f.workspace, DisplayName: "Item"})
			for _, item := range p.model.Items {
				t.Run(item.Name, func(t *testing.T) { f.life(t, item) })
			}
			for _, route := range p.model.Routes {
				t.Run(route.Name, func(t *testing.T) { f.route(t, route) })
			}
			counts := p.entra.Counts()
			if counts.OnBehalfOf == 0 || counts.ClientCredentials == 0 {
				t.Errorf("counts = %+v, want exchanges on behalf of users and for the application", counts)
			}
			f.quiet(t)
		})
	}
}

// flows drives one server.
type flows struct {
	*program
	*replica
	workspace, item string // that the local Fabric and its OneLake know
}

// quiet holds that the log of the whole run has nothing that must not be there.
func (f *flows) quiet(t *testing.T) {
	t.Helper()
	for _, secret := range []string{"eyJ", f.entra.Options.ClientSecret, "the-challenge", "@example.com", "Example User"} {
		if strings.Contains(f.logs.String(), secret) {
			t.Errorf("%.8q… is in the log", secret)
		}
	}
	for _, wanted := range []string{`"activityId":"`, `"requestId":"`, `"tenantId":"`, `"itemId":"`} {
		if !strings.Contains(f.logs.String(), wanted) {
			t.Errorf("no line of the log has %s", wanted)
		}
	}
}

// life takes an item from its creation to its end, and each of its jobs too (flow B; E where a job writes to OneLake).
func (f *flows) life(t *testing.T, of *model.Item) {
	control := f.fabric.Client(f.url + "/workload")
	item := fabrictest.Item{WorkspaceID: f.workspace, Type: of.TypeName, ID: fabrictest.NewID()}
	ctx := t.Context()
	want(t, 200)(control.Create(ctx, item, map[string]any{"displayName": "First", "creationPayload": map[string]any{"notes": "one"}}))
	want(t, 200)(control.Update(ctx, item, map[string]any{"updatePayload": map[string]any{"notes": "two"}}))
	if got := want(t, 200)(control.Payload(ctx, item)); !strings.Contains(string(got.Body), "two") {
		t.Errorf("the payload is %s", got.Body)
	}
	for _, job := range of.Jobs {
		f.job(t, control, fabrictest.Job{Item: item, Type: job.TypeName, ID: fabrictest.NewID()})
	}
	want(t, 200)(control.Delete(ctx, item))
	want(t, 404)(control.Payload(ctx, item))
}

func (f *flows) job(t *testing.T, control *fabrictest.Client, job fabrictest.Job) {
	t.Helper()
	want(t, 202)(control.StartJob(t.Context(), job, map[string]any{"invokeType": "Manual"}))
	var state struct{ Status string }
	for deadline := time.Now().Add(20 * time.Second); state.Status != "Completed"; time.Sleep(5 * time.Millisecond) {
		if err := want(t, 200)(control.JobStatus(t.Context(), job)).JSON(&state); err != nil {
			t.Fatal(err)
		}
		if state.Status == "Failed" || time.Now().After(deadline) {
			t.Fatalf("the job is %s; log:\n%s", state.Status, f.logs)
		}
	}
	want(t, 200)(control.CancelJob(t.Context(), job)) // changes nothing
	for _, r := range f.model.Resources {
		if _, ok := f.fabric.File(job.WorkspaceID + "/" + job.Item.ID + "/Files/jobs/" + job.ID + ".json"); r.Name == "onelake" && !ok {
			t.Error("the job wrote no file to OneLake")
		}
	}
}

var pathParam = regexp.MustCompile(`\{\w+\}`)

// call calls a route as a user who has not called before.
func (f *flows) call(t *testing.T, r *model.Route, options ...entratest.TokenOption) *fabrictest.Response {
	t.Helper()
	f.fabric.PutFile(f.workspace+"/"+f.item+"/Files/data.json", []byte("{}")) // a call before may have deleted it
	path := strings.NewReplacer("{workspaceId}", f.workspace, "{itemId}", f.item).Replace(r.Path)
	path = pathParam.ReplaceAllString(path, "one") + "?workspaceId=" + f.workspace + "&itemId=" + f.item
	req, err := http.NewRequestWithContext(t.Context(), r.Method, f.url+"/api"+path, strings.NewReader(`{"sent":true}`))
	if err != nil {
		t.Fatal(err)
	}
	token := append([]entratest.TokenOption{entratest.Scopes(r.Scopes[0].Name), entratest.User(fabrictest.NewID()),
		entratest.App(entratest.FabricFrontendAppID)}, options...)
	if f.model.Env.TokenVersion == 2 {
		token = append(token, entratest.V2())
	}
	req.Header.Set("Authorization", "Bearer "+f.entra.SubjectToken(token...))
	return answered(t)(fabrictest.Send(nil, req))
}

// answered takes an answer whatever its status.
func answered(t *testing.T) func(*fabrictest.Response, error) *fabrictest.Response {
	return func(got *fabrictest.Response, err error) *fabrictest.Response {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
}

// route calls a route as it should be called, and then with each thing wrong that can be (flows A, C, D and E).
func (f *flows) route(t *testing.T, r *model.Route) {
	f.fabric.Grant(f.item, r.Permissions...)
	if got := f.call(t, r); got.Status != http.StatusOK {
		t.Fatalf("%d %s; log:\n%s", got.Status, got.Body, f.logs)
	}
	refused(t, f.call(t, r, entratest.Scopes("Another.Scope")), http.StatusForbidden)
	if len(r.Permissions) > 0 {
		f.permissions(t, r)
	}
	if r.Resource != nil && r.Resource.User() {
		f.consent(t, r)
	}
}

// permissions are those that Fabric says the user has, where Fabric answers.
func (f *flows) permissions(t *testing.T, r *model.Route) {
	f.fabric.Grant(f.item)
	refused(t, f.call(t, r), http.StatusForbidden)
	f.fabric.Grant(f.item, r.Permissions...)
	f.fabric.Throttle(1, 7*time.Second)
	got := f.call(t, r)
	refused(t, got, http.StatusTooManyRequests)
	if got.Header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After is %q, want Fabric's 7", got.Header.Get("Retry-After"))
	}
}

// consent and a step up are asked for in the words that the front-end acts on.
func (f *flows) consent(t *testing.T, r *model.Route) {
	f.entra.SetConsent(r.Resource.URI, false)
	got := f.call(t, r)
	f.entra.SetConsent(r.Resource.URI, true)
	refused(t, got, http.StatusUnauthorized)
	if got.Error().ErrorCode != apierror.AuthUIRequired || !strings.Contains(string(got.Body), r.Resource.URI) {
		t.Errorf("consent: %s", got.Body)
	}
	f.entra.RequireClaims(r.Resource.URI, stepUp)
	got = f.call(t, r)
	f.entra.RequireClaims(r.Resource.URI, "")
	refused(t, got, http.StatusUnauthorized)
	if !strings.Contains(got.Header.Get("WWW-Authenticate"), "insufficient_claims") || !strings.Contains(string(got.Body), "the-challenge") {
		t.Errorf("claims: %q %s", got.Header.Get("WWW-Authenticate"), got.Body)
	}
	if got := f.call(t, r); got.Status != http.StatusOK {
		t.Errorf("afterwards: %d %s", got.Status, got.Body)
	}
}
