// Package registration compares an application of Microsoft Entra, as Microsoft Graph shows it, with what a workload
// needs. It reads and writes nothing outside: whoever drives it hands in the export and the time.
//
// What is compared is what a person can get wrong and a call then fails for, told with the symptom by which they know
// it (Microsoft identity platform, "Application manifest" and "Error codes"; Fabric Workload Development Kit,
// "Authentication setup"). Scopes are compared by name, since the IDs that the portal gives serve as well as fabgen's.
package registration

import (
	"strings"
	"time"
	"unicode"

	"github.com/fabgen/fabgen/generator/model"
)

// Fault is one thing that keeps the application from serving the workload.
type Fault struct {
	Member  string `json:"member"`  // of the application in Microsoft Graph, such as optionalClaims.accessToken
	Found   string `json:"found"`   // what the export says
	Want    string `json:"want"`    // what the workload needs
	Symptom string `json:"symptom"` // what goes wrong, as a person meets it
	Fix     string `json:"fix"`     // what to do
}

// Comparison is what was found. An application without faults serves the workload.
type Comparison struct {
	Faults []Fault
	Notes  []string // no faults: what cannot be told from an export, and what the application has beyond the workload
}

// comparison is a Comparison in the making.
type comparison struct {
	Comparison
	model *model.Model
	env   *model.Environment
	app   *Application
	now   time.Time
}

// Compare holds an application against one environment of a workload at the time now.
func Compare(m *model.Model, env *model.Environment, app *Application, now time.Time) Comparison {
	c := &comparison{model: m, env: env, app: app, now: now}
	c.checkIdentity()
	c.checkTokens()
	c.checkScopes()
	c.checkPreAuthorized()
	c.checkRedirect()
	c.checkPermissions()
	c.checkCredentials()
	return c.Comparison
}

func (c *comparison) fault(f Fault) {
	for _, text := range []*string{&f.Found, &f.Symptom, &f.Fix} {
		*text = shown(*text)
	}
	c.Faults = append(c.Faults, f)
}

func (c *comparison) note(text string) { c.Notes = append(c.Notes, shown(text)) }

// maxShown bounds a text that holds values of the export.
const maxShown = 600

// shown makes a text with values of the export fit for a terminal: no control characters, and of bounded length.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return text
}

// provision is the step that mends most faults.
func (c *comparison) provision() string {
	if c.env.Default {
		return "run entra/provision.sh"
	}
	return "run entra/provision.sh --env " + c.env.Name
}
