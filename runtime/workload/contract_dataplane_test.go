package workload_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

func contractDataPlane(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	for _, method := range dataMethods {
		b.want(200, "")(b.front(method, "/act", `{"x":[1]}`))
		b.want(400, "InvalidRequest")(b.front(method, "/act", `{"x":`))
		b.want(413, "PayloadTooLarge")(b.front(method, "/act", strings.Repeat(" ", 1<<20+1)))
		b.want(401, "AuthError")(b.send(method, "/api/act", "", "{}"))
		b.want(401, "AuthError")(b.send(method, "/api/act", b.entra.Authorization(), "{}"))
		b.want(401, "AuthError")(b.front(method, "/act", "{}", entratest.Expires(-time.Hour)))
		r := b.want(403, "AuthError")(b.front(method, "/act", "{}", entratest.Scopes("Else")))
		if got := r.Header.Get("WWW-Authenticate"); !strings.Contains(got, `scope="`+scope+`"`) {
			t.Errorf("WWW-Authenticate is %q, want the scope in it", got)
		}
		b.want(404, "NotFound")(b.front(method, "/else/where", "{}"))
		b.want(405, "MethodNotAllowed")(b.front(method, "/head", "{}"))
	}
	b.want(200, "")(b.front("GET", "/me", ""))
	b.want(401, "AuthError")(b.front("GET", "/me", "", entratest.Unsigned()))
	b.want(403, "AuthError")(b.front("GET", "/me", "", entratest.Scopes("Else")))
	b.permissions(t)
}

// permissions has Fabric asked for the user's permissions, with every answer that it gives.
func (b *contractBench) permissions(t *testing.T) {
	item := fabrictest.NewID()
	path := strings.NewReplacer("{workspaceId}", fabrictest.NewID(), "{itemId}", item).Replace(readable)
	b.want(403, "AccessDenied")(b.front("GET", path, ""))
	b.fabric.Grant(item, "read")
	b.want(200, "")(b.front("GET", path, ""))
	b.want(400, "InvalidRequest")(b.front("GET", path+"x", ""))
	b.fabric.Throttle(1, 7*time.Second)
	if r := b.want(429, "TooManyRequests")(b.front("GET", path, "")); r.Header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After is %q, want Fabric's 7", r.Header.Get("Retry-After"))
	}
	b.fabric.SetOutage(true)
	b.want(503, "ServiceUnavailable")(b.front("GET", path, ""))
	b.fabric.SetOutage(false)
	b.entra.SetConsent(auth.FabricURI, false)
	b.want(401, "AuthUIRequired")(b.front("GET", path, ""))
}
