package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// ErrCannotEdit says that fabgen.yaml is written in a way that fabgen cannot change by itself.
var ErrCannotEdit = errors.New("fabgen cannot edit this by itself")

// Edit is a change of a fabgen.yaml. What the change is not about stays as it is, with comments, order and style.
type Edit struct {
	Renamed Renamed // what gets another name, if anything does

	what  string                               // for messages: adding the scope X
	hint  string                               // what to do about problems that it leads to
	apply func(doc *Document, c *Config) error // what it means
	write func(e *editor) bool                 // how it is written; false where it cannot be
}

// Apply gives the edited bytes and what Parse reads from them. Where the change is wrong, or leaves a configuration of
// which a rule does not hold, the error is of type Problems, without positions. ErrCannotEdit is wrapped where the text
// has a form that fabgen does not know how to change.
func (d Edit) Apply(file string, data []byte) ([]byte, *Document, error) {
	doc, err := Parse(file, data)
	if err != nil {
		return nil, nil, err
	}
	want, err := d.meaning(doc)
	if err != nil {
		return nil, nil, err
	}
	e := newEditor(doc, data)
	if d.write(e) {
		edited := e.bytes(data)
		got, err := Parse(file, edited)
		if err == nil && reflect.DeepEqual(got.Config, want) {
			return edited, got, nil
		}
	}
	return nil, nil, fmt.Errorf("%s in %s: %w, in the form in which it is written; do it in an editor, then run "+
		"`fabgen generate`", d.what, file, ErrCannotEdit)
}

// meaning is the configuration that is to come of the edit.
func (d Edit) meaning(doc *Document) (*Config, error) {
	c := doc.Config.stripped()
	c.Routes = slices.Clone(c.Routes)
	if err := d.apply(doc, c); err != nil {
		return nil, err
	}
	changed, err := Parse("", source(c))
	var problems Problems
	if errors.As(err, &problems) {
		for i := range problems {
			problems[i].Line, problems[i].Column = 0, 0
			problems[i].Hint = orText(d.hint, problems[i].Hint)
		}
		return nil, problems
	}
	if err != nil {
		return nil, err
	}
	return changed.Config, nil
}

// AddTo adds an element, in the compact form of a flag, to a list: scopes, resources, items or routes.
func AddTo(list, value string) Edit {
	var element string // as YAML
	return Edit{
		what: "adding to " + list,
		apply: func(_ *Document, c *Config) error {
			one := &Config{}
			if faults := addElement(one, list, value); len(faults) > 0 {
				return problemsOf(list, faults)
			}
			element = writeList(list, one)
			addElement(c, list, value)
			return nil
		},
		write: func(e *editor) bool { return e.append(list, element) },
	}
}

func problemsOf(path string, faults []fault) Problems {
	var problems Problems
	for _, f := range faults {
		problems = append(problems, Problem{Path: path, Found: f.found, Want: f.want, Hint: f.hint})
	}
	return problems
}

// writeList writes the list at a path, without indentation.
func writeList(path string, c *Config) string {
	p := placeOf(path)
	w := &writer{}
	p.shape.write(w, p.at(c))
	return w.String()
}

// RemoveFrom takes the element with a name out of a list: scopes, resources, items or routes.
func RemoveFrom(list, name string) Edit {
	at := -1
	return Edit{
		what: "removing " + quote(name) + " from " + list,
		hint: "take " + quote(name) + " out there first",
		apply: func(_ *Document, c *Config) error {
			names := c.Names(list)
			if at = slices.Index(names, name); at < 0 {
				return notThere(list, name, names)
			}
			switch list {
			case "scopes":
				c.Scopes = slices.Delete(c.Scopes, at, at+1)
			case "resources":
				c.Resources = slices.Delete(c.Resources, at, at+1)
			case "items":
				c.Items = slices.Delete(c.Items, at, at+1)
			default:
				c.Routes = slices.Delete(c.Routes, at, at+1)
			}
			return nil
		},
		write: func(e *editor) bool { return e.remove(list, at) },
	}
}

// notThere is the problem of a name that a list does not have.
func notThere(list, name string, names []string) Problems {
	want := "one of the " + list + ": " + strings.Join(names, ", ")
	if len(names) == 0 {
		want = "one of the " + list + ", of which there are none"
	}
	return Problems{{Path: list, Found: quote(name), Want: want, Hint: didYouMean(name, names)}}
}

// Names are the names of what a list of the configuration has: scopes, resources, items or routes.
func (c *Config) Names(list string) []string {
	var names []string
	switch list {
	case "scopes":
		for _, s := range c.Scopes {
			names = append(names, s.Name)
		}
	case "resources":
		for _, r := range c.Resources {
			names = append(names, r.Name)
		}
	case "items":
		for _, i := range c.Items {
			names = append(names, i.Name)
		}
	default:
		for _, r := range c.Routes {
			names = append(names, r.Name)
		}
	}
	return names
}

// AddJobs adds jobs to an item.
func AddJobs(item string, jobs ...string) Edit {
	return editJobs("adding jobs to "+quote(item), item, func(have []string) ([]string, error) {
		return append(have, jobs...), nil
	})
}

// RemoveJobs takes jobs away from an item.
func RemoveJobs(item string, jobs ...string) Edit {
	return editJobs("removing jobs from "+quote(item), item, func(have []string) ([]string, error) {
		for _, job := range jobs {
			i := slices.Index(have, job)
			if i < 0 {
				return nil, notThere("jobs", job, have)
			}
			have = slices.Delete(have, i, i+1)
		}
		return have, nil
	})
}

func editJobs(what, item string, change func([]string) ([]string, error)) Edit {
	var at int
	var jobs []string
	return Edit{
		what: what,
		apply: func(_ *Document, c *Config) (err error) {
			names := c.Names("items")
			if at = slices.Index(names, item); at < 0 {
				return notThere("items", item, names)
			}
			jobs, err = change(slices.Clone(c.Items[at].Jobs))
			c.Items[at].Jobs = jobs
			return err
		},
		write: func(e *editor) bool { return e.setTexts(fmt.Sprintf("items[%d]", at), "jobs", jobs) },
	}
}

// bytes gives the text with the byte order mark and the line ends of the file that it came from.
func (e *editor) bytes(original []byte) []byte {
	out := []byte(strings.Join(e.lines, "\n"))
	if bytes.Contains(original, []byte("\r\n")) {
		out = bytes.ReplaceAll(out, []byte("\n"), []byte("\r\n"))
	}
	if bytes.HasPrefix(original, bom) {
		out = append(slices.Clone(bom), out...)
	}
	return out
}

var bom = []byte("\xef\xbb\xbf")
