package hops_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/generator/registration"
	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

const (
	tenantID = "853d9f4f-c71b-4420-b6ec-60e503458946"
	clientID = "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"
	audience = "api://localdevinstance/" + tenantID + "/Org.ContosoForecast"
	farid    = "3e9a4c18-6d20-4b7f-9c51-0f8e2d7a6b34"
	storage  = "https://storage.azure.com"
)

// world is a local Entra, a local Fabric and a back-end of the runtime's, all of which tell one Recorder.
type world struct {
	*bench
	entra *localentra.Server
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{bench: newBench(t, nil)}
	data, err := os.ReadFile("../../../../golden/demo/want/entra/application.json")
	must(t, err)
	app, err := registration.Parse(data)
	must(t, err)
	w.entra, err = localentra.Start(localentra.Options{Dir: t.TempDir(), TenantID: tenantID, ClientID: clientID, Registration: app,
		OnEvent: func(e localentra.Event) { w.Record(hops.FromEvent(e)) }})
	must(t, err)
	t.Cleanup(w.entra.Close)
	fabric, err := fabrictest.Start(fabrictest.Options{Entra: w.entra, TenantID: tenantID, ClientID: clientID,
		Observe: func(c fabrictest.Call) { w.Record(hops.FromCall(c, map[string]string{"api://pricing": "pricing"})) }})
	must(t, err)
	t.Cleanup(fabric.Close)
	pricing, err := fabric.NewResource("api://pricing", "Prices.Read")
	must(t, err)
	settings := w.entra.Settings(audience)
	a, err := auth.New(settings)
	must(t, err)
	t.Cleanup(w.entra.Client().CloseIdleConnections)
	mux := http.NewServeMux()
	mux.Handle("/workload/", a.ControlPlane(auth.ControlPlaneRules{})(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	mux.Handle("/api/", a.DataPlane("Forecast.Read.All")(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		token, err := a.Token(r.Context(), auth.Resource{Name: "onelake", URI: storage, Scopes: []string{"user_impersonation"}})
		if err != nil {
			apierror.Write(rw, r, auth.ErrorFor(err, auth.DataPlane))
			return
		}
		for _, address := range []string{fabric.OneLakeURL + "/ws/item/Files/x", pricing.URL + "/prices"} {
			req, _ := http.NewRequestWithContext(r.Context(), http.MethodGet, address, nil)
			req.Header.Set("Authorization", "Bearer "+string(token.Value))
			if resp, err := w.entra.Client().Do(req); err == nil {
				resp.Body.Close()
			}
		}
	})))
	w.serve(t, mux)
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Everything that the parts of a workload say to each other is told, and can be shown to others.
func TestTheWholeStory(t *testing.T) {
	w := newWorld(t)
	token, err := w.entra.UserToken(farid, "871c010f-5e61-4fb1-83ac-98610a7e9110", audience+"/.default")
	must(t, err)
	bearer := header("Authorization", "Bearer "+token)
	w.send(t, "GET", "/api/forecasts", bearer)
	must(t, w.entra.Consent(farid, storage+"/user_impersonation"))
	must(t, w.entra.FailNext(localentra.FaultClaims))
	w.send(t, "GET", "/api/forecasts", bearer)
	w.send(t, "GET", "/api/forecasts", bearer)
	control := &fabrictest.Client{BaseURL: w.url + "/workload", HTTP: w.client, TenantID: tenantID, Tokens: func() auth.SubjectAndApp {
		app, err := w.entra.AppToken(auth.FabricClientAppID)
		must(t, err)
		return auth.SubjectAndApp{App: app}
	}}
	_, err = control.Payload(t.Context(), fabrictest.Item{WorkspaceID: "w", Type: "t", ID: "i"})
	must(t, err)
	w.last(t)
	all := w.All()
	const onBehalf = "backend -> entra: POST /<id-2>/oauth2/v2.0/token on behalf of the user for " + storage + " (user_impersonation) = "
	const want = `portal -> entra: token for the front-end for api://localdevinstance/<id-1>/Org.ContosoForecast (.default) = issued
frontend -> backend: GET /api/forecasts = 401 AuthUIRequired AADSTS65001, asks for more
` + onBehalf + `400 invalid_grant AADSTS65001
frontend -> backend: GET /api/forecasts = 401 AuthUIRequired AADSTS50076, asks for more
` + onBehalf + `400 interaction_required AADSTS50076, on purpose
frontend -> backend: GET /api/forecasts = 200
` + onBehalf + `200
backend -> onelake: GET /ws/item/Files/x = 404 PathNotFound
backend -> pricing: GET /prices = 401 TokenNotValid
fabric -> entra: token for a call of the back-end for api://localdevinstance/<id-1>/Org.ContosoForecast (.default) = issued
fabric -> backend: GET /workload/workspaces/w/items/t/i/payload = 401 AuthError
`
	got := hops.Transcript(all, hops.Story{})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	wellFormed(t, all)
	data, err := hops.JSON(all, hops.Export{})
	must(t, err)
	for _, text := range []string{string(data), hops.Mermaid(all), got} {
		if strings.Contains(text, "eyJ") || strings.Contains(text, "farid@") || strings.Contains(text, token) {
			t.Error("a token or a name is told")
		}
	}
	issued := slices.IndexFunc(all, func(h hops.Hop) bool {
		return h.Kind == "token" && len(h.Tokens) > 0 && h.Tokens[0].Issued && h.Tokens[0].Claims["aud"] == storage
	})
	if issued < 0 {
		t.Error("nobody knows which token was issued")
	}
}

func TestFromPortal(t *testing.T) {
	for _, c := range []struct {
		call portal.CallEvent
		want string
	}{
		{portal.CallEvent{Name: "createArtifact", User: farid}, "frontend -> portal: createArtifact as <id-1> = accepted\n"},
		{portal.CallEvent{Name: "acquireAADToken", Window: true}, "frontend -> portal: acquireAADToken = shown\n"},
		{portal.CallEvent{Name: "getArtifact", Rejected: "ItemNotFound"}, "frontend -> portal: getArtifact = refused ItemNotFound\n"},
	} {
		h := hops.FromPortal(c.call)
		if got := hops.Transcript([]hops.Hop{h}, hops.Story{}); got != c.want || h.Bad() != (c.call.Rejected != "") {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
