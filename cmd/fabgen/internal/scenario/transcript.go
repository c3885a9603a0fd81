package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
)

// maxShown bounds what a transcript shows of an answer, in bytes.
const maxShown = 2000

// tell is a step in the transcript. It has no time, and names for IDs, so that it is the same each time.
func (s *show) tell(number int, done *StepResult) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%d  %s\n", number, s.names.steady(done.Step))
	for _, ask := range done.Asked {
		what := "asked to consent: " + strings.Join(ask.Scopes, " ")
		if ask.MFA {
			what = "asked for MFA"
		}
		if ask.Early {
			what += " (before anything failed)"
		}
		fmt.Fprintf(b, "     %s → %s\n", what, ask.Answer)
	}
	if done.Outcome == "" {
		return b.String()
	}
	fmt.Fprintf(b, "     %s%s\n", done.Outcome, facts(done))
	if done.Job != "" {
		fmt.Fprintf(b, "     the job is %s\n", done.Job)
	}
	if done.Detail != "" {
		fmt.Fprintf(b, "     %s\n", s.names.steady(done.Detail))
	}
	if body := shown(done.Body); body != "" {
		fmt.Fprintf(b, "     %s\n", s.names.steady(body))
	}
	return b.String()
}

func facts(done *StepResult) string {
	var known []string
	if done.Status != 0 {
		known = append(known, fmt.Sprint(done.Status))
	}
	for _, fact := range []string{done.Code, done.EntraCode} {
		if fact != "" {
			known = append(known, fact)
		}
	}
	if len(known) == 0 {
		return ""
	}
	return " (" + strings.Join(known, " ") + ")"
}

// shown is a body in one line.
func shown(body []byte) string {
	var line bytes.Buffer
	if json.Compact(&line, body) != nil {
		return ""
	}
	if line.Len() > maxShown {
		return line.String()[:maxShown] + "…"
	}
	return line.String()
}

// names gives what differs each time a name that does not.
type names struct {
	byID map[string]string
	next int
}

func newNames(stage Stage) *names {
	n := &names{byID: map[string]string{local.WorkspaceID: "<workspace>"}}
	for _, p := range stage.Cloud.Entra.People() {
		n.byID[p.ID] = "<" + userName(p) + ">"
		_, domain, _ := strings.Cut(p.SignInName, "@")
		n.byID[strings.ToLower(p.TenantID)] = "<" + domain + ">"
	}
	return n
}

// userName is the seed's.
func userName(p localentra.Person) string {
	name, _, _ := strings.Cut(p.SignInName, "@")
	return name
}

// name says what an ID is called from here on.
func (n *names) name(id, name string) { n.byID[strings.ToLower(id)] = "<" + name + ">" }

var (
	guid    = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
	moment  = regexp.MustCompile(`\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?`)
	address = regexp.MustCompile(`(?:127\.0\.0\.1|localhost|\[::1\]):\d+`)
)

// steady puts names in place of IDs, times and addresses of this machine.
func (n *names) steady(text string) string {
	text = guid.ReplaceAllStringFunc(text, func(id string) string {
		id = strings.ToLower(id)
		if n.byID[id] == "" {
			n.next++
			n.byID[id] = fmt.Sprintf("<id %d>", n.next)
		}
		return n.byID[id]
	})
	return address.ReplaceAllString(moment.ReplaceAllString(text, "<time>"), "<address>")
}
