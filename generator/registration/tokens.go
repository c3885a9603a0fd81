package registration

import (
	"fmt"
	"slices"
	"strings"
)

// The values that every workload's application has.
const (
	multiTenant = "AzureADMultipleOrgs"
	// IDTypeClaim is the optional claim that tells an application's token from a user's.
	IDTypeClaim = "idtyp"
	// IDTypeOfUsers makes Entra write it into users' tokens as well.
	IDTypeOfUsers = "include_user_token"
)

// checkIdentity compares what the application is called by: client ID, tenants and identifier URI.
func (c *comparison) checkIdentity() {
	if id := c.app.AppID; id != "" && !same(id, c.env.ClientID) {
		c.fault(Fault{Member: "appId", Found: id, Want: c.env.ClientID,
			Symptom: "this is another application than fabgen.yaml names: manifest, front-end and back-end ask Entra for " +
				"one, consent and secret are the other's (AADSTS700016, AADSTS7000215)",
			Fix: c.otherApplication(id)})
	}
	if found := c.app.SignInAudience; found != multiTenant {
		c.fault(Fault{Member: "signInAudience", Found: orNone(found), Want: multiTenant,
			Symptom: "people of customers' tenants cannot sign in or consent (AADSTS700016, AADSTS50194); the workload " +
				"works in the publisher's tenant alone",
			Fix: c.provision() + ", or choose accounts in any organizational directory"})
	}
	c.checkIdentifierURI()
}

// otherApplication says what to do with the export of an application that the environment does not name.
func (c *comparison) otherApplication(id string) string {
	for _, e := range c.model.Environments {
		if same(e.ClientID, id) {
			return "it is the application of the environment " + e.Name + ": give --env " + e.Name
		}
	}
	return "export the application " + c.env.ClientID + ", or set entra.clientId to " + id + " and run `fabgen generate`"
}

func (c *comparison) checkIdentifierURI() {
	want, uris := c.env.Audience, c.app.IdentifierURIs
	if slices.Contains(uris, want) {
		for _, uri := range uris {
			if uri != want {
				c.note("the application has the identifier URI " + uri + ", too")
			}
		}
		return
	}
	f := Fault{Member: "identifierUris", Found: list(uris), Want: want,
		Symptom: "Entra knows no resource of that name (AADSTS500011, AADSTS65001 for its scopes), or tokens carry " +
			"another audience and the back-end refuses them: wrong_audience",
		Fix: c.provision() + ", or set the application ID URI to this text exactly"}
	for _, uri := range uris {
		switch {
		case strings.TrimRight(uri, "/") == want:
			f.Symptom = "a slash at the end: v1.0 tokens carry it in aud, and the back-end refuses them: wrong_audience"
		case strings.EqualFold(uri, want):
			f.Symptom = "the URIs differ in case: tokens carry the one that was asked for, and aud is compared with " +
				"case: wrong_audience"
		}
	}
	c.fault(f)
}

// checkTokens compares what decides the form of access tokens.
func (c *comparison) checkTokens() {
	want, found := c.env.TokenVersion, max(c.app.API.TokenVersion, 1)
	if found != want {
		f := Fault{Member: "api.requestedAccessTokenVersion", Found: fmt.Sprint(found), Want: fmt.Sprint(want),
			Symptom: "tokens are v2.0: their audience is the client ID and the caller is in azp. Whatever expects v1.0 " +
				"tells only of a wrong audience",
			Fix: c.provision() + ", or set it to null; or set entra.tokenVersion to 2"}
		if want == 2 {
			f.Symptom = "tokens are v1.0: their audience is the identifier URI and the caller is in appid. Whatever " +
				"expects v2.0 tells only of a wrong audience"
			f.Fix = c.provision() + ", or set it to 2; or set entra.tokenVersion to 1"
		}
		c.fault(f)
	}
	if id := c.app.TokenEncryption; id != "" {
		c.fault(Fault{Member: "tokenEncryptionKeyId", Found: id, Want: "null",
			Symptom: "Entra encrypts the tokens, so that the back-end finds no JWT of three parts: malformed_token",
			Fix:     "set it to null"})
	}
	c.checkIDType()
}

func (c *comparison) checkIDType() {
	is := func(o OptionalClaim) bool { return o.Name == IDTypeClaim }
	claims := c.app.OptionalClaims
	f := Fault{Member: "optionalClaims.accessToken", Want: IDTypeClaim, Fix: c.provision() +
		", or add the optional claim idtyp to access tokens"}
	switch i := slices.IndexFunc(claims.AccessToken, is); {
	case i < 0:
		f.Found = "no " + IDTypeClaim
		if slices.ContainsFunc(claims.IDToken, is) {
			f.Found = "no " + IDTypeClaim + "; it is among the claims of ID tokens"
		}
		f.Symptom = "Fabric's app tokens do not show that they are one: every call of the control plane (create, open, " +
			"delete, jobs) is answered with 401, not_app_token"
	case slices.Contains(claims.AccessToken[i].Properties, IDTypeOfUsers):
		f.Found = IDTypeClaim + " with " + IDTypeOfUsers
		f.Want = IDTypeClaim + " without it"
		f.Symptom = "users' tokens carry idtyp beside scp, and the back-end refuses them: invalid_claim"
		f.Fix = c.provision() + ", or take " + IDTypeOfUsers + " out of additionalProperties"
	default:
		return
	}
	c.fault(f)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func list(values []string) string { return orNone(strings.Join(values, ", ")) }
