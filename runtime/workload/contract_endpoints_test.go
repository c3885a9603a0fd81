package workload_test

import (
	"context"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/workload"
)

type resolver func(context.Context, map[string]string) (workload.Endpoint, error)

func (r resolver) ResolveEndpoint(ctx context.Context, properties map[string]string) (workload.Endpoint, error) {
	return r(ctx, properties)
}

// Fabric asks on nobody's behalf and about no tenant.
func contractEndpoints(t *testing.T, checker *contracttest.Checker) {
	for _, tt := range []struct {
		name     string
		resolver workload.EndpointResolver
		status   int
		code     string
	}{
		{"an address", &workload.RegionEndpoints{Default: "https://a.example/workload", TTL: time.Second}, 200, ""},
		{"none", nil, 404, "NotFound"},
		{"an error", resolver(func(context.Context, map[string]string) (workload.Endpoint, error) {
			return workload.Endpoint{}, errMistake
		}), 500, "InternalError"},
		{"a panic", resolver(func(context.Context, map[string]string) (workload.Endpoint, error) {
			panic("a resolver's own mistake")
		}), 500, "InternalError"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newContractBench(t, checker, func(c *workload.Config) { c.Endpoints = tt.resolver })
			b.control.TenantID = ""
			b.control.Tokens = func() auth.SubjectAndApp { return auth.SubjectAndApp{App: b.entra.AppToken()} }
			b.want(tt.status, tt.code)(b.control.Resolve(t.Context(), map[string]string{"WorkspaceRegion": "North"}))
		})
	}
}
