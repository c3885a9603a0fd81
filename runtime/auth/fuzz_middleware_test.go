package auth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// lasting is longer than any fuzzer runs.
const lasting = 240 * time.Hour

// challengeForm is a WWW-Authenticate value whose parameters have the characters of RFC 6750 section 3 only.
var challengeForm = regexp.MustCompile(`^(Bearer|SubjectAndAppToken1\.0)` +
	`( [a-z_]+="[ !#-\[\]-~]+"(, [a-z_]+="[ !#-\[\]-~]+")*)?$`)

// door is one plane's middleware in front of a handler that notes whether it was reached.
type door struct {
	handler http.Handler
	reached bool
}

func newDoor(guard func(http.Handler) http.Handler) *door {
	d := &door{}
	d.handler = guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { d.reached = true }))
	return d
}

// knock calls with an Authorization header and wants to be let in, or refused as RFC 6750 and the contract say.
func (d *door) knock(t *testing.T, value string, letIn bool) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", http.NoBody)
	r.Header = authorization(value)
	r.Header.Set("x-ms-client-tenant-id", entratest.DefaultUserTenantID)
	w := httptest.NewRecorder()
	d.reached = false
	d.handler.ServeHTTP(w, r)
	if d.reached != letIn {
		t.Fatalf("let in: %t, want %t (%d %s)", d.reached, letIn, w.Code, w.Body)
	}
	if !letIn {
		wantRefusal(t, w)
	}
}

func wantRefusal(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	var body apierror.Response
	decoder := json.NewDecoder(w.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil || body.Message == "" || body.Source == "" ||
		body.ErrorCode != apierror.AuthError && body.ErrorCode != apierror.AccessDenied {
		t.Errorf("body %+v, %v, want an ErrorResponse", body, err)
	}
	challenges := w.Header().Values("WWW-Authenticate")
	if w.Code != http.StatusUnauthorized && w.Code != http.StatusForbidden ||
		w.Code == http.StatusUnauthorized && len(challenges) != 1 {
		t.Errorf("status %d with the challenges %q", w.Code, challenges)
	}
	for _, challenge := range challenges {
		if !challengeForm.MatchString(challenge) {
			t.Errorf("WWW-Authenticate: %q", challenge)
		}
	}
}

// Whatever stands in the header, only tokens that the local Entra made for this call open a door.
func FuzzAuthenticateControl(f *testing.F) {
	w := newFuzzWorld(f)
	long, other := entratest.Expires(lasting), entratest.App(auth.FabricServiceAppID)
	tokens := []string{
		w.entra.SubjectToken(long), w.entra.AppToken(long), // $0 and $1 belong together, as do $2 and $3
		w.entra.SubjectToken(long, other), w.entra.AppToken(long, other),
		w.entra.SubjectToken(long, entratest.Scopes(scope)), // $4 is for the data plane
		w.entra.SubjectToken(entratest.Expires(-lasting)), w.entra.AppToken(entratest.Expires(-lasting)),
		w.entra.SubjectToken(long, entratest.Tenant(entratest.DefaultTenantID)),
		w.entra.AppToken(long, entratest.Audience("https://analysis.windows.net/powerbi/api")),
		w.entra.SubjectToken(long, entratest.Unsigned()),
	}
	pairs := map[[2]string]bool{{tokens[0], tokens[1]}: true, {tokens[2], tokens[3]}: true}
	control := newDoor(w.auth.ControlPlane(auth.ControlPlaneRules{}))
	data := newDoor(w.auth.DataPlane(scope))
	addHeaders(f)
	for _, pair := range []string{"01", "23", "03", "21", "10", "00", "11", "41", "51", "06", "71", "08", "91"} {
		f.Add(`SubjectAndAppToken1.0 subjectToken="$` + pair[:1] + `", appToken="$` + pair[1:] + `"`)
	}
	for _, value := range []string{"Bearer $4", "bearer $4", "Bearer $0", "Bearer $1", "Bearer $9", "Bearer $4 ",
		`SubjectAndAppToken1.0 subjectToken="", appToken="$1"`} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, input string) {
		value := fill(input, tokens...)
		both, one := compositeForm.FindStringSubmatch(value), bearerForm.FindStringSubmatch(value)
		control.knock(t, value, both != nil && pairs[[2]string(both[1:])])
		data.knock(t, value, one != nil && one[1] == tokens[4])
	})
}
