package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/tokencheck"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/runtime/auth"
)

// maxKeys bounds what is read of --keys; Entra's own keys are some 20 KB.
const maxKeys = 1 << 20

func runDoctorToken(ctx context.Context, o *doctorOptions) error {
	m, env, err := readModel(o.dir, o.env)
	if err != nil {
		return err
	}
	w := tokenWorkload(m, env)
	if w.Keys, err = readKeys(o.keys); err != nil {
		return err
	}
	explainer, err := tokencheck.New(w)
	if err != nil {
		return fmt.Errorf("explaining a token: %w", err)
	}
	input, err := o.readToken(ctx)
	if err != nil {
		return err
	}
	report, err := explainer.Explain(ctx, input)
	if err != nil {
		return usagef("%s", err)
	}
	if err := o.result(report, func(out io.Writer) { o.printReport(out, report) }); err != nil {
		return err
	}
	if !report.Accepted {
		return fmt.Errorf("the token is refused: %w", errUnwell)
	}
	return nil
}

// tokenWorkload is what the back-end of an environment goes by.
func tokenWorkload(m *model.Model, env *model.Environment) tokencheck.Workload {
	w := tokencheck.Workload{Settings: auth.Settings{
		TenantID: env.TenantID, ClientID: env.ClientID, Audience: env.Audience,
		Authority: os.Getenv("ENTRA_AUTHORITY"), V1Issuer: os.Getenv("ENTRA_V1_ISSUER"),
	}}
	for _, r := range m.Routes {
		route := tokencheck.Route{Name: r.Name}
		for _, s := range r.Scopes {
			route.Scopes = append(route.Scopes, s.Name)
		}
		w.Routes = append(w.Routes, route)
	}
	return w
}

func readKeys(file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	data, more, err := readBounded(file, maxKeys, "the keys", "give the path of Entra's keys")
	if more {
		return nil, usagef("%s has more than %d bytes; Entra's keys have some 20,000", file, maxKeys)
	}
	return data, err
}

// readToken reads the token: from a terminal without showing it, else all of standard input.
func (o *doctorOptions) readToken(ctx context.Context) (string, error) {
	if f, ok := o.in.(*os.File); ok && isTerminal(f) {
		ask := func() { fmt.Fprint(o.err, "Paste the token, then Enter (it is not shown): ") }
		text, err := readHidden(ctx, f, ask, tokencheck.MaxInput)
		fmt.Fprintln(o.err)
		return text, err
	}
	data, more, err := bounded(o.in, tokencheck.MaxInput)
	if more {
		return "", usagef("standard input has more than %d bytes, and one token is asked for", tokencheck.MaxInput)
	}
	if err != nil {
		return "", fmt.Errorf("reading the token: %w", err)
	}
	return string(data), nil
}

// printReport says what was found, the verdict last.
func (o *doctorOptions) printReport(w io.Writer, r *tokencheck.Report) {
	fmt.Fprintf(w, "%s\n", r.Kind)
	both := r.Kind == tokencheck.Composite
	for _, c := range r.Claims {
		name := c.Name
		if both && c.Token != "" {
			name = c.Token + " " + name
		}
		fmt.Fprintf(w, "%s %s: %s\n", o.mark(string(c.Status)), name, claimText(c))
		if c.Hint != "" {
			fmt.Fprintf(w, "         %s\n", c.Hint)
		}
	}
	for _, route := range r.Routes {
		fmt.Fprintf(w, "route    %s: %s\n", route.Name, routeText(route))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(w, "note     %s\n", note)
	}
	fmt.Fprintln(w, verdict(r))
}

func claimText(c tokencheck.Claim) string {
	if c.Status != tokencheck.Refused {
		return c.Found
	}
	text := fmt.Sprintf("%s: found %s", c.Reason, cmp.Or(c.Found, "none"))
	if c.Want != "" {
		text += "; want " + c.Want
	}
	return text
}

func routeText(r tokencheck.Route) string {
	switch {
	case r.Open:
		return "open"
	case r.Scoped:
		return "its scope is there, and the token is refused"
	}
	return "closed; it wants one of " + strings.Join(r.Scopes, " ")
}

func verdict(r *tokencheck.Report) string {
	switch {
	case !r.Accepted:
		return fmt.Sprintf("The back-end refuses it: %s. It answers %d %s: %s", r.Reason, r.HTTPStatus, r.ErrorCode,
			r.ResponseMessage)
	case !r.SignatureKnown:
		return "The back-end accepts it, if its signature is right, which was not checked."
	}
	return "The back-end accepts it."
}
