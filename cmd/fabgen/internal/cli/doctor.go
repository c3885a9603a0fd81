package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/doctor"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/plan"
)

type doctorOptions struct {
	*app
	dir   string
	env   string
	token bool
	keys  string
}

// doctorResult is what doctor prints with --json.
type doctorResult struct {
	Dir         string          `json:"dir"`
	Environment string          `json:"environment"`
	OK          bool            `json:"ok"`
	Checks      []doctor.Result `json:"checks"`
}

// errUnwell ends doctor where something failed. It has printed it by then.
var errUnwell = errors.New("something failed")

func newDoctorCmd(a *app) *cobra.Command {
	o := &doctorOptions{app: a}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why a workload does not run, or why a token is refused",
		Long: `doctor checks the tools that the workload asks for and their versions, the ports 5000 and 60006, fabgen.yaml and
what is generated from it, and the settings of back-end and front-end (the environment, backend/.env, frontend/.env.*)
with their credentials. It needs no network, writes nothing and shows no secret. Each check ends as ok, warning or
failed, with what to do next. Where one failed it ends with exit code 1.

With --token it reads one token from standard input instead, or asks for it without showing it, and tells claim by
claim why the back-end accepts or refuses it. A token alone, "Bearer …" and Fabric's header with two tokens can be
pasted. It is never stored, shown or sent. The signature is checked where --keys gives Entra's keys, as its jwks_uri
(https://login.microsoftonline.com/common/discovery/keys) has them. Where the token is refused it ends with exit code 1.

JSON: {"dir", "environment", "ok", "checks": [{"group", "name", "status", "found", "next"}]}; with --token {"kind",
"accepted", "signatureChecked", "reason", "httpStatus", "errorCode", "responseMessage", "claims": [{"token", "name",
"status", "reason", "found", "want", "hint"}], "routes": [{"name", "scopes", "scoped", "open"}], "notes"}`,
		Example: `  fabgen doctor
  fabgen doctor --dir ./contoso --env prod --json
  fabgen doctor --token --keys keys.json < token.txt`,
		Args: positional(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runDoctor(cmd.Context(), o) },
	}
	addDirFlag(cmd, &o.dir)
	addEnvFlag(cmd, &o.env)
	cmd.Flags().BoolVar(&o.token, "token", false, "explain the token on standard input")
	cmd.Flags().StringVar(&o.keys, "keys", "", "with --token: a `file` with Entra's keys, to check signatures with")
	must(cmd.MarkFlagFilename("keys", "json"))
	return cmd
}

func runDoctor(ctx context.Context, o *doctorOptions) error {
	if o.token {
		return runDoctorToken(ctx, o)
	}
	if o.keys != "" {
		return usagef("--keys goes with --token")
	}
	r := doctorResult{Dir: o.dir, Environment: o.env, Checks: []doctor.Result{}}
	failed, warnings := 0, 0
	err := o.examine(ctx, func(found doctor.Result) error {
		r.Checks = append(r.Checks, found)
		switch found.Status {
		case doctor.Failed:
			failed++
		case doctor.Warning:
			warnings++
		}
		if o.json || o.quiet && found.Status == doctor.OK {
			return nil
		}
		return o.printCheck(found)
	})
	if err != nil {
		return err
	}
	r.OK = failed == 0
	if o.json {
		if err := o.result(r, nil); err != nil {
			return err
		}
	}
	o.say("%s: %s, %s failed, %s", o.dir, count(len(r.Checks), "check"), fmt.Sprint(failed), count(warnings, "warning"))
	if !r.OK {
		return fmt.Errorf("%s: %w", o.dir, errUnwell)
	}
	return nil
}

// examine reads the workload, which is the first check, and runs the others where it is valid.
func (o *doctorOptions) examine(ctx context.Context, found func(doctor.Result) error) error {
	configuration := doctor.Result{Group: "configuration", Name: plan.SourceFile}
	m, env, err := readModel(o.dir, o.env)
	var problems config.Problems
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			configuration.Status, configuration.Found = doctor.Failed, config.Problems{p}.Error()
			configuration.Next = "change it; the other checks need a valid configuration"
			if err := found(configuration); err != nil {
				return err
			}
		}
		return nil
	case err != nil:
		return err
	}
	configuration.Status, configuration.Found = doctor.OK, "valid"
	if err := found(configuration); err != nil {
		return err
	}
	var printed error
	w := doctor.Workload{Dir: o.dir, Model: m, Env: env, Pending: func(ctx context.Context) (int, error) {
		_, p, err := planWorkload(ctx, o.dir)
		if err != nil {
			return 0, err
		}
		return len(pending(p)), nil
	}, Package: func() error {
		packer := &packageOptions{app: o.app, dir: o.dir, env: env.Name}
		_, err := packer.pack(environmentNames(m))
		return err
	}}
	err = doctor.Run(ctx, doctor.ThisMachine(), w, func(r doctor.Result) { printed = errors.Join(printed, found(r)) })
	return errors.Join(err, printed)
}

// printCheck prints one result as soon as it is there.
func (o *doctorOptions) printCheck(r doctor.Result) error {
	const indent = "\n         "
	text := fmt.Sprintf("%s %s: %s", o.mark(string(r.Status)), r.Name, strings.ReplaceAll(r.Found, "\n", indent))
	if r.Next != "" {
		text += indent + r.Next
	}
	return o.write(text + "\n")
}

// mark is the word of a status in its column, coloured for a terminal.
func (o *doctorOptions) mark(status string) string {
	color := map[string]string{"ok": "32", "warning": "33", "unknown": "33", "failed": "31", "refused": "31"}[status]
	word := fmt.Sprintf("%-8s", status)
	if !o.color {
		return word
	}
	return "\x1b[" + color + "m" + word + "\x1b[0m"
}
