package workload

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// Setting is one setting of a program: an environment variable, and a flag of the same name in kebab case, which wins.
type Setting struct {
	Name    string // LISTEN_ADDR; the flag is then --listen-addr
	Default string // "" where there is none
	Help    string // one line
	Secret  bool   // its value is never shown
	// Set checks the value and takes it. It is called once, also with "" where nothing is set and there is no default.
	// Its error says what was found and what is right; a secret's does not say what was found.
	Set func(value string) error
}

// Flag is the setting's flag without its dashes.
func (s Setting) Flag() string { return strings.ReplaceAll(strings.ToLower(s.Name), "_", "-") }

// ReadSettings sets every setting from args, else from the environment, else from its default. The error tells all
// problems at once (errors.Join), or is flag.ErrHelp where args ask for help, which was written to help then. An empty
// environment variable counts as not set.
func ReadSettings(settings []Setting, args []string, getenv func(string) string, help io.Writer) error {
	flags, problems := readFlags(settings, args)
	if flags == nil {
		writeHelp(settings, help)
		return flag.ErrHelp
	}
	for _, s := range settings {
		value, given := flags[s.Flag()]
		where := "--" + s.Flag()
		if !given {
			value, where = getenv(s.Name), s.Name
		}
		if value == "" && !given {
			value = s.Default
		}
		if err := s.Set(value); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", where, err))
		}
	}
	return errors.Join(problems...)
}

// readFlags reads --name=value and --name value, with one dash or two. It gives nil where help is asked for.
func readFlags(settings []Setting, args []string) (map[string]string, []error) {
	known := map[string]bool{}
	for _, s := range settings {
		known[s.Flag()] = true
	}
	flags := map[string]string{}
	var problems []error
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, value, inline := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
		_, twice := flags[name]
		switch {
		case arg == "-h" || arg == "-help" || arg == "--help":
			return nil, nil
		case !strings.HasPrefix(arg, "-") || !known[name]:
			problems = append(problems, fmt.Errorf("--%s is no setting; --help lists them all", name))
			continue
		case twice:
			problems = append(problems, fmt.Errorf("--%s is there twice; once is right", name))
		case !inline && len(args) == 0:
			problems = append(problems, fmt.Errorf("--%s has no value", name))
		}
		if !inline && len(args) > 0 {
			value, args = args[0], args[1:]
		}
		flags[name] = value
	}
	return flags, problems
}

func writeHelp(settings []Setting, w io.Writer) {
	var b strings.Builder
	b.WriteString("Each setting is an environment variable; the flag wins.\n\n")
	for _, s := range settings {
		fmt.Fprintf(&b, "  %s, --%s\n        %s", s.Name, s.Flag(), s.Help)
		if s.Default != "" && !s.Secret {
			fmt.Fprintf(&b, " (default %s)", s.Default)
		}
		b.WriteString("\n")
	}
	// Help that cannot be written has nobody to tell.
	_, _ = io.WriteString(w, b.String())
}
