// Package hops keeps what happens between the parts of a workload that runs on this machine: each call as a Hop, with
// the tokens that it carried decoded, and why it was accepted or refused.
//
// A Recorder holds the latest hops. They come from a Proxy in front of the back-end, and, by FromEvent, FromCall and
// FromPortal, from the local Entra, the local Fabric and the local portal. JSON, Mermaid and Transcript tell them.
package hops

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Actor is who takes part. One of the workload's own resources has the name that it is given, such as "pricing".
type Actor string

// The actors that there always are.
const (
	Browser  Actor = "browser" // the person, on Entra's pages
	Portal   Actor = "portal"  // the local portal, which the front-end asks for items and tokens
	Frontend Actor = "frontend"
	Backend  Actor = "backend"
	Entra    Actor = "entra"
	Fabric   Actor = "fabric" // calls the back-end, and is called by it
	OneLake  Actor = "onelake"
)

// Kind is what a Hop is, by what it is for.
type Kind string

// The kinds of hops. Those of the local Entra come beside them, under their own names: token, authorize and so on.
const (
	KindData      Kind = "data"      // the data plane: the front-end's calls
	KindControl   Kind = "control"   // the Workload REST contract: Fabric's calls
	KindPortal    Kind = "portal"    // what the front-end asks of its host
	KindResource  Kind = "resource"  // the back-end's calls of Fabric, OneLake and the workload's own resources
	KindPreflight Kind = "preflight" // a browser asks whether it may call (CORS)
	KindProbe     Kind = "probe"     // /healthz and /readyz
)

// Decision is what became of a hop.
type Decision string

// The decisions of what is no local Entra, which has issued, refused, shown and redirected.
const (
	Pending  Decision = "pending"  // it goes on
	Accepted Decision = "accepted" // a status below 400
	Refused  Decision = "refused"  // a status of 400 to 499
	Failed   Decision = "failed"   // a status of 500 and more, or no answer
	Aborted  Decision = "aborted"  // the caller hung up
)

// Hop is one call. It is plain data, and does not change once it is recorded.
type Hop struct {
	// ID is the Recorder's: from 1, one more for each hop.
	ID       int           `json:"id"`
	Time     time.Time     `json:"time"`
	Duration time.Duration `json:"duration"` // nanoseconds; 0 while it is pending
	From     Actor         `json:"from"`
	To       Actor         `json:"to"`
	Kind     Kind          `json:"kind"`
	Method   string        `json:"method,omitempty"`
	// Path is what was called, with a query whose values are "…" where they may be secrets; at most 512 bytes.
	Path string `json:"path,omitempty"`
	// About is what a path does not tell: of an exchange the grant, the resource and the scopes.
	About    string  `json:"about,omitempty"`
	Status   int     `json:"status,omitempty"`   // of HTTP
	Activity string  `json:"activity,omitempty"` // the ActivityId by which the back-end's log has the call
	Tokens   []Token `json:"tokens,omitempty"`

	Decision Decision `json:"decision,omitempty"`
	// Code and Reason are why it was refused: the error's code (of the contract's body, or AADSTS and a number), and
	// what it says to people.
	Code   string `json:"code,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Challenge says that the refusal asks for claims, or for consent, by a WWW-Authenticate header.
	Challenge bool `json:"challenge,omitempty"`
	Injected  bool `json:"injected,omitempty"` // somebody had it fail on purpose
}

// Token is a token that a hop carried, or that it issued.
type Token struct {
	// Role is bearer, subject or app of one that a call carried; access, id or refresh of one that was issued.
	Role   string         `json:"role"`
	Issued bool           `json:"issued,omitempty"`
	Header map[string]any `json:"header,omitempty"`
	Claims map[string]any `json:"claims,omitempty"`
	// Problem is why there are no claims, or why they were not taken.
	Problem string `json:"problem,omitempty"`
	// Raw is its text, where it is known. It stays in memory unless somebody asks an export for tokens.
	Raw string `json:"-"`
}

// Label names the hop in a line: its method and path, or what it is about.
func (h Hop) Label() string {
	label := strings.TrimSpace(h.Method + " " + h.Path)
	return cmp.Or(label, h.About, string(h.Kind))
}

// Bad says that the hop did not do what it was for.
func (h Hop) Bad() bool {
	return h.Decision == Refused || h.Decision == Failed || h.Decision == Aborted
}

// Background says that the hop belongs to no story: keys and discovery, a browser's question whether it may call, a probe.
func (h Hop) Background() bool {
	switch h.Kind {
	case KindPreflight, KindProbe, "discovery", "keys":
		return true
	}
	return false
}

// Sorted are hops in the order in which they began.
func Sorted(hops []Hop) []Hop {
	out := slices.Clone(hops)
	slices.SortStableFunc(out, func(a, b Hop) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID)) })
	return out
}

// decided is what a status tells.
func decided(status int) Decision {
	switch {
	case status >= 500:
		return Failed
	case status >= 400:
		return Refused
	}
	return Accepted
}
