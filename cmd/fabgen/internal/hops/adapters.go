package hops

import (
	"fmt"
	"strings"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// FromEvent makes a hop of what the local Entra tells.
func FromEvent(e localentra.Event) Hop {
	h := Hop{Time: e.Time, Duration: e.Duration, From: caller(e), To: Entra, Kind: Kind(e.Kind), Method: e.Method,
		Path: shownPath(e.Path, ""), About: about(e), Status: e.Status, Decision: Decision(e.Decision), Code: e.Error,
		Reason: said(e.Reason, maxReason), Injected: e.Injected}
	if e.Code > 0 {
		h.Code = fmt.Sprintf("%s AADSTS%d", e.Error, e.Code)
	}
	if h.Decision == Refused && e.Status >= 500 {
		h.Decision = Failed
	}
	for _, t := range e.Tokens {
		h.Tokens = append(h.Tokens, Token{Role: t.Kind, Issued: true, Claims: t.Claims})
	}
	return h
}

// caller is who asks Entra: over TLS the back-end, on pages a browser. What Fabric needs for itself, and the portal for
// the front-end, is not asked for over HTTP.
func caller(e localentra.Event) Actor {
	switch {
	case e.Kind == localentra.KindMint && e.Client == auth.FabricClientAppID:
		return Fabric
	case e.Kind == localentra.KindMint:
		return Portal
	case e.Listener == "tls":
		return Backend
	}
	return Browser
}

// grants are what people call them.
var grants = map[string]string{
	"urn:ietf:params:oauth:grant-type:jwt-bearer": "on behalf of the user",
	"client_credentials":                          "as the application",
	"refresh_token":                               "by refresh token",
	"authorization_code":                          "by code",
}

func about(e localentra.Event) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if name, ok := grants[e.Grant]; ok {
		add(name)
	} else {
		add(e.Grant)
	}
	switch {
	case caller(e) == Portal:
		add("token for the front-end")
	case caller(e) == Fabric:
		add("token for a call of the back-end")
	}
	if e.Resource != "" {
		add("for " + e.Resource)
	}
	if e.Page != "" {
		add("page " + e.Page)
	}
	text := strings.Join(parts, " ")
	if len(e.Scopes) > 0 {
		text += " (" + strings.Join(e.Scopes, " ") + ")"
	}
	return said(strings.TrimSpace(text), maxPath)
}

// FromCall makes a hop of what the local Fabric tells. names are those of the workload's own resources, by their URIs.
func FromCall(c fabrictest.Call, names map[string]string) Hop {
	h := Hop{Time: c.Time, Duration: c.Duration, From: Backend, To: Actor(said(c.Service, 64)), Kind: KindResource,
		Method: said(c.Method, 32), Path: shownPath(c.Path, c.Query), Status: c.Status, Activity: said(c.ActivityID, 64),
		Decision: decided(c.Status), Code: said(c.Code, 128), Reason: said(c.Reason, maxReason), Injected: c.Injected}
	if name := names[c.Service]; name != "" {
		h.To = Actor(name)
	}
	for _, t := range c.Tokens {
		h.Tokens = append(h.Tokens, Token{Role: t.Role, Claims: t.Claims, Problem: said(t.Problem, maxReason)})
	}
	return h
}

// FromPortal makes a hop of what the local portal tells.
func FromPortal(c portal.CallEvent) Hop {
	h := Hop{Time: c.Time, Duration: c.Duration, From: Frontend, To: Portal, Kind: KindPortal, Path: said(c.Name, 128),
		Decision: Accepted, Code: said(c.Rejected, 128)}
	if c.User != "" {
		h.About = "as " + said(c.User, 64)
	}
	switch {
	case c.Rejected != "":
		h.Decision = Refused
	case c.Window:
		h.Decision = "shown" // as Entra says of a page
	}
	return h
}
