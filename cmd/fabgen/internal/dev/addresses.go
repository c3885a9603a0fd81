package dev

import (
	"fmt"
	"io"
	"net/url"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// Ports that are wanted where fabgen.yaml does not name one. They are the same each time, so that a browser's bookmarks
// hold.
const (
	portalPort    = 60100
	inspectorPort = 60101
	pagesPort     = 60102
)

// Addresses are where everything is.
type Addresses struct {
	Portal    string `json:"portal,omitempty"` // empty, as Frontend is, where the back-end runs alone
	Inspector string `json:"inspector"`
	Frontend  string `json:"frontend,omitempty"`
	Backend   string `json:"backend"`
	Entra     string `json:"entra"`
	CAFile    string `json:"caFile"` // the certificate to trust for Entra
}

// Print writes them for a person.
func (a Addresses) Print(w io.Writer) {
	fmt.Fprintln(w)
	for _, line := range []struct{ name, address, about string }{
		{"Portal", a.Portal, "the workload, as Fabric shows it: open this"},
		{"Inspector", a.Inspector, "each call with its tokens; buttons that have things go wrong"},
		{"Front-end", a.Frontend, ""},
		{"Back-end", a.Backend, ""},
		{"Entra", a.Entra, ""},
	} {
		if line.address == "" {
			continue
		}
		fmt.Fprintf(w, "  %-10s %s", line.name, line.address)
		if line.about != "" {
			fmt.Fprintf(w, "   %s", line.about)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "\nCtrl-C ends all of it.")
}

// portOf is the port that an address of this machine names, or other.
func portOf(address string, other int) int {
	u, err := url.Parse(address)
	if err != nil {
		return other
	}
	port, err := supervisor.LoopbackPort(u.Host)
	if err != nil {
		return other
	}
	return port
}
