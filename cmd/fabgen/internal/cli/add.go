package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fabgen/fabgen/generator/config"
)

// thing is a list of fabgen.yaml that add and remove know, by what one of its elements is called.
type thing struct {
	noun, list string
	name       string // how an element is named, for usage
	example    string // of add
}

var things = []thing{
	{"scope", "scopes", "NAME", `fabgen add scope Forecast.Delete --description "Delete forecasts"`},
	{"resource", "resources", "NAME", "fabgen add resource graph --scope User.Read"},
	{"item", "items", "NAME", "fabgen add item Report --job Print --one-lake-folders"},
	{"route", "routes", "NAME", "fabgen add route getReport --method GET --path '/reports/{reportId}' --scope Report.Read"},
}

func newAddCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add a scope, resource, item, job or route, and generate",
		Long:  "add writes a scope, resource, item, job or route into fabgen.yaml and generates what follows." + editHelp,
		Example: `  fabgen add item Report
  fabgen add job Report Print`,
		RunE:               needsThing,
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true}, // those of a command that is misspelled
	}
	for _, t := range things {
		cmd.AddCommand(newAddThingCmd(a, t))
	}
	cmd.AddCommand(newAddJobCmd(a))
	return cmd
}

// needsThing is what add and remove do without a word for what is to be added or removed.
func needsThing(cmd *cobra.Command, args []string) error {
	var names []string
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	if len(args) == 0 {
		return usagef("%s what? Give one of: %s", cmd.CommandPath(), strings.Join(names, ", "))
	}
	message := "unknown thing " + strconv.Quote(args[0]) + "; give one of: " + strings.Join(names, ", ")
	if near := config.Nearest(args[0], names); near != "" {
		message += "; did you mean " + near + "?"
	}
	return usagef("%s", message)
}

type addOptions struct {
	editOptions
	thing
	nameField config.ElementField
	fields    []config.ElementField
}

func newAddThingCmd(a *app, t thing) *cobra.Command {
	o := &addOptions{editOptions: editOptions{app: a}, thing: t}
	o.nameField, o.fields = config.ElementFields(t.list)
	cmd := &cobra.Command{
		Use:   t.noun + " " + t.name,
		Short: "Add to the " + t.list + " of fabgen.yaml, and generate",
		Long: "add " + t.noun + " adds one element to the " + t.list + " of fabgen.yaml. Instead of flags it takes the form of init's --" +
			t.noun + " too. On a terminal it asks for what is missing." + editHelp,
		Example: "  " + t.example,
		Args:    positional(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runAdd(cmd.Context(), o, args, o.given(cmd.Flags()))
		},
	}
	o.addFlags(cmd)
	for _, f := range o.fields {
		switch {
		case f.Switch:
			cmd.Flags().Bool(f.Flag, false, fieldHelp(f))
		default:
			cmd.Flags().Var(new(repeated), f.Flag, fieldHelp(f))
		}
	}
	return cmd
}

func fieldHelp(f config.ElementField) string {
	return flagHelp(config.Field{Help: f.Help, Choices: f.Choices, Required: f.Required})
}

// given are the values of the flags that were given.
func (o *addOptions) given(flags *pflag.FlagSet) map[string][]string {
	values := map[string][]string{}
	for _, f := range o.fields {
		flag := flags.Lookup(f.Flag)
		switch {
		case !flag.Changed:
		case f.Switch:
			values[f.Flag] = []string{flag.Value.String()}
		default:
			values[f.Flag] = *flag.Value.(*repeated)
		}
	}
	return values
}

func runAdd(ctx context.Context, o *addOptions, args []string, values map[string][]string) error {
	s, err := readWorkload(o.dir)
	if err != nil {
		return err
	}
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	if err := o.complete(ctx, s.document.Config, &name, values); err != nil {
		return err
	}
	return o.edit(ctx, s, config.AddTo(o.list, config.ElementText(o.list, name, values)))
}

// complete asks for what is missing, or fails where nobody is there to ask.
func (o *addOptions) complete(ctx context.Context, c *config.Config, name *string, values map[string][]string) error {
	if isCompact := strings.ContainsAny(*name, "=:"); isCompact && len(values) == 0 {
		return nil
	}
	if *name == "" && !o.asks() {
		return usagef("which %s? Usage: fabgen add %s %s", o.noun, o.noun, o.name)
	}
	if *name == "" {
		var err error
		if *name, err = o.ask(ctx, o.nameField); err != nil {
			return err
		}
	}
	var lacking []string
	for _, f := range o.fields {
		if !f.Required || len(values[f.Flag]) > 0 {
			continue
		}
		if !o.asks() {
			lacking = append(lacking, "--"+f.Flag)
			continue
		}
		given, err := o.askField(ctx, c, f)
		if err != nil {
			return err
		}
		values[f.Flag] = given
	}
	if len(lacking) > 0 {
		return usagef("adding the %s %s: %s missing; nothing was written", o.noun, *name, strings.Join(lacking, " "))
	}
	return nil
}

// askField asks for one field; what is there already is offered.
func (o *addOptions) askField(ctx context.Context, c *config.Config, f config.ElementField) ([]string, error) {
	switch {
	case len(f.Choices) > 0:
		i, err := o.prompt.Select(ctx, f.Title, f.Choices)
		if err != nil {
			return nil, err
		}
		return f.Choices[i : i+1], nil
	case f.Flag == "scope" && len(c.Names("scopes")) > 0:
		return o.prompt.MultiSelect(ctx, f.Title, f.Help, c.Names("scopes"), nil)
	}
	value, err := o.ask(ctx, f)
	return []string{value}, err
}

func (o *addOptions) ask(ctx context.Context, f config.ElementField) (string, error) {
	value, err := o.prompt.Input(ctx, Question{
		Message: f.Title, Help: f.Help, Check: func(value string) error { return f.Check(strings.TrimSpace(value)) },
	})
	return strings.TrimSpace(value), err
}

func newAddJobCmd(a *app) *cobra.Command {
	return newEditCmd(a, &cobra.Command{
		Use:     "job ITEM JOB...",
		Short:   "Add jobs to an item of fabgen.yaml, and generate",
		Long:    "add job adds jobs to an item of fabgen.yaml." + editHelp,
		Example: "  fabgen add job Forecast Train Score",
		Args:    positional(cobra.MinimumNArgs(2)),
	}, func(args []string) config.Edit { return config.AddJobs(args[0], args[1:]...) })
}
