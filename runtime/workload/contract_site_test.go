package workload_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
	"github.com/fabgen/fabgen/runtime/workload"
)

// What names a call is named in its reply, as long as it is plain; readiness may have something to add.
func contractOperation(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	site, err := workload.Site{BasePath: "/workload", Control: b.service, Data: http.NotFoundHandler(),
		Ready: []workload.Check{{Name: "keys", Ready: func(context.Context) error { return nil },
			Degraded: func(context.Context) string { return "They are old." }}}}.Handler()
	must(t, err)
	b.url, err = b.fabric.Serve(site)
	must(t, err)
	b.want(200, "")(b.send("GET", "/readyz", "", ""))
	for id, kept := range map[string]bool{"a.b_c-1": true, strings.Repeat("x", 64): true, strings.Repeat("x", 65): false,
		"a b": false, `"`: false} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", b.url+"/healthz", nil)
		must(t, err)
		req.Header.Set("ActivityId", id)
		req.Header.Set("RequestId", id)
		r := b.want(200, "")(fabrictest.Send(b.client, req))
		if r.Header.Get("RequestId") == id != kept || r.Header.Get("ActivityId") == id != kept {
			t.Errorf("%q was answered by %q", id, r.Header)
		}
	}
}
