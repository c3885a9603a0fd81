package workload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// EndpointResolver tells Fabric where one of the workload's endpoints is. properties are the contract's: EndpointName,
// TenantRegion, WorkspaceRegion and TenantId, each where Fabric gave it.
type EndpointResolver interface {
	// ResolveEndpoint fails with an *apierror.Error where Fabric is to learn why.
	ResolveEndpoint(ctx context.Context, properties map[string]string) (Endpoint, error)
}

// Endpoint is an address and how long Fabric may remember it.
type Endpoint struct {
	URL string        // absolute
	TTL time.Duration // rounded up to minutes
}

// DefaultEndpointTTL is how long Fabric may remember an address where nothing else is said.
const DefaultEndpointTTL = time.Hour

// RegionEndpoints resolves by region: the workspace's where it is known, otherwise the tenant's, otherwise Default.
type RegionEndpoints struct {
	Default string            // where no region is known, or none of Regions
	Regions map[string]string // by region; case does not matter
	TTL     time.Duration     // default DefaultEndpointTTL
}

// ParseRegionEndpoints reads a list of addresses: "https://a.example/workload" is the default, and
// "West Europe=https://b.example/workload" one region's; commas stand between them.
func ParseRegionEndpoints(list string) (*RegionEndpoints, error) {
	out := &RegionEndpoints{Regions: map[string]string{}}
	for entry := range strings.SplitSeq(list, ",") {
		region, address, named := strings.Cut(strings.TrimSpace(entry), "=")
		if !named {
			region, address = "", region
		}
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return nil, fmt.Errorf("found %q; an address such as https://api.example.com/workload is right, after its "+
				"region and = where it is for one region", entry)
		}
		if named {
			out.Regions[strings.ToLower(strings.TrimSpace(region))] = address
			continue
		}
		if out.Default != "" {
			return nil, fmt.Errorf("found two addresses without a region, %q and %q; one is right", out.Default, address)
		}
		out.Default = address
	}
	if out.Default == "" {
		return nil, errors.New("found no address without a region; one is needed as the default")
	}
	return out, nil
}

// ResolveEndpoint implements EndpointResolver.
func (e *RegionEndpoints) ResolveEndpoint(_ context.Context, properties map[string]string) (Endpoint, error) {
	endpoint := Endpoint{URL: e.Default, TTL: e.TTL}
	if endpoint.TTL <= 0 {
		endpoint.TTL = DefaultEndpointTTL
	}
	for _, name := range []string{"WorkspaceRegion", "TenantRegion"} {
		if address, ok := e.Regions[strings.ToLower(properties[name])]; ok {
			endpoint.URL = address
			break
		}
	}
	return endpoint, nil
}

func (s *Service) resolveEndpoint(w http.ResponseWriter, r *http.Request) error {
	if s.endpoints == nil {
		return apierror.New(http.StatusNotFound, apierror.NotFound, "This workload resolves no endpoints.").Permanent(true)
	}
	body, err := readMembers(w, r)
	if err != nil {
		return err
	}
	properties, err := body.properties()
	if err != nil {
		return err
	}
	endpoint, err := s.endpoints.ResolveEndpoint(r.Context(), properties)
	if err != nil {
		return err
	}
	minutes := max(1, int((endpoint.TTL+time.Minute-1)/time.Minute))
	return WriteJSON(w, http.StatusOK, map[string]any{"url": endpoint.URL, "ttlInMinutes": minutes})
}

// properties picks the context of an endpoint resolution; a property that is there twice is refused.
func (m members) properties() (map[string]string, error) {
	var list []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	raw := m.value("context")
	if raw == nil {
		return nil, invalidBody("it has no context")
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, invalidBody("context is not a list of names and values")
	}
	out := make(map[string]string, len(list))
	for _, p := range list {
		if _, twice := out[p.Name]; twice || p.Name == "" {
			return nil, invalidBody("context has a property without a name, or one twice")
		}
		out[p.Name] = p.Value
	}
	return out, nil
}
