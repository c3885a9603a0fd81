package auth

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
)

// Bounds on what is looked at at all, in bytes.
const (
	maxHeader = 32 << 10
	maxToken  = 16 << 10
)

const (
	headerAuthorization = "Authorization"
	compositeScheme     = "SubjectAndAppToken1.0"
	compositeSubject    = compositeScheme + ` subjectToken="`
	compositeApp        = `", appToken="`

	wantBearer    = "Bearer <token>, with one space"
	wantComposite = compositeSubject + "<jwt>" + compositeApp + `<jwt>"`
)

// SubjectAndApp are the two tokens of a control-plane call. Printing it prints neither.
type SubjectAndApp struct {
	// Subject is the user's token; empty where Fabric calls on nobody's behalf.
	Subject string
	// App is the calling application's token; never empty.
	App string
}

// HeaderValue is the value of the Authorization header that carries the tokens.
func (t SubjectAndApp) HeaderValue() string {
	return compositeSubject + t.Subject + compositeApp + t.App + `"`
}

// String says only which tokens there are.
func (t SubjectAndApp) String() string {
	return fmt.Sprintf("SubjectAndApp{subject: %t, app: %t}", t.Subject != "", t.App != "")
}

// GoString is String.
func (t SubjectAndApp) GoString() string { return t.String() }

// Format writes String for every verb.
func (t SubjectAndApp) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(t.String())) }

// LogValue is String.
func (t SubjectAndApp) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText is String, so that encoding/json tells neither token.
func (t SubjectAndApp) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// ParseBearer takes the token out of a data-plane call's Authorization header (RFC 6750 section 2.1): one header, the
// scheme Bearer in any case, one space, one token. The token itself is not looked into. The error is a
// *ValidationError with MissingCredentials, MalformedHeader or TooLarge.
func ParseBearer(h http.Header) (string, error) {
	token, err := cutBearer(h)
	if err == nil && !tokenText(token) {
		return "", malformedHeader(wantBearer, h[headerAuthorization][0])
	}
	return token, err
}

// cutBearer is ParseBearer without a look at the token's characters, which a validation looks at once, and not again
// where it finds the same token validated before.
func cutBearer(h http.Header) (string, error) {
	value, err := authorization(h)
	if err != nil {
		return "", err
	}
	scheme, token, ok := strings.Cut(value, " ")
	if !ok || token == "" || !strings.EqualFold(scheme, "Bearer") {
		return "", malformedHeader(wantBearer, value)
	}
	if len(token) > maxToken {
		return "", tooLarge(len(token), maxToken)
	}
	return token, nil
}

// ParseSubjectAndApp takes the two tokens out of a control-plane call's Authorization header, whose only form is
//
//	SubjectAndAppToken1.0 subjectToken="<jwt>", appToken="<jwt>"
//
// in this order, spacing and case. The subject token may be empty. Errors are those of ParseBearer.
func ParseSubjectAndApp(h http.Header) (SubjectAndApp, error) {
	tokens, err := cutSubjectAndApp(h)
	if err == nil && (!tokenText(tokens.App) || tokens.Subject != "" && !tokenText(tokens.Subject)) {
		return SubjectAndApp{}, malformedHeader(wantComposite, h[headerAuthorization][0])
	}
	return tokens, err
}

// cutSubjectAndApp is to ParseSubjectAndApp what cutBearer is to ParseBearer.
func cutSubjectAndApp(h http.Header) (SubjectAndApp, error) {
	value, err := authorization(h)
	if err != nil {
		return SubjectAndApp{}, err
	}
	rest, ok1 := strings.CutPrefix(value, compositeSubject)
	rest, ok2 := strings.CutSuffix(rest, `"`)
	subject, app, ok3 := strings.Cut(rest, compositeApp)
	if !ok1 || !ok2 || !ok3 || app == "" {
		return SubjectAndApp{}, malformedHeader(wantComposite, value)
	}
	if n := max(len(subject), len(app)); n > maxToken {
		return SubjectAndApp{}, tooLarge(n, maxToken)
	}
	return SubjectAndApp{Subject: subject, App: app}, nil
}

// authorization is the one Authorization header, whatever its scheme.
func authorization(h http.Header) (string, error) {
	values := h[headerAuthorization]
	switch {
	case len(values) == 0:
		return "", &ValidationError{Reason: MissingCredentials, Claim: headerAuthorization, Want: "one header"}
	case len(values) > 1:
		return "", &ValidationError{Reason: MalformedHeader, Claim: headerAuthorization,
			Found: fmt.Sprintf("%d headers", len(values)), Want: "one"}
	case len(values[0]) > maxHeader:
		return "", tooLarge(len(values[0]), maxHeader)
	}
	return values[0], nil
}

// tokenText says whether s is not empty and has only the characters of a compact JWT: base64url and dots.
func tokenText(s string) bool {
	ok := s != ""
	for i := range len(s) { // to the end: without a branch for each byte it is several times faster
		ok = ok && tokenChars[s[i]]
	}
	return ok
}

// tokenChars are the characters of a compact JWT.
var tokenChars = func() (table [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_." {
		table[c] = true
	}
	return table
}()

// malformedHeader tells the scheme that was found and nothing else of the header: the rest may be a secret.
func malformedHeader(want, value string) *ValidationError {
	scheme, _, _ := strings.Cut(value, " ")
	found := "another form of it"
	switch {
	case strings.EqualFold(scheme, "Bearer"), strings.EqualFold(scheme, "Basic"), strings.EqualFold(scheme,
		"Negotiate"),
		strings.EqualFold(scheme, compositeScheme):
		found = "the scheme " + scheme + " in another form"
	}
	return &ValidationError{Reason: MalformedHeader, Claim: headerAuthorization, Found: found, Want: want}
}

func tooLarge(found, bound int) *ValidationError {
	return &ValidationError{Reason: TooLarge, Claim: headerAuthorization,
		Found: fmt.Sprintf("%d bytes", found), Want: fmt.Sprintf("at most %d", bound)}
}
