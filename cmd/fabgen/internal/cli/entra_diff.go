package cli

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator/registration"
)

type entraDiffOptions struct {
	entraOptions
	file string
}

// entraDiffResult is what entra diff prints with --json.
type entraDiffResult struct {
	File        string               `json:"file"`
	Environment string               `json:"environment"`
	Right       bool                 `json:"right"`
	Faults      []registration.Fault `json:"faults"`
	Notes       []string             `json:"notes"`
}

func newEntraDiffCmd(a *app) *cobra.Command {
	o := &entraDiffOptions{entraOptions: entraOptions{app: a}}
	cmd := &cobra.Command{
		Use:   "diff FILE",
		Short: "Compare an application that is there with fabgen.yaml",
		Long: `diff reads an application that was exported as JSON, by "az ad app show" or Microsoft Graph (- is standard
input), and tells what it lacks or has wrong, which symptom that causes and what to do. What it has beyond the workload
is no fault. It asks nobody and writes nothing. Where something is wrong it ends with exit code 3.

JSON: {"file", "environment", "right", "faults": [{"member", "found", "want", "symptom", "fix"}], "notes": [...]}`,
		Example: `  az ad app show --id 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11 | fabgen entra diff -
  fabgen entra diff exported.json --env prod`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			o.file = args[0]
			return runEntraDiff(o)
		},
	}
	addDirFlag(cmd, &o.dir)
	addEnvFlag(cmd, &o.env)
	return cmd
}

func runEntraDiff(o *entraDiffOptions) error {
	m, env, err := readModel(o.dir, o.env)
	if err != nil {
		return err
	}
	application, err := o.readApplication()
	if err != nil {
		return err
	}
	c := registration.Compare(m, env, application, time.Now())
	r := entraDiffResult{File: o.file, Environment: env.Name, Right: len(c.Faults) == 0,
		Faults: append([]registration.Fault{}, c.Faults...), Notes: append([]string{}, c.Notes...)}
	if err := o.result(r, func(w io.Writer) { printFaults(w, r.Faults) }); err != nil {
		return err
	}
	if !o.json {
		for _, note := range r.Notes {
			o.say("note: %s", note)
		}
	}
	if !r.Right {
		o.say("%s differs from what the environment %s of fabgen.yaml needs: %s", o.file, env.Name,
			count(len(r.Faults), "fault"))
		return fmt.Errorf("%s: %w", o.file, errStale)
	}
	o.say("%s has what the environment %s of fabgen.yaml needs: nothing to change", o.file, env.Name)
	return nil
}

func (o *entraDiffOptions) readApplication() (*registration.Application, error) {
	data, err := o.readExport() // what is more than MaxSize, Parse refuses
	if err != nil {
		return nil, err
	}
	application, err := registration.Parse(data)
	if errors.Is(err, registration.ErrNotApplication) {
		return nil, usagef("%s: %s", o.file, err)
	}
	return application, err
}

func (o *entraDiffOptions) readExport() ([]byte, error) {
	if o.file != "-" {
		data, _, err := readBounded(o.file, registration.MaxSize, "the application",
			"give the exported application's path, or - for standard input")
		return data, err
	}
	data, _, err := bounded(o.in, registration.MaxSize)
	if err != nil {
		return nil, fmt.Errorf("reading the application from standard input: %w", err)
	}
	return data, nil
}

func printFaults(w io.Writer, faults []registration.Fault) {
	for _, f := range faults {
		fmt.Fprintf(w, "%s: found %s; want %s\n  symptom: %s\n  to do:   %s\n", f.Member, f.Found, f.Want, f.Symptom, f.Fix)
	}
}
