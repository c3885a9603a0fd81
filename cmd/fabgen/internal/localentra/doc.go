// Package localentra is the Microsoft Entra ID of `fabgen dev`: what entratest is for tests, with people who sign in.
//
// It has the pages on which a person signs in, consents and proves who they are, the authorization code grant with
// PKCE (RFC 7636), refresh tokens, and the grants of a back-end: on behalf of, and client credentials. What an
// application may do is read from its registration, the entra/application.json that fabgen generates: what is not
// registered is refused with the code that Entra has for it. Who there is comes from a Seed.
//
// It answers on two addresses of this machine, with the same state behind both. What programs call is served over TLS,
// under a root that is made at the first run and kept in a folder; the root is good for loopback addresses alone and is
// never installed. What a person opens is served in plain HTTP, so that no browser warns. A discovery document names
// the address that it was read from, and so does an ID token; access tokens always have the issuer of the TLS address,
// which is the one that back-ends are told to trust.
//
// Nobody else takes its tokens: issuers are loopback addresses, and key IDs, the root's name and the secret begin with
// Mark. Yet whoever reaches it on this machine can be any of its people.
package localentra
