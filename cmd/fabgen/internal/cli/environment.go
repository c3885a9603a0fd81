package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
)

// addEnvFlag adds the flag of commands that depend on an environment of fabgen.yaml.
func addEnvFlag(cmd *cobra.Command, env *string) {
	cmd.Flags().StringVarP(env, "env", "e", config.DefaultEnvironment, "the `environment` of fabgen.yaml")
	must(cmd.RegisterFlagCompletionFunc("env", completeEnvironments))
}

// completeEnvironments offers the environments of the workload that --dir names.
func completeEnvironments(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	s, err := readWorkload(cmd.Flag("dir").Value.String())
	if err != nil {
		return nil, noFiles
	}
	return s.document.Config.EnvironmentNames(), noFiles
}

// readModel reads the workload in dir and one of its environments.
func readModel(dir, env string) (*model.Model, *model.Environment, error) {
	s, err := readWorkload(dir)
	if err != nil {
		return nil, nil, err
	}
	m, err := model.New(s.document)
	if err != nil {
		return nil, nil, err
	}
	e, err := findEnvironment(m, env)
	return m, e, err
}

// findEnvironment is the environment of that name; the error lists those that there are.
func findEnvironment(m *model.Model, name string) (*model.Environment, error) {
	if e := m.Environment(name); e != nil {
		return e, nil
	}
	return nil, unknownEnvironment(name, environmentNames(m))
}

func environmentNames(m *model.Model) []string {
	var names []string
	for _, e := range m.Environments {
		names = append(names, e.Name)
	}
	return names
}

func unknownEnvironment(name string, names []string) error {
	hint := ""
	if near := config.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	return usagef("fabgen.yaml has no environment %q; it has %s%s", name, strings.Join(names, ", "), hint)
}
