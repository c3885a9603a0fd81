package dev

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/inspector"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// faults are the inspector's buttons. It is safe for concurrent use.
type faults struct {
	cloud *local.Cloud
	known []fault
	group string // of those that are added next

	mu sync.Mutex
	on map[string]bool // toggles
}

type fault struct {
	inspector.Fault
	do func(on bool) error
}

// expired is how long tokens live that have expired when they are issued, by more than the minute by which clocks may
// differ.
const expired = -2 * time.Minute

func newFaults(c *local.Cloud) *faults {
	f := &faults{cloud: c, on: map[string]bool{}, group: "Next exchange"}
	next := func(what localentra.Fault) func(bool) error {
		return func(bool) error { return c.Entra.FailNext(what) }
	}
	f.once("consent", "Lacks consent", "The next exchange on behalf of a user lacks consent: AADSTS65001.", next(localentra.FaultConsent))
	f.once("claims", "Wants claims", "The next exchange meets conditional access: AADSTS50076 with a challenge.", next(localentra.FaultClaims))
	f.once("notEnabled", "Not enabled", "The next exchange is for a resource that the tenant lacks: AADSTS650052.", next(localentra.FaultNotEnabled))
	f.once("throttled", "Entra throttles", "The next exchange is answered with 429 and Retry-After.", next(localentra.FaultThrottled))
	f.group = "Entra"
	f.toggle("entra", "Entra is away", "Entra answers everything with 503.", func(on bool) error { c.Entra.SetOutage(on); return nil })
	f.toggle("secret", "Secret expired", "Entra no longer takes the application's secret: AADSTS7000222.",
		func(on bool) error { c.Entra.ExpireSecret(on); return nil })
	f.once("keys", "Rotate keys", "Entra signs with a new key and takes the old ones back. The back-end looks for new ones every 30 s at most.", func(bool) error {
		if err := c.Entra.RotateKeys(); err != nil {
			return err
		}
		c.Entra.RetireKeys()
		return nil
	})
	f.toggle("expired", "Expired tokens", "Tokens that are issued from now on have expired already.", func(on bool) error {
		c.Entra.SetTokenLifetime(time.Hour)
		if on {
			c.Entra.SetTokenLifetime(expired)
		}
		return nil
	})
	f.once("revoke", "Take consent back", "All that anybody has consented to is forgotten.",
		func(bool) error { c.Entra.RevokeConsent(); return nil })
	f.group = "Fabric"
	f.once("fabricThrottles", "Fabric throttles", "Fabric's next call is answered with 429 and Retry-After: 5.",
		func(bool) error { c.Fabric.Throttle(1, 5*time.Second); return nil })
	f.toggle("fabric", "Fabric is away", "Fabric's API and workload control answer with 503.",
		func(on bool) error { c.Fabric.SetOutage(on); return nil })
	f.toggle("viewer", "Everybody a viewer", "Nobody has more than the role Viewer in the workspace.", f.roles(fabrictest.RoleViewer))
	f.toggle("nobody", "No role", "Nobody has a role in the workspace.", f.roles(""))
	return f
}

func (f *faults) roles(role fabrictest.Role) func(bool) error {
	return func(on bool) error {
		f.cloud.ResetRoles()
		if on {
			f.cloud.SetRoles(role)
		}
		return nil
	}
}

func (f *faults) once(id, label, help string, do func(bool) error) {
	f.known = append(f.known, fault{inspector.Fault{ID: id, Label: label, Help: help, Group: f.group}, do})
}

func (f *faults) toggle(id, label, help string, do func(bool) error) {
	f.known = append(f.known, fault{inspector.Fault{ID: id, Label: label, Help: help, Group: f.group, Toggle: true}, do})
}

// List gives the buttons, and which of them are on.
func (f *faults) List() []inspector.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]inspector.Fault, 0, len(f.known))
	for _, k := range f.known {
		k.On = f.on[k.ID]
		out = append(out, k.Fault)
	}
	return out
}

// Trigger does what a button is for.
func (f *faults) Trigger(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.known, func(k fault) bool { return k.ID == id })
	if i < 0 {
		return fmt.Errorf("%w: %s", inspector.ErrNoFault, id)
	}
	k := f.known[i]
	on := k.Toggle && !f.on[id]
	if err := k.do(on); err != nil {
		return fmt.Errorf("%s: %w", k.Label, err)
	}
	f.on[id] = on
	return nil
}
