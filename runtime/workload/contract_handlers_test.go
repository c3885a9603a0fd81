package workload_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// trouble is what a handler can run into.
type trouble struct {
	name    string
	arrange func(*contractBench) // the deed is to ask the peer, unless it says otherwise
	status  int
	code    string
	want    string // Retry-After, or the parameter of the details and its value, where it must be this one
}

var troubles = []trouble{
	{"no consent", func(b *contractBench) { b.entra.SetConsent(peerURI, false) }, 401, "AuthUIRequired",
		"additionalScopesToConsent " + peerURI + "/.default"},
	{"claims", func(b *contractBench) { b.entra.RequireClaims(peerURI, `{"a":1}`) }, 401, "AuthUIRequired",
		`claimsForConditionalAccessPolicy {"a":1}`},
	{"declined", func(b *contractBench) { b.entra.SetDeclined(peerURI, true) }, 403, "AccessDenied", ""},
	{"Entra throttles", func(b *contractBench) { b.entra.Throttle(1000, time.Minute) }, 503, "ServiceUnavailable", "60"},
	{"Entra is away", func(b *contractBench) { b.entra.SetOutage(true) }, 503, "ServiceUnavailable", ""},
	{"an expired secret", func(b *contractBench) { b.entra.ExpireSecret(true) }, 500, "InternalError", ""},
	{"the resource throttles", answers(429, "7"), 429, "TooManyRequests", "7"},
	{"the resource throttles and names no time", answers(429, ""), 429, "TooManyRequests", ""},
	{"the resource throttles until it sees fit", answers(429, "later"), 429, "TooManyRequests", ""},
	{"the resource is away until a date", answers(503, "Fri, 31 Dec 1999 23:59:59 GMT"), 503, "ServiceUnavailable", ""},
	{"the resource fails", answers(500, ""), 503, "ServiceUnavailable", ""},
	{"the resource forbids it", answers(403, ""), 403, "AccessDenied", ""},
	{"the resource has no such thing", answers(404, ""), 404, "NotFound", ""},
	{"the resource refuses", answers(418, ""), 502, "ResourceFailed", ""},
	{"a panic", does(func(context.Context) error { panic("a deed's own mistake") }), 500, "InternalError", ""},
	{"an error", does(func(context.Context) error { return errMistake }), 500, "InternalError", ""},
	{"a time-out", does(func(context.Context) error { return context.DeadlineExceeded }), 503, "ServiceUnavailable", ""},
	{"a refused payload", does(func(context.Context) error {
		return apierror.New(http.StatusBadRequest, apierror.InvalidItemPayload, "No.").Permanent(true)
	}), 400, "InvalidItemPayload", ""},
}

var errMistake = errors.New("somebody's own mistake")

func answers(status int32, after string) func(*contractBench) {
	return func(b *contractBench) {
		b.peer.status.Store(status)
		b.peer.after.Store(after)
	}
}

func does(do func(context.Context) error) func(*contractBench) {
	return func(b *contractBench) { b.deed.set(do) }
}

// The items' handlers and the data plane's run into the same troubles, which both planes tell in their own way.
func contractHandlers(t *testing.T, checker *contracttest.Checker) {
	for _, tt := range troubles {
		t.Run(tt.name, func(t *testing.T) {
			b := newContractBench(t, checker)
			calls := b.handled()
			b.deed.set(b.peer.ask)
			tt.arrange(b)
			for name, call := range calls {
				t.Run(name, func(t *testing.T) {
					t.Parallel() // Entra is asked again after a while
					r := b.in(t).want(tt.status, tt.code)(call())
					if got := told(r); tt.want != "" && got != tt.want {
						t.Errorf("the reply tells %q, want %q", got, tt.want)
					}
					if strings.Contains(string(r.Body), b.entra.Options.ClientSecret) {
						t.Error("the reply shows the secret")
					}
				})
			}
		})
	}
	contractConflict(t, checker)
	contractNoSubject(t, checker)
}

// told is what a program goes on with: the parameter of the details, or how long to wait.
func told(r *fabrictest.Response) string {
	for _, detail := range r.Error().MoreDetails {
		for _, p := range detail.AdditionalParameters {
			return p.Name + " " + p.Value
		}
	}
	return r.Header.Get("Retry-After")
}

// handled are the calls that a handler of the workload serves.
func (b *contractBench) handled() map[string]func() (*fabrictest.Response, error) {
	calls := map[string]func() (*fabrictest.Response, error){}
	for _, o := range operations {
		if !o.ofItem {
			continue
		}
		j := b.act()
		if o.name == "create" {
			j.Item.ID = fabrictest.NewID()
		}
		calls[o.name] = func() (*fabrictest.Response, error) { return o.call(context.Background(), b.control, j) }
	}
	for _, method := range dataMethods {
		calls[method] = func() (*fabrictest.Response, error) { return b.front(method, "/act", "{}") }
	}
	return calls
}

// Only what changes an item can be in the way of another change.
func contractConflict(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	j := b.act()
	b.deed.set(func(context.Context) error {
		return apierror.New(http.StatusConflict, apierror.Conflict, "There is one already.")
	})
	b.want(409, "Conflict")(b.control.Update(t.Context(), j.Item, body{}))
	j.Item.ID = fabrictest.NewID()
	b.want(409, "Conflict")(b.control.Create(t.Context(), j.Item, body{"displayName": "A"}))
}

// Fabric may delete on nobody's behalf; then there is nobody to exchange a token for.
func contractNoSubject(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	j := b.act()
	b.deed.set(b.peer.ask)
	b.control.Tokens = func() auth.SubjectAndApp { return auth.SubjectAndApp{App: b.entra.AppToken()} }
	r := b.want(401, "AuthError")(b.control.Delete(t.Context(), j.Item))
	if permanent := r.Error().IsPermanent; permanent == nil || !*permanent {
		t.Errorf("a deletion that needs a user is not said to fail for good: %s", r.Body)
	}
	b.deed.set(func(context.Context) error { return nil })
	b.want(200, "")(b.control.Delete(t.Context(), j.Item))
}
