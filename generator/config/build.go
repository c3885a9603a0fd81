package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// SourceName is what a workload's configuration is called.
const SourceName = "fabgen.yaml"

// Build makes a configuration of answers: the bytes of a fresh fabgen.yaml, as Marshal writes it, and what Parse reads
// from them. The error is of type Problems, each with the Flag whose answer it is about and without a position. What
// is missing is among them.
func Build(a Answers) (*Document, []byte, error) {
	c, problems := configOf(a)
	doc, err := Parse("", source(c))
	if err != nil {
		problems = append(problems, ofAnswers(err, problems)...)
	}
	if len(problems) > 0 {
		return nil, nil, problems
	}
	data, err := Marshal(doc.Config)
	if err != nil {
		return nil, nil, fmt.Errorf("building a configuration from answers: %w", err)
	}
	if doc, err = Parse(SourceName, data); err != nil {
		return nil, nil, fmt.Errorf("building a configuration from answers: %w", err)
	}
	return doc, data, nil
}

// configOf puts answers into a Config, right or wrong; the problems are those of their form.
func configOf(a Answers) (*Config, Problems) {
	c := &Config{APIVersion: apiVersionRule.choices[0]}
	var problems Problems
	for _, q := range questions {
		p := placeOf(q.path)
		switch dst := p.at(c).(type) {
		case *string:
			*dst = a.get(q.flag)
		case *int:
			problems = append(problems, q.number(a, p.shape, dst)...)
		default:
			for i, value := range a[q.flag] {
				for _, f := range addElement(c, q.path, value) {
					problems = append(problems, q.problem(fmt.Sprintf("%s[%d]", q.path, i), f))
				}
			}
		}
	}
	return c, problems
}

func (q question) number(a Answers, s shape, dst *int) Problems {
	value := a.get(q.flag)
	if value == "" {
		return nil
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return Problems{q.problem(q.path, fault{found: quote(value), want: s.(numberShape).want()})}
	}
	*dst = n
	return nil
}

func (q question) problem(path string, f fault) Problem {
	return Problem{Path: path, Flag: "--" + q.flag, Found: f.found, Want: f.want, Hint: f.hint}
}

// ofAnswers turns problems of the file that answers would have made into problems of the answers. What follows from an
// answer whose form is wrong already is left out.
func ofAnswers(err error, form Problems) Problems {
	var problems Problems
	errors.As(err, &problems)
	var out Problems
	for _, p := range problems {
		if slices.ContainsFunc(form, func(f Problem) bool { return within(p.Path, f.Path) }) {
			continue
		}
		p.File, p.Line, p.Column = "", 0, 0
		if q := questionOf(p.Path); q != nil {
			p.Flag = "--" + q.flag
			if p.Found == "nothing" && p.Path == q.path {
				p.Hint = "give " + p.Flag
			}
		}
		out = append(out, p)
	}
	return out
}

// within tells whether a path is that of a place or of something in it.
func within(path, place string) bool {
	rest, ok := strings.CutPrefix(path, place)
	return ok && (rest == "" || rest[0] == '[' || rest[0] == '.')
}

// questionOf is the question whose answer stands at a path.
func questionOf(path string) *question {
	i := slices.IndexFunc(questions, func(q question) bool { return within(path, q.path) })
	if i < 0 {
		return nil
	}
	return &questions[i]
}
