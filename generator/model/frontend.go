package model

import "strings"

// APIURL is where the environment's data plane is: /api beside the last segment of the back-end's address, under
// which Fabric calls.
func (e *Environment) APIURL() string {
	base := e.BackendURL
	if i := strings.LastIndexByte(base, '/'); i > len("https://") {
		base = base[:i]
	}
	return base + "/api"
}
