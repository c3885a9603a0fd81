package cli

import (
	"strings"

	"github.com/fabgen/fabgen/generator"
)

// drift is why a workload is out of date, as check and diff print it with --json.
type drift struct {
	Causes []generator.Cause `json:"causes"` // of all files together
	Notes  []note            `json:"notes"`  // what changed in templates
}

type note struct {
	Version string `json:"version"` // of fabgen, the first with the change
	Text    string `json:"text"`
}

func newDrift(c causes) drift {
	d := drift{Causes: []generator.Cause{}, Notes: []note{}}
	for _, cause := range []generator.Cause{generator.ByConfiguration, generator.ByVersion, generator.ByEdit} {
		if c.Has(cause) {
			d.Causes = append(d.Causes, cause)
		}
	}
	for _, n := range c.Notes {
		d.Notes = append(d.Notes, note{n.Version, n.Text})
	}
	return d
}

// causes are why a workload is out of date.
type causes struct{ generator.Drift }

// explain adds its causes to each change.
func (c causes) explain(changes []change) []change {
	for i, one := range changes {
		changes[i].Causes = c.Causes[one.Path]
	}
	return changes
}

// tell says the causes in words.
func (c causes) tell(a *app) {
	if n := c.Count(generator.ByConfiguration); n > 0 {
		a.say("fabgen.yaml changed since it was generated: %s", count(n, "file"))
	}
	if n := c.Count(generator.ByVersion); n > 0 {
		since := ""
		if len(c.Since) > 0 {
			since = " than " + strings.Join(c.Since, " and ") + " did"
		}
		a.say("fabgen %s generates something else%s: %s", generator.Version, since, count(n, "file"))
		for _, n := range c.Notes {
			a.say("  %s: %s", n.Version, n.Text)
		}
	}
	if n := c.Count(generator.ByEdit); n > 0 {
		a.say("edited, deleted or left unsolved by hand: %s", count(n, "file"))
	}
}
