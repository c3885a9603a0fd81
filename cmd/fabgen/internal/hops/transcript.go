package hops

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Story says which hops a Transcript tells.
type Story struct {
	// Whole tells every hop: also those in the background (Hop.Background), and each poll of a job's state that gets the
	// answer of the one before. When they happen depends on the machine.
	Whole bool
}

var guid = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)

// Transcript tells hops in a line each, in the order in which they began, without what differs from run to run: times
// are left out, and GUIDs are called <id-1>, <id-2> and so on as they appear. Calls that are made at the same time may
// still change places.
//
//	frontend -> backend: GET /api/forecasts/<id-1> = 401 AuthUIRequired AADSTS65001, asks for more
func Transcript(hops []Hop, story Story) string {
	ids := map[string]string{}
	stable := func(text string) string {
		return guid.ReplaceAllStringFunc(text, func(id string) string {
			id = strings.ToLower(id)
			if ids[id] == "" {
				ids[id] = fmt.Sprintf("<id-%d>", len(ids)+1)
			}
			return ids[id]
		})
	}
	polls := map[string]string{} // the latest answer, by call
	var out strings.Builder
	for _, h := range Redacted(Sorted(hops)) {
		if h.Background() && !story.Whole {
			continue
		}
		call, answer := stable(fmt.Sprintf("%s -> %s: %s", h.From, h.To, told(h))), stable(outcome(h))
		if h.poll() && !story.Whole {
			if polls[call] == answer {
				continue
			}
			polls[call] = answer
		}
		out.WriteString(call + " = " + answer + "\n")
	}
	return out.String()
}

// poll says that the hop asks for a job's state, as is done again and again.
func (h Hop) poll() bool {
	return h.Kind == KindControl && h.Method == "GET" && strings.Contains(h.Path, "/jobTypes/") ||
		h.Kind == KindPortal && h.Path == "getArtifactJobHistory"
}

func told(h Hop) string {
	if h.About != "" && h.About != h.Label() {
		return h.Label() + " " + h.About
	}
	return h.Label()
}

// outcome is the status and what decided on it. Of words it tells none: they hold times, and change between versions.
func outcome(h Hop) string {
	parts := []string{string(h.Decision)}
	if h.Status > 0 {
		parts = []string{fmt.Sprint(h.Status)}
	}
	parts = append(parts, h.Code)
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	text := strings.Join(parts, " ")
	for _, mark := range []struct {
		set  bool
		text string
	}{{h.Challenge, "asks for more"}, {h.Injected, "on purpose"}} {
		if mark.set {
			text += ", " + mark.text
		}
	}
	return text
}
