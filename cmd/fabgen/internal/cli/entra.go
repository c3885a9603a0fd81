package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/render"
)

// The templates of the application's registration.
const (
	applicationTemplate = "entra/application.json"
	provisionTemplate   = "entra/provision.sh"
)

type entraOptions struct {
	*app
	dir string
	env string
}

func newEntraCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "entra",
		Short: "Show and compare the registration of the workload's application in Microsoft Entra",
		Long: `entra gives what fabgen.yaml says about the workload's own application: the body for Microsoft Graph, a script
that creates or updates it, and the address of admin consent. It also compares an application that is there with it.`,
		Example: `  fabgen entra manifest
  az ad app show --id 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11 | fabgen entra diff -`,
		Args: knownCommand,
		RunE: func(*cobra.Command, []string) error {
			return usagef("no command was given; `fabgen entra --help` lists them")
		},
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.AddCommand(newEntraManifestCmd(a), newEntraScriptCmd(a), newEntraConsentCmd(a), newEntraDiffCmd(a))
	return cmd
}

func newEntraManifestCmd(a *app) *cobra.Command {
	return newEntraPart(a, runEntraManifest, &cobra.Command{
		Use:   "manifest",
		Short: "Print the application as Microsoft Graph takes it",
		Long: `manifest prints the body with which Microsoft Graph creates or updates the application, as it stands in
entra/application.json: token version, optional claims, redirect URI, scopes, pre-authorised applications and API
permissions. Scopes have the same IDs each time. It says which permission IDs only the tenant knows: the script looks
those up. The output is JSON with and without --json.`,
		Example: `  fabgen entra manifest > application.json
  fabgen entra manifest --dir ./contoso --env prod`,
	})
}

func newEntraScriptCmd(a *app) *cobra.Command {
	return newEntraPart(a, runEntraScript, &cobra.Command{
		Use:   "script",
		Short: "Print the script that creates or updates the application",
		Long: `script prints entra/provision.sh: a POSIX shell script for macOS and Linux that creates the application with the
Azure CLI, or updates it, as often as it is run. It reads application.json beside it. With --new-secret it shows a
client secret, once, and writes it nowhere. --env sets the environment that it takes where none is named.

JSON: {"environment", "script"}`,
		Example: `  fabgen entra script > entra/provision.sh
  fabgen entra script --env prod`,
	})
}

func newEntraConsentCmd(a *app) *cobra.Command {
	return newEntraPart(a, runEntraConsent, &cobra.Command{
		Use:   "consent-url",
		Short: "Print the address at which an administrator consents",
		Long: `consent-url prints the address at which an administrator of the publisher's tenant consents to the application
for everybody there. A customer's administrator opens the same address with the customer's tenant ID in it.

JSON: {"environment", "url"}`,
		Example: `  fabgen entra consent-url
  fabgen entra consent-url --env prod`,
	})
}

// newEntraPart completes a command that prints one part of the registration.
func newEntraPart(
	a *app, run func(*entraOptions, *model.Model, *model.Environment) error, cmd *cobra.Command,
) *cobra.Command {
	o := &entraOptions{app: a}
	cmd.Args = positional(cobra.NoArgs)
	cmd.RunE = func(*cobra.Command, []string) error {
		m, env, err := readModel(o.dir, o.env)
		if err != nil {
			return err
		}
		return run(o, m, env)
	}
	addDirFlag(cmd, &o.dir)
	addEnvFlag(cmd, &o.env)
	return cmd
}

func runEntraManifest(o *entraOptions, m *model.Model, env *model.Environment) error {
	body, err := render.One(m, applicationTemplate, env)
	if err != nil {
		return err
	}
	for _, p := range m.LookedUpPermissions() {
		o.say("left to the script, which asks the tenant for its ID: %s", p)
	}
	return o.write(string(body))
}

func runEntraScript(o *entraOptions, m *model.Model, env *model.Environment) error {
	script, err := render.One(m, provisionTemplate, env)
	if err != nil {
		return err
	}
	result := struct {
		Environment string `json:"environment"`
		Script      string `json:"script"`
	}{env.Name, string(script)}
	return o.result(result, func(w io.Writer) { fmt.Fprint(w, result.Script) })
}

func runEntraConsent(o *entraOptions, _ *model.Model, env *model.Environment) error {
	result := struct {
		Environment string `json:"environment"`
		URL         string `json:"url"`
	}{env.Name, env.AdminConsentURL}
	return o.result(result, func(w io.Writer) { fmt.Fprintln(w, result.URL) })
}
