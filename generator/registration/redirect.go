package registration

import (
	"slices"
	"strings"
)

const redirectMember = "spa.redirectUris"

// checkRedirect looks for the address of the close page among those of single-page applications.
func (c *comparison) checkRedirect() {
	want := c.env.RedirectURI
	if slices.Contains(c.app.SPA.RedirectURIs, want) {
		return
	}
	f := Fault{Member: redirectMember, Found: list(c.app.SPA.RedirectURIs), Want: want,
		Symptom: "the consent pop-up ends on an error page: the redirect URI does not match (AADSTS50011)",
		Fix:     c.provision() + ", or add it to the platform single-page application"}
	for _, uri := range c.app.SPA.RedirectURIs {
		if strings.EqualFold(strings.TrimRight(uri, "/"), want) {
			f.Symptom = "the URIs differ in case or in a slash at the end, and Entra compares them as they are (AADSTS50011)"
		}
	}
	for _, platform := range []struct {
		name string
		uris []string
	}{{"web", c.app.Web.RedirectURIs}, {"publicClient", c.app.PublicClient.RedirectURIs}} {
		if slices.Contains(platform.uris, want) {
			f.Found = "it under " + platform.name + ".redirectUris"
			f.Symptom = "the portal redeems the code from a browser, which Entra allows to single-page applications alone: " +
				"the pop-up closes and no token comes (AADSTS9002326)"
			f.Fix = "take it out of " + platform.name + ".redirectUris, and " + c.provision()
		}
	}
	c.fault(f)
}
