package doctor

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Where the two halves listen in development.
const (
	backendAddress  = "127.0.0.1:5000"
	frontendAddress = "127.0.0.1:60006"
)

// checkBackendPort wants the back-end's port free, or the back-end on it.
func (c *checkup) checkBackendPort(ctx context.Context) []Result {
	address := c.setting("LISTEN_ADDR").value
	if address == "" {
		address = backendAddress
	}
	return c.checkPort(ctx, "back-end", address, "/healthz", `"status"`,
		"end what listens there (on macOS it may be the AirPlay receiver), or set LISTEN_ADDR")
}

// checkFrontendPort wants the front-end's port free, or this workload's front-end on it.
func (c *checkup) checkFrontendPort(ctx context.Context) []Result {
	return c.checkPort(ctx, "front-end", frontendAddress, "/manifests_new/metadata", c.Model.Workload.Name,
		"end what listens there: the Fabric portal looks for a workload in development at this port alone")
}

// checkPort tries to listen; where somebody does already, it asks whether that is this workload.
func (c *checkup) checkPort(ctx context.Context, name, address, path, sign, next string) []Result {
	err := c.Free(address)
	if err == nil {
		return ok(name, address+" is free")
	}
	host, port, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		return fail(name, "LISTEN_ADDR is not a host and a port", "set it to "+backendAddress+", or to nothing")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: path}
	status, body, getErr := c.Get(ctx, u.String())
	if getErr == nil && status == http.StatusOK && strings.Contains(body, sign) {
		return ok(name, "it runs, at "+address)
	}
	return fail(name, address+" is taken by something else", next)
}
