package fabrictest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// Each service throttles and goes away by itself, and the other does not.
func TestThrottleAndOutage(t *testing.T) {
	b := newBench(t)
	b.AddItem(fabrictest.FabricItem{ID: "i", WorkspaceID: "w"})
	item := fabrictest.NewID()
	b.Grant(item, "Read")
	both := auth.SubjectAndApp{Subject: b.user(auth.FabricURI), App: b.app(auth.FabricURI)}.HeaderValue()
	one := "Bearer " + b.user(auth.FabricURI)
	file := b.OneLakeURL + "/w/i/Files/x?resource=file"
	const list = "/w?resource=filesystem&directory=i"
	storage := "Bearer " + b.user(fabrictest.OneLakeURI)
	fabric := func() int { n, _ := b.Throttled(); return n }
	oneLake := func() int { _, n := b.Throttled(); return n }
	for _, c := range []struct {
		url, authorization string
		throttle           func(int, time.Duration)
		throttled          func() int
		outage             func(bool)
		tooMany, away      string
		other, and         string // another service's address, and a token for it
	}{
		{b.permissionsURL(item), both, b.Throttle, fabric, b.SetOutage, "RequestBlocked", "ServiceUnavailable", b.OneLakeURL + list, storage},
		{b.URL + "/v1/workspaces", one, b.Throttle, fabric, b.SetOutage, "RequestBlocked", "ServiceUnavailable", b.OneLakeURL + list, storage},
		{b.URL + "/v1/workspaces/w/items/i", one, b.Throttle, fabric, b.SetOutage, "RequestBlocked", "ServiceUnavailable", b.OneLakeURL + list, storage},
		{b.URL + "/v1/workspaces?continuation=0", one, b.Throttle, fabric, b.SetOutage, "RequestBlocked", "ServiceUnavailable", b.OneLakeURL + list, storage},
		{b.OneLakeURL + list, storage, b.ThrottleOneLake, oneLake, b.SetOneLakeOutage, "TooManyRequests", "ServerBusy", b.URL + "/v1/workspaces", one},
	} {
		want := func(status int, code, retryAfter string) {
			t.Helper()
			answer := b.do(t, http.MethodGet, c.url, c.authorization, "")
			if answer.Status != status || codeOf(answer) != code || answer.Header.Get("Retry-After") != retryAfter {
				t.Errorf("%s: %d %v %s, want %d %s", c.url, answer.Status, answer.Header, answer.Body, status, code)
			}
			if other := b.do(t, http.MethodGet, c.other, c.and, ""); other.Status != http.StatusOK {
				t.Errorf("%s: %d while %s answers %d", c.other, other.Status, c.url, status)
			}
		}
		c.throttle(2, 7*time.Second)
		want(429, c.tooMany, "7")
		if n := c.throttled(); n != 1 {
			t.Errorf("%d are left, want 1", n)
		}
		want(429, c.tooMany, "7")
		want(200, "", "")
		c.throttle(3, 0)
		want(429, c.tooMany, "")
		c.outage(true)
		want(503, c.away, "")
		c.throttle(0, 0)
		c.outage(false)
		want(200, "", "")
	}
	b.ThrottleOneLake(1, 0)
	b.do(t, http.MethodPut, file, storage, "")
	if _, made := b.File("w/i/Files/x"); made {
		t.Error("a file was made by a call that was throttled")
	}
}

// codeOf is the error code of a service's answer: Fabric's in the body, OneLake's in a header too.
func codeOf(answer *fabrictest.Response) string {
	if code := answer.Header.Get("X-Ms-Error-Code"); code != "" {
		return code
	}
	return answer.Error().ErrorCode
}

func TestAnOutageComesBeforeTokens(t *testing.T) {
	b := newBench(t)
	b.SetOutage(true)
	b.SetOneLakeOutage(true)
	for _, url := range []string{b.URL + "/v1/workspaces", b.permissionsURL("i"), b.OneLakeURL + "/w/i/Files/x"} {
		if answer := b.do(t, http.MethodGet, url, "", ""); answer.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, want 503", url, answer.Status)
		}
	}
}
