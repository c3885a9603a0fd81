package flowtest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// testCase is one way in which a flow can go.
type testCase struct {
	name string
	user string // default: willing
	// damage makes the flow's first call with what is wrong with it; nil does the flow as a person does.
	damage damage
	want   func(flow) want
	except func(flow) string // why it is not for a flow; nil: it is for all

	// setUp comes once before the case's cells, and arrange before each; clean takes back what they did.
	setUp   func(context.Context, *runner) error
	arrange func(*runner) error
	// met says whether the back-end ran into what was arranged; nil: it always does.
	met func(trace) bool
	// loud wants an error in the log.
	loud bool
	// afresh wants a back-end that must ask Entra for a token of its own.
	afresh bool
}

func (c testCase) excuse(f flow) string {
	if c.except == nil {
		return ""
	}
	return c.except(f)
}

func (c testCase) says(f flow) string {
	if c.excuse(f) != "" {
		return ""
	}
	return c.want(f).String()
}

// cases are those of the specification's sections 3 and 4, those of people before those of the workload itself.
func cases() []testCase {
	return slices.Concat(plainCases(), tokenCases(), headerCases(), personCases(), permissionCases(), troubleCases())
}

// well is a flow that comes to its end.
func well(f flow) want { return want{end: play.OK, job: ended(f, "Completed", "", "")} }

// plainCase is the flow as it goes where nothing goes wrong.
const plainCase = "plain"

func plainCases() []testCase {
	return []testCase{
		{name: plainCase, want: well},
		{name: "user of another tenant", user: foreign, want: well},
	}
}

// refuses is an answer that refuses the call.
func refuses(status int, code string) func(flow) want {
	return func(flow) want { return want{status: status, code: code} }
}

var (
	unauthorized = refuses(http.StatusUnauthorized, apierror.AuthError)
	forbidden    = refuses(http.StatusForbidden, apierror.AuthError)
)

// tokenCases are of tokens that must not let anybody in, on both planes.
func tokenCases() []testCase {
	return []testCase{
		{name: "no token", damage: authorization(noToken), want: unauthorized},
		{name: "wrong audience", damage: wrongAudience, want: unauthorized},
		{name: "expired token", damage: expired, want: unauthorized},
		{name: "forged token", damage: subject(forged), want: unauthorized},
		{name: "unsigned token", damage: subject(unsigned), want: unauthorized},
		{name: "missing scope", damage: wrongScope, want: forbidden, except: unscoped},
		{name: "token of the wrong kind", damage: swapped, want: unauthorized},
	}
}

func unscoped(f flow) string {
	if f.unscoped {
		return "the workload has one scope alone"
	}
	return ""
}

// headerCases are of headers that Fabric, or a front-end, never sends.
func headerCases() []testCase {
	return []testCase{
		{name: "another scheme", want: unauthorized, damage: authorization(func(flow, pair) []string {
			return []string{"Basic Zm9yOm5vYm9keQ=="}
		})},
		{name: "two Authorization headers", want: unauthorized, damage: authorization(func(f flow, t pair) []string {
			return slices.Repeat(f.header(t)["Authorization"], 2)
		})},
		{name: "Bearer in the control plane", want: unauthorized, except: dataPlane,
			damage: authorization(func(_ flow, t pair) []string { return []string{"Bearer " + t.Subject} })},
		{name: "tokens in the wrong order", want: unauthorized, except: dataPlane, damage: authorization(disordered)},
		{name: "no app token", want: unauthorized, except: dataPlane, damage: app(func(string) string { return "" })},
		{name: "forged app token", want: unauthorized, except: dataPlane, damage: app(forged)},
		{name: "app token of another application", want: refuses(http.StatusForbidden, apierror.AccessDenied),
			except: dataPlane, damage: wrongApp},
		{name: "no subject token", except: dataPlane, damage: subject(func(string) string { return "" }),
			want: func(f flow) want {
				if f.subjectOptional() {
					return well(f)
				}
				return unauthorized(f)
			}},
		{name: "no tenant header", except: dataPlane, damage: tenant(), want: func(f flow) want {
			if f.op == resolveEndpoint {
				return well(f)
			}
			return unauthorized(f)
		}},
		{name: "tenant header of another tenant", want: unauthorized, except: dataPlane, damage: tenant(anotherTenant)},
	}
}

func dataPlane(f flow) string {
	if f.data() {
		return "of the control plane alone"
	}
	return ""
}

// ended is how a job ends; a flow that is none ends otherwise.
func ended(f flow, status, code, entraCode string) *play.Job {
	if f.op != runJob {
		return nil
	}
	return &play.Job{Status: status, Code: code, EntraCode: entraCode}
}

// asks is a person who is asked for something. A job runs behind the call that starts it, where nobody can be asked: it
// fails and says what for.
func asks(end, before, entraCode string) func(flow) want {
	return func(f flow) want {
		return want{before: []string{before}, end: end, job: ended(f, "Failed", apierror.AuthUIRequired, entraCode)}
	}
}

// personCases are those in which a person has to do something.
func personCases() []testCase {
	return []testCase{
		{name: "consent missing", user: asked, want: asks(play.OK, play.AskedConsent, "AADSTS65001"), except: notAsUser,
			met: entraSaid(65001)},
		{name: "consent declined", user: decliner, want: asks(play.Declined, play.AskedConsent, "AADSTS65001"),
			except: notAsked, met: entraSaid(65001)},
		{name: "MFA asked for", want: asks(play.OK, play.AskedMFA, "AADSTS50076"), except: notAsUser,
			arrange: requireProof(willing), met: entraSaid(50076)},
		{name: "MFA failed", user: failing, want: asks(play.Declined, play.AskedMFA, "AADSTS50076"), except: notAsked,
			arrange: requireProof(failing), met: entraSaid(50076)},
		{name: "not enabled in the tenant", except: notAsUser, arrange: failNext(localentra.FaultNotEnabled), met: entraSaid(650052),
			want: fails(play.Impossible, http.StatusForbidden, apierror.AccessDenied, "AADSTS650052")},
	}
}

func notAsUser(f flow) string {
	if !f.asUser() {
		return "no token on behalf of the user is asked for"
	}
	return ""
}

func notAsApp(f flow) string {
	if !f.asUser() && !f.asApp() {
		return "no token is asked for"
	}
	return ""
}

func notAsked(f flow) string {
	if f.op == runJob {
		return "a job runs behind the call that starts it: nobody is asked"
	}
	return notAsUser(f)
}

// fails is a call that fails, and a job with the same words.
func fails(end string, status int, code, entraCode string) func(flow) want {
	return func(f flow) want {
		return want{end: end, status: status, code: code, entraCode: entraCode, job: ended(f, "Failed", code, entraCode)}
	}
}

// requireProof has Entra ask for a second proof for all that the back-end calls on the user's behalf.
func requireProof(user string) func(*runner) error {
	return func(r *runner) error {
		uris := []string{auth.FabricURI}
		for _, resource := range r.Model.Resources {
			if resource.User() {
				uris = append(uris, resource.URI)
			}
		}
		var failed error
		for _, uri := range uris {
			failed = errors.Join(failed, r.Cloud.Entra.RequireProof(user, uri, true))
			r.proofs = append(r.proofs, proof{user, uri})
		}
		return failed
	}
}

func failNext(fault localentra.Fault) func(*runner) error {
	return func(r *runner) error { return r.Cloud.Entra.FailNext(fault) }
}

// entraSaid looks for a code of AADSTS.
func entraSaid(code int) func(trace) bool {
	return func(t trace) bool {
		return slices.ContainsFunc(t.events, func(e localentra.Event) bool { return e.Code == code })
	}
}

// entraAnswered looks for a status.
func entraAnswered(status int) func(trace) bool {
	return func(t trace) bool {
		return slices.ContainsFunc(t.events, func(e localentra.Event) bool { return e.Status == status })
	}
}

// permissionCases are those of workload control and of Fabric's API (flows C and D).
func permissionCases() []testCase {
	throttled := want{end: play.RetryLater, status: http.StatusTooManyRequests, code: apierror.TooManyRequests,
		retryAfter: "7"}
	return []testCase{
		{name: "permissions missing", want: refuses(http.StatusForbidden, apierror.AccessDenied), except: notPermitted,
			arrange: arranged(func(r *runner) { r.Cloud.Fabric.Grant(r.at.item) })},
		{name: "Fabric throttled", want: func(flow) want { return throttled }, except: notFabric, met: fabricInterrupted,
			arrange: arranged(func(r *runner) { r.Cloud.Fabric.Throttle(1, 7*time.Second) })},
		{name: "Fabric outage", want: func(flow) want { return want{end: play.RetryLater} }, except: notFabric,
			met: fabricInterrupted, arrange: arranged(func(r *runner) { r.Cloud.Fabric.SetOutage(true) })},
	}
}

// arranged is what cannot fail.
func arranged(change func(*runner)) func(*runner) error {
	return func(r *runner) error {
		change(r)
		return nil
	}
}

func notPermitted(f flow) string {
	if !f.data() || len(f.route.Permissions) == 0 {
		return "no permission is asked for"
	}
	return ""
}

func notFabric(f flow) string {
	if !f.callsFabric() {
		return "Fabric is not called"
	}
	return ""
}

// fabricInterrupted looks for a call that was answered as arranged.
func fabricInterrupted(t trace) bool {
	return slices.ContainsFunc(t.calls, func(c fabrictest.Call) bool { return c.Injected })
}

// troubleCases are those of the workload's own credential and of Entra.
func troubleCases() []testCase {
	broken := fails(play.Failed, http.StatusInternalServerError, apierror.InternalError, "")
	later := fails(play.RetryLater, http.StatusServiceUnavailable, apierror.ServiceUnavailable, "")
	return []testCase{
		{name: "secret invalid", want: broken, except: notAsUser, loud: true, met: entraSaid(7000215),
			arrange: failNext(localentra.FaultSecretInvalid)},
		{name: "secret expired", want: broken, except: notAsApp, loud: true, afresh: true, met: entraSaid(7000222),
			arrange: arranged(func(r *runner) { r.Cloud.Entra.ExpireSecret(true) })},
		{name: "Entra throttled once", want: well, except: notAsApp, afresh: true, met: entraAnswered(http.StatusTooManyRequests),
			arrange: arranged(func(r *runner) { r.Cloud.Entra.Throttle(1, time.Second) })},
		{name: "Entra throttled for long", want: later, except: notAsApp, afresh: true,
			met:     entraAnswered(http.StatusTooManyRequests),
			arrange: arranged(func(r *runner) { r.Cloud.Entra.Throttle(1000, longWait) })},
		{name: "Entra outage", want: later, except: notAsApp, afresh: true, met: entraAnswered(http.StatusServiceUnavailable),
			arrange: arranged(func(r *runner) { r.Cloud.Entra.SetOutage(true) })},
		{name: "keys rotated", want: well, setUp: rotate},
	}
}

// longWait is more than the back-end waits itself: it tells the caller instead.
const longWait = 6 * time.Second
