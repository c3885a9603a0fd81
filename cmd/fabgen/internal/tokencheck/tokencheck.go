// Package tokencheck explains why a workload's back-end would accept or refuse a token, claim by claim. The verdict is
// the runtime's own: the token goes through auth.Authenticator, which is what the back-end runs. To see what else is
// wrong, the claim that was refused is put right, the token is signed anew with a key of this process, and it goes
// through again. Nothing leaves the process, and no token is kept or printed.
package tokencheck

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
)

// MaxInput is the most bytes that are read of a pasted token or header.
const MaxInput = 64 << 10

// Kind says what was pasted.
type Kind string

// The kinds of token that a back-end gets.
const (
	DataSubject    Kind = "data-plane subject token"    // Authorization: Bearer, from the front-end
	ControlSubject Kind = "control-plane subject token" // the first of the composite header's two
	App            Kind = "app token"                   // the second
	Composite      Kind = "composite header"            // both, as Fabric sends them
)

// Status is what was found of one claim.
type Status string

// The states of a claim.
const (
	OK      Status = "ok"
	Refused Status = "refused"
	Unknown Status = "unknown" // it cannot be told here
)

// Claim is one claim, or another part, of a token.
type Claim struct {
	Token  string      `json:"token"` // subject or app
	Name   string      `json:"name"`  // such as aud
	Status Status      `json:"status"`
	Reason auth.Reason `json:"reason,omitempty"` // why it was refused
	Found  string      `json:"found,omitempty"`
	Want   string      `json:"want,omitempty"`
	Hint   string      `json:"hint,omitempty"`
}

// Route is one operation of the data plane, and whether the token opens it.
type Route struct {
	Name   string   `json:"name"`
	Scopes []string `json:"scopes"` // any of them lets the caller in
	Scoped bool     `json:"scoped"` // the token has one of them
	Open   bool     `json:"open"`   // and nothing else keeps it out
}

// Report is what was found.
type Report struct {
	Kind            Kind        `json:"kind"`
	Accepted        bool        `json:"accepted"` // as far as SignatureKnown
	SignatureKnown  bool        `json:"signatureChecked"`
	Reason          auth.Reason `json:"reason,omitempty"` // the first refusal, which the back-end's log names
	HTTPStatus      int         `json:"httpStatus,omitempty"`
	ErrorCode       string      `json:"errorCode,omitempty"`
	ResponseMessage string      `json:"responseMessage,omitempty"` // all that the caller is told
	Claims          []Claim     `json:"claims"`
	Routes          []Route     `json:"routes,omitempty"`
	Notes           []string    `json:"notes,omitempty"`
}

// Workload is what a token is explained against.
type Workload struct {
	Settings auth.Settings // of the back-end; its HTTPClient, Logger and Credential are not used
	Routes   []Route       // Scoped and Open are not read
	Keys     []byte        // a JWK set to check signatures with; nil where there is none
}

// ErrInput is wrapped by the errors of an input that holds no token.
var ErrInput = errors.New("there is no token to explain")

// Explainer explains tokens against one workload. It is safe for concurrent use.
type Explainer struct {
	bench    *bench
	workload Workload
}

// New makes an Explainer. The error says what is wrong with the keys or the settings.
func New(w Workload) (*Explainer, error) {
	bench, err := newBench(w)
	if err != nil {
		return nil, err
	}
	return &Explainer{bench, w}, nil
}

// Explain explains one pasted token: a JWT alone, a value of the Authorization header, or the header with its name.
// The error wraps ErrInput.
func (x *Explainer) Explain(ctx context.Context, input string) (*Report, error) {
	pasted, err := read(input)
	if err != nil {
		return nil, err
	}
	e := &examination{bench: x.bench, workload: x.workload, pasted: pasted, report: &Report{Kind: pasted.kind}}
	e.run(ctx)
	return e.report, nil
}

// pasted is what a person gave.
type pasted struct {
	kind         Kind
	subject, app string
	malformed    string // the header's value, where it has the composite scheme and another form
}

// read tells the kinds apart. What is no token at all is an error that does not quote it.
func read(input string) (pasted, error) {
	text := strings.Trim(strings.TrimSpace(input), "'`")
	if name, value, ok := strings.Cut(text, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "authorization") {
		text = strings.TrimSpace(value)
	}
	scheme, rest, _ := strings.Cut(text, " ")
	switch {
	case text == "":
		return pasted{}, inputError("nothing was given; paste a token, or the value of an Authorization header")
	case len(text) > MaxInput:
		return pasted{}, inputError("it is longer than any token or header")
	case strings.EqualFold(scheme, "SubjectAndAppToken1.0"):
		tokens, err := auth.ParseSubjectAndApp(http.Header{"Authorization": {text}})
		if err != nil {
			return pasted{kind: Composite, malformed: text}, nil
		}
		return pasted{kind: Composite, subject: tokens.Subject, app: tokens.App}, nil
	case strings.EqualFold(scheme, "Bearer"):
		text = strings.TrimSpace(rest)
	}
	text = strings.Trim(text, `"`)
	if text == "" {
		return pasted{}, inputError("the scheme is there, and no token after it")
	}
	if strings.ContainsAny(text, " \t\r\n") {
		return pasted{}, inputError("it has white space inside; paste one token, in one piece")
	}
	return ofJWT(text), nil
}

// ofJWT tells by the claims what a token alone is for.
func ofJWT(token string) pasted {
	t := parse(token)
	scopes := strings.Fields(t.text("scp"))
	switch {
	case t.text("idtyp") == "app" && len(scopes) == 0:
		return pasted{kind: App, app: token}
	case slices.Contains(scopes, auth.ControlScope):
		return pasted{kind: ControlSubject, subject: token}
	}
	return pasted{kind: DataSubject, subject: token}
}

type inputFault string

func inputError(text string) error { return inputFault(text) }

func (e inputFault) Error() string { return ErrInput.Error() + ": " + string(e) }

func (e inputFault) Is(target error) bool { return target == ErrInput }

// now is the clock of the back-end that is explained.
func (w Workload) now() time.Time {
	if w.Settings.Now != nil {
		return w.Settings.Now()
	}
	return time.Now()
}
