package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fabgen/fabgen/generator/config"
)

// addAnswerFlags adds the flag of every field.
func addAnswerFlags(cmd *cobra.Command, fields []config.Field) {
	flags := cmd.Flags()
	for _, f := range fields {
		if f.List {
			flags.Var(&repeated{}, f.Flag, flagHelp(f)+" (repeatable)")
		} else {
			flags.String(f.Flag, f.Default(config.Answers{}), flagHelp(f))
		}
		must(cmd.RegisterFlagCompletionFunc(f.Flag, cobra.FixedCompletions(f.Choices, noFiles)))
	}
}

// noFiles keeps shells from offering files for a flag.
const noFiles = cobra.ShellCompDirectiveNoFileComp

// repeated is the value of a flag that may come any number of times.
type repeated []string

func (r *repeated) String() string { return strings.Join(*r, " ") }

func (r *repeated) Set(value string) error {
	*r = append(*r, value)
	return nil
}

func (*repeated) Type() string { return "string" }

// flagHelp is a field's help with what the flags alone have to say.
func flagHelp(f config.Field) string {
	help := strings.ReplaceAll(f.Help, "`", "'") // pflag takes a word in back quotes for the value's name
	help = strings.TrimSuffix(help, ".")
	if len(f.Choices) > 0 && !f.Open {
		help += "; one of " + strings.Join(f.Choices, ", ")
	}
	if f.Required {
		help += " (required)"
	}
	return help
}

// givenAnswers are the fields whose flags were given.
func givenAnswers(flags *pflag.FlagSet, fields []config.Field) config.Answers {
	answers := config.Answers{}
	for _, f := range fields {
		flag := flags.Lookup(f.Flag)
		switch {
		case !flag.Changed:
		case f.List:
			answers[f.Flag] = *flag.Value.(*repeated)
		default:
			answers[f.Flag] = []string{flag.Value.String()}
		}
	}
	return answers
}

// wrongAnswers tells what is wrong with the answers as far as they go, so that it can be told before the rest is given.
// It leaves out what only the rest can show, such as a route's scope that is still to be asked for.
func wrongAnswers(answers config.Answers) config.Problems {
	var out config.Problems
	for _, complete := range []config.Answers{withStandIns(answers, isMissing), withStandIns(answers, isWrong)} {
		_, _, err := config.Build(complete)
		var problems config.Problems
		errors.As(err, &problems)
		for _, p := range problems {
			f, ok := fieldOf(p)
			given := answers[f.Flag]
			if ok && len(given) > 0 && (f.Ask || isWrong(f, given)) && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

func isMissing(_ config.Field, values []string) bool { return len(values) == 0 }

// isWrong tells whether a field has no value or one that is wrong by itself.
func isWrong(f config.Field, values []string) bool {
	return len(values) == 0 || slices.ContainsFunc(values, func(v string) bool { return f.Check(v) != nil })
}

// withStandIns gives the demo's values to required answers that are missing, or wrong: what is wrong with the others
// shows then.
func withStandIns(answers config.Answers, replace func(config.Field, []string) bool) config.Answers {
	demo, err := config.Parse("the demo", config.Demo())
	if err != nil {
		panic("cli: the demo is wrong: " + err.Error())
	}
	c := demo.Config
	standIns := map[string]string{
		"name": c.Workload.Name, "module": c.Workload.Module,
		"tenant-id": c.Entra.TenantID, "client-id": c.Entra.ClientID,
	}
	all := maps.Clone(answers)
	for _, f := range config.Fields() {
		if value, ok := standIns[f.Flag]; ok && replace(f, answers[f.Flag]) {
			all[f.Flag] = []string{value}
		}
	}
	return all
}

func fieldOf(p config.Problem) (config.Field, bool) {
	for _, f := range config.Fields() {
		if p.Flag == "--"+f.Flag {
			return f, true
		}
	}
	return config.Field{}, false
}

// missing are the flags of the problems that say that an answer was not given.
func missing(problems config.Problems) []string {
	var flags []string
	for _, p := range problems {
		if p.Flag != "" && p.Hint == "give "+p.Flag {
			flags = append(flags, p.Flag)
		}
	}
	return flags
}

// missingError is problems some of which are answers that were not given.
type missingError struct {
	config.Problems
	advice string
}

// Unwrap gives the problems.
func (e *missingError) Unwrap() error { return e.Problems }

// explainMissing says of missing answers why nobody was asked.
func explainMissing(err error, yes bool) error {
	var problems config.Problems
	if !errors.As(err, &problems) || len(missing(problems)) == 0 {
		return err
	}
	why := "there is no terminal to ask in"
	if yes {
		why = "--yes asks nothing"
	}
	return &missingError{problems, fmt.Sprintf("%s; give %s", why, strings.Join(missing(problems), " "))}
}

// flagList names the flags of answers, in the order of the fields.
func flagList(answers config.Answers) string {
	var flags []string
	for _, f := range config.Fields() {
		if _, ok := answers[f.Flag]; ok {
			flags = append(flags, "--"+f.Flag)
		}
	}
	return strings.Join(flags, " ")
}
