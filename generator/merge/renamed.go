package merge

import (
	"regexp"
	"strings"
)

// Renamed merges as File does where what a file is about has a new name. The names in it that follow from that, such as
// ForecastItem, are changed in yours, too, before the merge: code that the person wrote beside them goes on to use them.
// The word that such names are made of, Forecast, may mean something else in what the person wrote, and stays.
func Renamed(path string, base, yours, theirs []byte) Result {
	n := namesBetween(base, theirs)
	return File(path, n.in(base), n.in(yours), theirs)
}

// names are new names by the old ones.
type names map[string]string

var name = regexp.MustCompile(`[\pL_][\pL\pN_]*`)

// namesBetween finds the names that stand in after wherever other names stood in before.
func namesBetween(before, after []byte) names {
	words := dictionary{}
	a, b := words.split(before), words.split(after)
	found, unclear := names{}, map[string]bool{}
	at := 0
	same := func(to int) {
		for _, line := range a.lines[at:to] {
			for _, word := range name.FindAllString(string(line), -1) {
				unclear[word] = true
			}
		}
	}
	for _, c := range changes(a.keys, b.keys) {
		same(c.from)
		at = c.to
		if c.to-c.from == c.newTo-c.newFrom {
			for i := range c.to - c.from {
				found.learn(string(a.lines[c.from+i]), string(b.lines[c.newFrom+i]), unclear)
			}
		}
	}
	same(len(a.lines))
	return found.without(unclear)
}

// learn takes the names of a line that changed, if nothing but names did.
func (n names) learn(before, after string, unclear map[string]bool) {
	from, to := name.FindAllString(before, -1), name.FindAllString(after, -1)
	if len(from) != len(to) {
		return
	}
	for i, old := range from {
		known, twice := n[old]
		switch {
		case old == to[i]:
			unclear[old] = true
			continue
		case twice && known != to[i]:
			unclear[old] = true
		}
		n[old] = to[i]
	}
}

// without leaves out what is unclear, and the words that other names are made of.
func (n names) without(unclear map[string]bool) names {
	rest := names{}
	for old, fresh := range n {
		part, whole := false, false
		for other := range n {
			part = part || other != old && strings.Contains(other, old)
			whole = whole || other != old && strings.Contains(old, other)
		}
		if (whole || !part) && !unclear[old] {
			rest[old] = fresh
		}
	}
	return rest
}

// in gives a text with the new names.
func (n names) in(text []byte) []byte {
	return name.ReplaceAllFunc(text, func(word []byte) []byte {
		if fresh, ok := n[string(word)]; ok {
			return []byte(fresh)
		}
		return word
	})
}
