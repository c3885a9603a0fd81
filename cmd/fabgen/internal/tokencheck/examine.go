package tokencheck

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/fabgen/fabgen/runtime/auth"
)

// examination is one Explain.
type examination struct {
	bench    *bench
	workload Workload
	pasted   pasted
	report   *Report

	subject, app *token // as they are being put right; nil where there is none
	refused      []*auth.ValidationError
}

// maxRounds ends the putting right of a token that is refused for more and more.
const maxRounds = 40

func (e *examination) run(ctx context.Context) {
	e.parse()
	e.report.SignatureKnown = e.workload.Keys != nil
	subject := e.asFarAsKnown(e.pasted.subject, e.subject, func(t string) error {
		_, err := e.bench.door.ValidateSubject(ctx, t)
		return err
	})
	app := e.asFarAsKnown(e.pasted.app, e.app, func(t string) error {
		_, err := e.bench.door.ValidateApp(ctx, t)
		return err
	})
	verdict := e.judge(ctx, subject, app)
	if verdict != nil {
		e.refuse(verdict)
	}
	e.putRight(ctx)
	e.conclude(verdict)
}

func (e *examination) parse() {
	if e.pasted.subject != "" {
		e.subject = parse(e.pasted.subject)
	}
	if e.pasted.app != "" {
		e.app = parse(e.pasted.app)
	}
}

// asFarAsKnown gives the token as it is to be judged: itself, or, where nothing but its signature is in the way and
// there are no keys to tell, the same signed anew. What the door says of the token alone is kept.
func (e *examination) asFarAsKnown(text string, t *token, validate func(string) error) string {
	if t == nil {
		return text
	}
	var err *auth.ValidationError
	if !errors.As(validate(text), &err) {
		return text
	}
	if e.workload.Keys == nil && (err.Reason == auth.UnknownKey || err.Reason == auth.BadSignature) {
		if signed, signErr := e.bench.sign(t); signErr == nil {
			return signed
		}
	}
	e.refuse(err)
	return text
}

// refuse keeps a refusal, once.
func (e *examination) refuse(err *auth.ValidationError) {
	if !slices.ContainsFunc(e.refused, func(r *auth.ValidationError) bool {
		return r.Token == err.Token && r.Claim == err.Claim && r.Reason == err.Reason
	}) {
		e.refused = append(e.refused, err)
	}
}

// judge asks the back-end's door. A token that goes with the other one in a call, and was not pasted, is made here.
func (e *examination) judge(ctx context.Context, subject, app string) *auth.ValidationError {
	var err error
	switch {
	case e.pasted.malformed != "":
		_, err = auth.ParseSubjectAndApp(http.Header{"Authorization": {e.pasted.malformed}})
	case e.pasted.kind == DataSubject:
		if scopes := e.workload.scopes(); len(scopes) > 0 {
			_, err = e.bench.door.AuthenticateData(call(ctx, "Bearer "+subject, ""), scopes...)
		} else {
			_, err = e.bench.door.ValidateSubject(ctx, subject)
		}
	case e.pasted.kind == App:
		_, err = e.bench.door.ValidateApp(ctx, app)
	default:
		if e.pasted.kind == ControlSubject {
			app = e.companion()
		}
		value := auth.SubjectAndApp{Subject: subject, App: app}.HeaderValue()
		_, err = e.bench.door.AuthenticateControl(call(ctx, value, e.clientTenant()),
			auth.ControlPlaneRules{SubjectOptional: true})
	}
	var refusal *auth.ValidationError
	errors.As(err, &refusal)
	return refusal
}

func call(ctx context.Context, authorization, tenant string) *http.Request {
	r := (&http.Request{Header: http.Header{}}).WithContext(ctx)
	r.Header.Set("Authorization", authorization)
	if tenant != "" {
		r.Header.Set(auth.HeaderClientTenantID, tenant)
	}
	return r
}

// clientTenant is what x-ms-client-tenant-id is taken to say: the user's own tenant, or else the publisher's.
func (e *examination) clientTenant() string {
	if e.subject != nil {
		if tenant := e.subject.text("tid"); isGUID(tenant) {
			return tenant
		}
	}
	return e.workload.Settings.TenantID
}

// companion is an app token of Fabric's that goes with the pasted subject token.
func (e *examination) companion() string {
	app := auth.FabricClientAppID
	if caller := e.subject.text(e.subject.appClaim()); caller == auth.FabricServiceAppID {
		app = caller
	}
	t := e.rightApp(app)
	signed, _ := e.bench.sign(t) // what is made here always signs
	return signed
}

// putRight goes on where the door refused: it puts right what was refused and asks again, until the door lets the
// token in or nothing can be put right.
func (e *examination) putRight(ctx context.Context) {
	for _, err := range e.refused {
		if !e.repair(err) {
			return
		}
	}
	for range maxRounds {
		subject, app, ok := e.signed()
		if !ok {
			return
		}
		err := e.judge(ctx, subject, app)
		if err == nil {
			return
		}
		e.refuse(err)
		if !e.repair(err) {
			return
		}
	}
}

// signed gives the tokens as they stand now; not where one of them holds nothing to sign.
func (e *examination) signed() (subject, app string, ok bool) {
	for _, t := range []struct {
		token *token
		into  *string
	}{{e.subject, &subject}, {e.app, &app}} {
		if t.token == nil {
			continue
		}
		var err error
		if *t.into, err = e.bench.sign(t.token); err != nil || len(t.token.payload) == 0 {
			return "", "", false
		}
	}
	return subject, app, true
}

// scopes are those of all routes.
func (w Workload) scopes() []string {
	var out []string
	for _, r := range w.Routes {
		out = append(out, r.Scopes...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
