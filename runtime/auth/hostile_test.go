package auth_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// knocked is a server with both planes' middlewares in front of a handler that counts its calls.
type knocked struct {
	url     string
	reached atomic.Int32
}

func (w *world) knocked(t *testing.T) *knocked {
	t.Helper()
	k := &knocked{}
	count := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { k.reached.Add(1) })
	mux := http.NewServeMux()
	mux.Handle("/api", w.auth.DataPlane(scope)(count))
	mux.Handle("/workload", w.auth.ControlPlane(auth.ControlPlaneRules{})(count))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	k.url = server.URL
	return k
}

// send sends header lines as bytes and gives the status line.
func (k *knocked) send(t *testing.T, path, lines string) string {
	t.Helper()
	return raw(t, k.url, "POST "+path+" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nX-Ms-Client-Tenant-Id: "+
		entratest.DefaultUserTenantID+"\r\n"+lines+"\r\n\r\n")
}

// refuse wants a status of 4xx for each of the header lines, and that the handler sees none of the calls.
func (k *knocked) refuse(t *testing.T, path string, hostile map[string]string) {
	t.Helper()
	for name, lines := range hostile {
		t.Run(strings.TrimPrefix(path, "/")+"/"+name, func(t *testing.T) {
			before := k.reached.Load()
			got := k.send(t, path, lines)
			if !strings.HasPrefix(got, "HTTP/1.1 4") || k.reached.Load() != before {
				t.Errorf("%s, %d calls reached the handler, want 4xx and none", got, k.reached.Load()-before)
			}
		})
	}
}

// accept wants the header lines to let their call in.
func (k *knocked) accept(t *testing.T, path, lines string) {
	t.Helper()
	before := k.reached.Load()
	if got := k.send(t, path, lines); !strings.HasPrefix(got, "HTTP/1.1 200") || k.reached.Load() != before+1 {
		t.Errorf("%s: %s, %d calls reached the handler, want one", path, got, k.reached.Load()-before)
	}
}

// What no client of Go's would send is sent as bytes. A fold where a space is right becomes that space in net/http, as
// RFC 9112 section 5.2 allows, so that nothing behind it can tell them apart; all others are refused.
func TestHostileBearerHeaders(t *testing.T) {
	w := newWorld(t)
	k := w.knocked(t)
	token := w.entra.SubjectToken(entratest.Scopes(scope))
	const name = "Authorization: "
	right := name + "Bearer " + token
	k.accept(t, "/api", right)
	k.refuse(t, "/api", map[string]string{
		"a bare LF in the token":      name + "Bearer " + token[:50] + "\n" + token[50:],
		"a bare CR in the token":      name + "Bearer " + token[:50] + "\r" + token[50:],
		"a bare CR after it":          right + "\rX: y",
		"a fold after it, and more":   right + "\r\n x",
		"a NUL before it":             name + "\x00Bearer " + token,
		"a NUL in the name":           "Authorization\x00: Bearer " + token,
		"a space before the colon":    "Authorization : Bearer " + token,
		"no colon":                    "Authorization Bearer " + token,
		"a tab for the space":         name + "Bearer\t" + token,
		"two spaces":                  name + "Bearer  " + token,
		"a space and a tab":           name + "Bearer \t" + token,
		"garbage after a comma":       right + ", x",
		"garbage after a semicolon":   right + ";x",
		"garbage after a space":       right + " x",
		"a parameter":                 name + `Bearer token="` + token + `"`,
		"quotes":                      name + `Bearer "` + token + `"`,
		"a fourth segment":            right + ".x",
		"another's header first":      name + "Basic dXNlcjpwYXNz\r\n" + right,
		"an empty header first":       name + "\r\n" + right,
		"a token in the proxy's name": "Proxy-" + right,
		"a token as a cookie":         "Cookie: access_token=" + token,
		"a token in a trailer":        "Trailer: Authorization\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + right,
		"a scheme of another script":  name + "Ｂearer " + token,
	})
}

func TestHostileCompositeHeaders(t *testing.T) {
	w := newWorld(t)
	k := w.knocked(t)
	subject, app := w.entra.SubjectToken, w.entra.AppToken
	const name = "Authorization: "
	value := w.entra.Authorization()
	pair := func(subject, app string) string {
		return name + auth.SubjectAndApp{Subject: subject, App: app}.HeaderValue()
	}
	other := entratest.App(auth.FabricServiceAppID)
	k.accept(t, "/workload", name+value)
	k.refuse(t, "/workload", map[string]string{
		"two headers":                name + value + "\r\n" + name + value,
		"two headers, by case":       name + value + "\r\naUTHORIZATION: " + value,
		"a token in each of two":     name + pair(subject(), "")[len(name):] + "\r\n" + pair("", app()),
		"a header of 1 MB":           name + value + strings.Repeat(" ", 1<<20) + "x",
		"a token of 1 MB":            pair(subject()+strings.Repeat("A", 1<<20), app()),
		"a folded token":             name + value[:80] + "\r\n " + value[80:],
		"a bare LF":                  name + value[:80] + "\n" + value[80:],
		"a bare LF and a space":      name + value[:80] + "\n " + value[80:],
		"a NUL":                      name + value + "\x00",
		"a NUL in a token":           name + value[:80] + "\x00" + value[80:],
		"a tab after the scheme":     name + strings.Replace(value, " ", "\t", 1),
		"two spaces after it":        name + strings.Replace(value, " ", "  ", 1),
		"a tab after the comma":      name + strings.Replace(value, ", ", ",\t", 1),
		"two spaces after the comma": name + strings.Replace(value, ", ", ",  ", 1),
		"a lower-case scheme":        name + strings.ToLower(value[:21]) + value[21:],
		"garbage after it":           name + value + "x",
		"a parameter after it":       name + value + `, deviceToken="x"`,
		"a bearer token after it":    name + value + ", Bearer " + subject(),
		"swapped tokens":             pair(app(), subject()),
		"an app token with scp":      pair(subject(), app(entratest.Claim("scp", auth.ControlScope))),
		"an app token without idtyp": pair(subject(), app(entratest.NoClaim("idtyp"))),
		"a subject that is an app":   pair(subject(entratest.Claim("idtyp", "app")), app()),
		"a subject that is a user":   pair(subject(entratest.Claim("idtyp", "user")), app()),
		"tokens of different apps":   pair(subject(other), app()),
		"and the other way round":    pair(subject(), app(other)),
		"a token of a front-end":     pair(subject(entratest.App(entratest.FabricFrontendAppID)), app()),
		"two tenants":                name + value + "\r\nx-ms-client-tenant-id: " + entratest.DefaultTenantID,
	})
}
