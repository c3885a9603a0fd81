package fabrictest_test

import (
	"net/http"
	"testing"

	"github.com/fabgen/fabgen/runtime/fabrictest"
)

func TestRangeRead(t *testing.T) {
	b := newBench(t)
	b.PutFile("w/i/Files/a", []byte("0123456789"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.OneLakeURL+"/w/i/Files/a", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+b.user(fabrictest.OneLakeURI))
	req.Header.Set("Range", "bytes=2-4")
	answer, err := fabrictest.Send(b.entra.Client(), req)
	must(t, err)
	if answer.Status != http.StatusPartialContent || string(answer.Body) != "234" {
		t.Errorf("%d %q, want 206 and the three bytes", answer.Status, answer.Body)
	}
}

func TestAnOutageComesBeforeTokens(t *testing.T) {
	b := newBench(t)
	b.SetOutage(true)
	for _, url := range []string{b.URL + "/v1/workspaces", b.permissionsURL("i")} {
		if answer := b.do(t, http.MethodGet, url, "", ""); answer.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, want 503", url, answer.Status)
		}
	}
}
