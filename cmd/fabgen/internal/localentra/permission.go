package localentra

import (
	"strings"
	"unicode"
)

// words are what a person is told of a permission: what it is for, and how far it goes.
type words struct{ title, text string }

// wellKnown are permissions of Microsoft's whose names do not say what they are for.
var wellKnown = map[string]words{
	"openid":         {"Sign you in", "It learns who you are in your organisation."},
	"profile":        {"See your name", "It learns your name and your user name."},
	"email":          {"See your e-mail address", "It learns the address, and reads no mail."},
	"offline_access": {"Keep the access that you give", "It goes on while you are away, until that is taken back."},
	"User.Read":      {"Read your profile", "It sees what the directory says of you."},
	"Fabric.Extend":  {"Work inside Fabric", "Fabric takes it for one of its workloads, which works on items in your name."},
}

// userImpersonation is the scope of services that leave everything else to the person's own rights.
const userImpersonation = "user_impersonation"

// acts are the second word of a name such as Item.Read.All: what is done, and how far that goes.
var acts = map[string]struct{ before, after, text string }{
	"Read":      {"Read ", "", "It sees what you may see yourself, and changes nothing."},
	"Write":     {"Change ", "", "It changes what you may change yourself."},
	"ReadWrite": {"Read and change ", "", "It sees and changes what you may see and change yourself."},
	"Execute":   {"Run ", "", "It starts what you may start yourself."},
	"Reshare":   {"Share ", " with others", "It lets others in where you may do so yourself."},
}

// words says what the permission is, by what its resource says, else by its name. A name that says nothing stands for
// itself.
func (p permission) words() words {
	if w, ok := wellKnown[p.name]; ok && p.resource.open {
		return w
	}
	found, _ := p.resource.scope(p.name)
	in := "It does there what you may do yourself, as " + p.resource.title + " says."
	switch {
	case found.title != "":
		return words{found.title, in}
	case p.name == userImpersonation:
		return words{"Use " + p.resource.title + " in your name", "It does there what you may do yourself."}
	}
	things, rest, _ := strings.Cut(p.name, ".")
	act, all := strings.CutSuffix(rest, ".All")
	known, ok := acts[act]
	if !ok || things == "" {
		return words{p.name, in}
	}
	return words{known.before + thing(things, all) + known.after, known.text}
}

// uncounted are names of things of which there are not several.
var uncounted = map[string]bool{"OneLake": true, "Mail": true}

// thing is what a name such as KQLDatabase stands for, in the plural: KQL databases.
func thing(name string, all bool) string {
	switch {
	case uncounted[name] && all:
		return "all of " + name
	case uncounted[name]:
		return name
	case all:
		return "all " + plural(spaced(name))
	}
	return plural(spaced(name))
}

// spaced puts spaces between the words of a name, and has those that are no abbreviations begin small.
func spaced(name string) string {
	letters := []rune(name)
	var out strings.Builder
	for i, c := range letters {
		smallNext := i+1 < len(letters) && unicode.IsLower(letters[i+1])
		if begins := unicode.IsUpper(c) && i > 0 && (smallNext || !unicode.IsUpper(letters[i-1])); begins {
			out.WriteByte(' ')
		}
		if smallNext {
			c = unicode.ToLower(c)
		}
		out.WriteRune(c)
	}
	return out.String()
}

// plural is that of an English noun that is regular.
func plural(noun string) string {
	last := noun[max(len(noun)-2, 0):]
	switch {
	case strings.HasSuffix(last, "x"), last == "ch", last == "sh", last == "ss":
		return noun + "es"
	case strings.HasSuffix(last, "s"):
		return noun
	case strings.HasSuffix(last, "y") && !strings.ContainsAny(last, "aeou"):
		return noun[:len(noun)-1] + "ies"
	}
	return noun + "s"
}
