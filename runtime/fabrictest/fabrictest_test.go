package fabrictest_test

import (
	"net/http"
	"testing"

	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

func TestNewID(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := fabrictest.NewID()
		if seen[id] || !guid.MatchString(id) {
			t.Fatalf("the ID %q", id)
		}
		seen[id] = true
	}
}

// Close ends every server that there is, and may be called again.
func TestClose(t *testing.T) {
	entra := entratest.New(t)
	s, err := fabrictest.Start(fabrictest.Options{Entra: entra, TenantID: entra.Options.TenantID, ClientID: entra.Options.ClientID})
	must(t, err)
	own, err := s.Serve(http.NotFoundHandler())
	must(t, err)
	resource, err := s.NewResource(pricing)
	must(t, err)
	for range 2 {
		s.Close()
	}
	for _, url := range []string{s.URL, s.OneLakeURL, own, resource.URL} {
		if resp, err := entra.Client().Get(url); err == nil {
			resp.Body.Close()
			t.Errorf("%s still answers", url)
		}
	}
}

func TestServersAreTrustedByEntrasClientAlone(t *testing.T) {
	b := newBench(t)
	for _, url := range []string{b.URL, b.OneLakeURL} {
		resp, err := b.entra.Client().Get(url)
		must(t, err)
		resp.Body.Close()
		if resp, err := http.Get(url); err == nil {
			resp.Body.Close()
			t.Errorf("%s is trusted by anybody", url)
		}
	}
}

func TestNewClosesWhenTheTestEnds(t *testing.T) {
	entra := entratest.New(t)
	var url string
	t.Run("inner", func(t *testing.T) { url = fabrictest.New(t, entra).URL })
	if resp, err := entra.Client().Get(url); err == nil {
		resp.Body.Close()
		t.Error("the server outlives its test")
	}
}
