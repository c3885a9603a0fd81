// Package entratest is a local Microsoft Entra ID over TLS, for tests and for running a workload without a cloud
// account.
//
// It signs real tokens with keys of its own, publishes them, and exchanges tokens with real checks: of the assertion's
// signature, audience and age, and of the application's credential. A test of a workload needs five lines:
//
//	entra := entratest.New(t)
//	authenticator, err := auth.New(entra.Settings())
//	…
//	request.Header.Set("Authorization", "Bearer "+entra.SubjectToken(entratest.Scopes("Forecast.Read.All")))
//
// What can go wrong at Entra can be scripted: SetConsent, SetDeclined, RequireClaims, Throttle, FailToken, SetOutage,
// ExpireSecret, RotateKeys. What can be wrong with a token is a TokenOption. Resource servers of a test check what they
// get with VerifyFor, and get a certificate that the same client trusts from Certify.
//
// What it answers can be replaced, or added to: see Options.Endpoints.
//
// Outside of a test, Start gives the same server; a back-end is pointed to it by ENTRA_AUTHORITY (Server.URL),
// ENTRA_V1_ISSUER (Server.V1Issuer) and EXTRA_CA_FILE (Server.CAPEM in a file). Never use it where real users are:
// whoever can reach it in the process can make any token.
package entratest
