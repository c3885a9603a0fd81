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
	do      func(on bool) error
	waiting func() int // how often it is still to happen; nil where it happens at once
}

// throttled is how long Fabric and OneLake ask to wait.
const throttled = 5 * time.Second

// expired is how long tokens live that have expired when they are issued, by more than the minute by which clocks may
// differ.
const expired = -2 * time.Minute

func newFaults(c *local.Cloud) *faults {
	f := &faults{cloud: c, on: map[string]bool{}, group: "Next token exchange"}
	f.exchange("consent", "Lacks consent", "The next exchange on behalf of a user lacks consent: AADSTS65001.", localentra.FaultConsent)
	f.exchange("claims", "Wants claims", "The next exchange meets conditional access: AADSTS50076 with a challenge.", localentra.FaultClaims)
	f.exchange("notEnabled", "Not enabled", "The next exchange is for a resource that the tenant lacks: AADSTS650052.", localentra.FaultNotEnabled)
	f.exchange("throttled", "Entra throttles", "The next exchange is answered with 429 and Retry-After.", localentra.FaultThrottled)
	f.group = "Fabric"
	f.next("fabricThrottles", "Fabric throttles", "Fabric's next call is answered with 429 and Retry-After: 5.",
		func(bool) error { c.Fabric.Throttle(f.fabricWaits()+1, throttled); return nil }, f.fabricWaits)
	f.toggle("fabric", "Fabric is away", "Fabric's API and workload control answer with 503.",
		func(on bool) error { c.Fabric.SetOutage(on); return nil })
	f.toggle(viewer, "Everybody a viewer", "Nobody has more than the role Viewer in the workspace.", f.roles(fabrictest.RoleViewer))
	f.toggle(nobody, "No role", "Nobody has a role in the workspace.", f.roles(""))
	f.group = "Entra"
	f.toggle("entra", "Entra is away", "Entra answers everything with 503.", func(on bool) error { c.Entra.SetOutage(on); return nil })
	f.toggle("secret", "Secret expired", "Entra no longer takes the application's secret: AADSTS7000222.",
		func(on bool) error { c.Entra.ExpireSecret(on); return nil })
	f.once("keys", "Rotate keys", "Entra signs with a new key, and the old ones are no longer good. "+
		"The back-end asks for keys at most every 30 s: one that has just asked refuses new tokens until then.", func(bool) error {
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
	f.group = "OneLake"
	f.next("oneLakeThrottles", "OneLake throttles", "OneLake's next call is answered with 429 and Retry-After: 5.",
		func(bool) error { c.Fabric.ThrottleOneLake(f.oneLakeWaits()+1, throttled); return nil }, f.oneLakeWaits)
	f.toggle("oneLake", "OneLake is away", "OneLake answers everything with 503.",
		func(on bool) error { c.Fabric.SetOneLakeOutage(on); return nil })
	return f
}

func (f *faults) fabricWaits() int {
	n, _ := f.cloud.Fabric.Throttled()
	return n
}

func (f *faults) oneLakeWaits() int {
	_, n := f.cloud.Fabric.Throttled()
	return n
}

// The toggles of everybody's role, of which one is on at most.
const (
	viewer = "viewer"
	nobody = "nobody"
)

func (f *faults) roles(role fabrictest.Role) func(bool) error {
	return func(on bool) error {
		f.on[viewer], f.on[nobody] = false, false
		f.cloud.ResetRoles()
		if on {
			f.cloud.SetRoles(role)
		}
		return nil
	}
}

// once is what happens at once.
func (f *faults) once(id, label, help string, do func(bool) error) { f.next(id, label, help, do, nil) }

// next is what happens at a call that is still to come.
func (f *faults) next(id, label, help string, do func(bool) error, waiting func() int) {
	f.known = append(f.known, fault{inspector.Fault{ID: id, Label: label, Help: help, Group: f.group}, do, waiting})
}

// exchange is what happens at the next exchange on behalf of a user.
func (f *faults) exchange(id, label, help string, what localentra.Fault) {
	entra := f.cloud.Entra
	f.next(id, label, help, func(bool) error { return entra.FailNext(what) }, func() int {
		return len(slices.DeleteFunc(entra.Waiting(), func(other localentra.Fault) bool { return other != what }))
	})
}

func (f *faults) toggle(id, label, help string, do func(bool) error) {
	f.known = append(f.known, fault{inspector.Fault{ID: id, Label: label, Help: help, Group: f.group, Toggle: true}, do, nil})
}

// List gives the buttons, which of them are on, and how often what they do is still to happen.
func (f *faults) List() []inspector.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]inspector.Fault, 0, len(f.known))
	for _, k := range f.known {
		k.On = f.on[k.ID]
		if k.waiting != nil {
			k.Waiting = k.waiting()
		}
		out = append(out, k.Fault)
	}
	return out
}

// Forget takes back what is still to happen.
func (f *faults) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cloud.Entra.ForgetFaults()
	f.cloud.Fabric.Throttle(0, 0)
	f.cloud.Fabric.ThrottleOneLake(0, 0)
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
