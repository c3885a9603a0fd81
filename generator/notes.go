package generator

import (
	"path"
	"strings"

	"golang.org/x/mod/semver"
)

// Note tells people who upgrade fabgen of one change of its templates.
type Note struct {
	Version string // of fabgen, the first with the change
	Text    string // one sentence without its full stop
	// templates are those that changed, as path.Match patterns; one that ends in / stands for all below a folder.
	templates []string
}

// notes are the changes by version, oldest first. Whoever changes what a template gives to a workload that exists adds a
// line here.
var notes = []Note{
	{"0.1.0", "git merges .fabgen/state.json line by line, so that two branches do not conflict there", []string{".gitattributes"}},
}

// notesFor are the changes of a template since a version.
func notesFor(template, since string) []Note {
	var found []Note
	for _, n := range notes {
		if n.isAbout(template) && semver.Compare("v"+n.Version, "v"+since) > 0 {
			found = append(found, n)
		}
	}
	return found
}

func (n Note) isAbout(template string) bool {
	for _, pattern := range n.templates {
		if strings.HasSuffix(pattern, "/") && strings.HasPrefix(template, pattern) {
			return true
		}
		if ok, err := path.Match(pattern, template); ok && err == nil {
			return true
		}
	}
	return false
}
