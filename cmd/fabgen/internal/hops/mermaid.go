package hops

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// titles are the actors' names for people.
var titles = map[Actor]string{
	Browser: "Browser", Portal: "Local portal", Frontend: "Front-end", Backend: "Back-end", Entra: "Entra", Fabric: "Fabric",
	OneLake: "OneLake",
}

// Title is the actor's name for people.
func (a Actor) Title() string { return cmp.Or(titles[a], string(a)) }

// lanes are the actors from left to right.
var lanes = []Actor{Browser, Portal, Frontend, Backend, Entra, Fabric, OneLake}

// Actors are who takes part in hops, from the person to the resources, each once.
func Actors(hops []Hop) []Actor {
	var known, others []Actor
	for _, h := range hops {
		for _, a := range []Actor{h.From, h.To} {
			switch {
			case slices.Contains(known, a), slices.Contains(others, a):
			case slices.Contains(lanes, a):
				known = append(known, a)
			default:
				others = append(others, a)
			}
		}
	}
	slices.SortFunc(known, func(a, b Actor) int { return cmp.Compare(slices.Index(lanes, a), slices.Index(lanes, b)) })
	slices.Sort(others)
	return append(known, others...)
}

// arrow is the beginning or the end of a hop.
type arrow struct {
	at   time.Time
	hop  Hop
	back bool
}

// Mermaid is hops as a sequence diagram of Mermaid's, for a bug report: each as a call and its answer. They are Redacted.
func Mermaid(hops []Hop) string {
	hops = Redacted(Sorted(hops))
	var out strings.Builder
	out.WriteString("sequenceDiagram\n")
	names := map[Actor]string{}
	for i, a := range Actors(hops) {
		names[a] = "p" + strconv.Itoa(i+1) // a name of its own may be a word of Mermaid's
		fmt.Fprintf(&out, "    participant %s as %s\n", names[a], mermaidText(a.Title()))
	}
	for _, a := range arrowsOf(hops) {
		from, to := names[a.hop.From], names[a.hop.To]
		if !a.back {
			fmt.Fprintf(&out, "    %s->>%s: %s\n", from, to, mermaidText(a.call()))
			continue
		}
		line := "-->>"
		if a.hop.Bad() {
			line = "--x"
		}
		fmt.Fprintf(&out, "    %s%s%s: %s\n", to, line, from, mermaidText(a.answer()))
		if a.hop.Bad() && a.hop.Reason != "" {
			fmt.Fprintf(&out, "    Note over %s: %s\n", from, mermaidText(cut(a.hop.Reason, 240)))
		}
	}
	return out.String()
}

func arrowsOf(hops []Hop) []arrow {
	var out []arrow
	for _, h := range hops {
		out = append(out, arrow{h.Time, h, false})
		if h.Decision != Pending {
			out = append(out, arrow{h.Time.Add(h.Duration), h, true})
		}
	}
	slices.SortStableFunc(out, func(a, b arrow) int { return a.at.Compare(b.at) })
	return out
}

func (a arrow) call() string {
	text := a.hop.Label()
	if a.hop.About != "" && a.hop.About != text {
		text += " · " + a.hop.About
	}
	return text
}

func (a arrow) answer() string {
	parts := []string{}
	if a.hop.Status > 0 {
		parts = append(parts, strconv.Itoa(a.hop.Status))
	}
	if word := cmp.Or(a.hop.Code, string(a.hop.Decision)); word != "" {
		parts = append(parts, word)
	}
	if a.hop.Injected {
		parts = append(parts, "(on purpose)")
	}
	if a.hop.Challenge {
		parts = append(parts, "(asks for more)")
	}
	return strings.Join(append(parts, fmt.Sprintf("· %.1f ms", float64(a.hop.Duration.Microseconds())/1000)), " ")
}

// mermaidText writes a text that stands for itself: Mermaid ends a line's text at ; and #, takes %% for a comment or a
// directive and $$ for mathematics, and draws the rest as HTML. Its character references have no &.
func mermaidText(text string) string {
	var out strings.Builder
	for _, c := range oneLine(text) {
		if strings.ContainsRune("#;%<>&\"\\$", c) {
			fmt.Fprintf(&out, "#%d;", c)
		} else {
			out.WriteRune(c)
		}
	}
	text = strings.TrimSpace(out.String())
	if before, after, found := strings.Cut(text, ":"); found && strings.HasSuffix(before, "wrap") {
		text = before + "#58;" + after // wrap: and nowrap: are no text
	}
	return cmp.Or(text, "-")
}
