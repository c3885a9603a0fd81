package fabrictest_test

import (
	"net/http"
	"testing"
)

func TestAnOutageComesBeforeTokens(t *testing.T) {
	b := newBench(t)
	b.SetOutage(true)
	for _, url := range []string{b.URL + "/v1/workspaces", b.permissionsURL("i")} {
		if answer := b.do(t, http.MethodGet, url, "", ""); answer.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, want 503", url, answer.Status)
		}
	}
}
