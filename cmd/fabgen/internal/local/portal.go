package local

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"

	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/runtime/auth"
)

// Portal is what the local portal is made of. Locales are the front-end's, en-US first.
func (c *Cloud) Portal(locales []string) portal.Config {
	m := c.options.Model
	w := portal.Workload{Name: m.Workload.Name, DisplayName: m.Workload.DisplayName, Locales: locales}
	for _, p := range c.Entra.People() {
		w.Users = append(w.Users, portal.User{ID: p.ID, Name: p.Name, Tenant: p.Tenant, About: p.About})
	}
	for _, i := range m.Items {
		shown := portal.ItemType{Type: i.TypeName, DisplayName: i.DisplayName, EditorPath: i.EditorPath(), CreateAction: i.Action("create")}
		for _, j := range i.Jobs {
			shown.Jobs = append(shown.Jobs, portal.JobType{Type: j.TypeName, DisplayName: j.Name})
		}
		w.Items = append(w.Items, shown)
	}
	instead := map[string]string{auth.DefaultAuthority + "/": c.Entra.PagesURL + "/", c.Entra.URL + "/": c.Entra.PagesURL + "/"}
	return portal.Config{Origin: c.options.Portal, Frontend: c.options.Frontend, Workload: w, Fabric: c.Items, Entra: entra{c},
		Instead: instead}
}

// entra is the local Entra as the portal sees it.
type entra struct{ cloud *Cloud }

// Token gives the user's token for the back-end.
func (e entra) Token(_ context.Context, user string) (portal.Token, error) {
	token, err := e.cloud.FrontendToken(user)
	if err != nil {
		return portal.Token{}, fmt.Errorf("getting a token for the front-end: %w", err)
	}
	var scopes []string
	for _, s := range e.cloud.options.Model.Scopes {
		scopes = append(scopes, s.Name)
	}
	return portal.Token{Token: token, Scopes: scopes, TenantID: e.cloud.tenantOf(user)}, nil
}

// Ask begins a sign-in of the workload's own application, which ends on the front-end's close page.
func (e entra) Ask(_ context.Context, user string, demand portal.Demand) (address, state string, err error) {
	address, state = e.cloud.Ask(user, demand)
	return address, state, nil
}

// Outcome says how it ended.
func (e entra) Outcome(_ context.Context, state string) error { return e.cloud.Outcome(state) }

// Ask is the address at which the user is asked for something, and the state by which Outcome knows it.
func (c *Cloud) Ask(user string, demand portal.Demand) (address, state string) {
	state = rand.Text()
	values := url.Values{
		"client_id": {c.options.Env.ClientID}, "redirect_uri": {c.RedirectURI()}, "response_type": {"code"},
		"response_mode": {"fragment"}, "state": {state}, "scope": {strings.Join(c.demanded(demand), " ")},
	}
	for _, p := range c.Entra.People() {
		if p.ID == user {
			values.Set("login_hint", p.SignInName)
		}
	}
	if demand.Claims != "" {
		values.Set("claims", demand.Claims)
	}
	if demand.FullConsent {
		values.Set("prompt", "consent")
	}
	return c.Entra.PagesURL + "/" + c.tenantOf(user) + "/oauth2/v2.0/authorize?" + values.Encode(), state
}

// demanded are the scopes of a demand. A bare .default, and full consent, stand for all that the application is
// registered with; a challenge alone asks for no consent.
func (c *Cloud) demanded(d portal.Demand) []string {
	switch {
	case d.FullConsent:
		return []string{everything}
	case len(d.Scopes) > 0:
		return d.Scopes
	}
	return []string{"openid"}
}

// Outcome says how a sign-in ended: portal.ErrPending until it has, nil, portal.ErrDeclined, or what Entra said.
func (c *Cloud) Outcome(state string) error {
	outcome, ok := c.Entra.Outcome(state)
	switch {
	case !ok, !outcome.Done: // the page may not be open yet
		return portal.ErrPending
	case outcome.Error == "":
		return nil
	case outcome.Error == "access_denied":
		return portal.ErrDeclined
	}
	return fmt.Errorf("local: the sign-in ended with %s", outcome.Reason)
}
