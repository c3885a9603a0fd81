package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Answers are what a person gave for fields, by Field.Flag. A field that is no list has one value, its last.
type Answers map[string][]string

// get is the answer to a field that is no list, or "".
func (a Answers) get(flag string) string {
	if values := a[flag]; len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

// Field is one thing that a new workload is asked for, by a flag or at a prompt. It takes what fabgen.yaml takes at
// Path, by the same rules and with the same words.
type Field struct {
	Path     string   // in fabgen.yaml, such as entra.tenantId
	Flag     string   // without dashes, such as tenant-id
	Question string   // a few words for a prompt
	Help     string   // sentences, with the form of the value where that is not plain text
	Required bool     // there is no default
	Ask      bool     // to be asked for at a prompt; the others have a flag alone
	List     bool     // any number of values
	Choices  []string // values to choose from; nil where there is no list
	Open     bool     // values beside Choices are right, too

	// Default is the value where none is given, which may follow from other answers; "" where there is none.
	Default func(Answers) string
	// Check says what is wrong with one value, or nil. Rules that look at several answers are checked by Build.
	Check func(string) error
}

// question is what a field adds to the definition of its place in fabgen.yaml.
type question struct {
	path, flag string
	ask        bool
	question   string // where the title of the place does not serve
	form       string // how a value is written, where it is more than a text
}

// questions are the fields, in the order in which they are asked.
var questions = []question{
	{path: "workload.name", flag: "name", ask: true},
	{path: "workload.module", flag: "module", ask: true},
	{path: "workload.displayName", flag: "display-name"},
	{path: "workload.description", flag: "description"},
	{path: "workload.version", flag: "version"},
	{path: "workload.publisher", flag: "publisher"},
	{path: "entra.tenantId", flag: "tenant-id", ask: true},
	{path: "entra.clientId", flag: "client-id", ask: true},
	{path: "entra.audience", flag: "audience"},
	{path: "entra.redirectUri", flag: "redirect-uri"},
	{path: "entra.tokenVersion", flag: "token-version"},
	{path: "entra.credential", flag: "credential"},
	{path: "endpoints.backend", flag: "backend-url"},
	{path: "endpoints.frontend", flag: "frontend-url"},
	{path: "scopes", flag: "scope", ask: true, question: "Data-plane scope",
		form: "Form: NAME or NAME=DESCRIPTION."},
	{path: "resources", flag: "resource", ask: true, question: "Resource that the back-end calls",
		form: "Form: a known name with scopes if need be (onelake, graph:User.Read,Mail.Read), or pairs: " +
			"name=pricing,uri=api://pricing.contoso.com,scope=Prices.Read,as=user,base-url=https://pricing.contoso.com" +
			"[,app-id=GUID][,permission=SCOPE:GUID]."},
	{path: "items", flag: "item", ask: true, question: "Item type",
		form: "Form: NAME, NAME:JOB,JOB, or pairs: name=Forecast,job=Train,job=Score,one-lake-folders=true," +
			"display-name=\"Sales, forecast\",category=Data."},
	{path: "routes", flag: "route", question: "Data-plane route",
		form: "Form: name=getForecast,method=GET,path=/forecasts/{forecastId},scope=Forecast.Read.All" +
			"[,resource=onelake][,item=Forecast,permission=Read]."},
}

// Fields are what a new workload is asked for, in order. The slice is the caller's.
func Fields() []Field {
	fields := make([]Field, len(questions))
	for i, q := range questions {
		fields[i] = q.field()
	}
	return fields
}

func (q question) field() Field {
	p := placeOf(q.path)
	f := Field{Path: q.path, Flag: q.flag, Question: orText(q.question, p.title), Required: p.required, Ask: q.ask,
		Help: strings.TrimSpace(p.help + " " + q.form), Default: q.byDefault, Check: checkOf(p.shape)}
	switch s := p.shape.(type) {
	case textShape:
		f.Choices = slices.Clone(s.rule.choices)
	case numberShape:
		for _, c := range s.choices {
			f.Choices = append(f.Choices, strconv.Itoa(c))
		}
	default:
		f.List = true
		f.Check = func(value string) error { return checkElement(q.path, value) }
		if q.path == "resources" {
			f.Choices, f.Open = KnownResources(), true
		}
	}
	return f
}

// byDefault is what Parse would fill in, with the other answers given.
func (q question) byDefault(a Answers) string {
	p := placeOf(q.path)
	c, _ := configOf(a)
	underivable := q.path == "entra.audience" && (c.Entra.TenantID == "" || c.Workload.Name == "")
	if !p.shape.inline() || p.required || underivable {
		return ""
	}
	c.Entra.TenantID = strings.ToLower(c.Entra.TenantID)
	value := p.at(c)
	switch value := value.(type) {
	case *string:
		*value = ""
		c.fill()
		return *value
	case *int:
		*value = 0
		c.fill()
		return strconv.Itoa(*value)
	}
	return ""
}

// checkOf is the check of a field that is one text or number.
func checkOf(s shape) func(string) error {
	return func(value string) error {
		switch s := s.(type) {
		case textShape:
			if f, bad := s.rule.check(value); bad {
				return f
			}
		case numberShape:
			if !s.takes(value) {
				return fault{found: quote(value), want: s.want()}
			}
		}
		return nil
	}
}

// checkElement checks one value of a list as Parse would check the list with it alone.
func checkElement(path, value string) error {
	c := &Config{}
	if faults := addElement(c, path, value); len(faults) > 0 {
		return joinFaults(faults)
	}
	list := placeOf(path)
	w := &writer{}
	list.shape.write(w, list.at(c))
	r := newReader("")
	root := r.parse(w.Bytes())
	if root == nil {
		return r.problems
	}
	read := &Config{}
	list.shape.read(r, place{at: Position{1, 1}}, root, list.at(read))
	read.fill()
	for i := range read.Resources {
		r.checkResource(&read.Resources[i], fmt.Sprintf("[%d]", i))
	}
	return withoutPlaces(r.problems)
}

// withoutPlaces joins problems of one value: each begins with its key, where it has one.
func withoutPlaces(problems Problems) error {
	var errs []error
	for _, p := range problems {
		key := strings.TrimPrefix(strings.TrimPrefix(p.Path, "[0]"), ".")
		errs = append(errs, Problem{Path: key, Found: p.Found, Want: p.Want, Hint: p.Hint})
	}
	return errors.Join(errs...)
}

func joinFaults(faults []fault) error {
	errs := make([]error, len(faults))
	for i, f := range faults {
		errs[i] = f
	}
	return errors.Join(errs...)
}
