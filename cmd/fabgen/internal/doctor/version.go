package doctor

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// version is major, minor and patch; a prerelease counts as its release.
type version [3]int

var versionText = regexp.MustCompile(`(\d+)(?:\.(\d+))?(?:\.(\d+))?`)

// findVersion is the first version in what a tool prints, such as "go1.26.8" or "git version 2.47.3".
func findVersion(text string) (version, bool) {
	v, _, ok := parseVersion(text)
	return v, ok
}

// parseVersion gives a version and how many of its parts there are.
func parseVersion(text string) (v version, parts int, ok bool) {
	found := versionText.FindStringSubmatch(text)
	if found == nil {
		return v, 0, false
	}
	for i, digits := range found[1:] {
		if digits == "" {
			break
		}
		n, err := strconv.Atoi(digits)
		if err != nil {
			return v, 0, false
		}
		v[i], parts = n, i+1
	}
	return v, parts, true
}

// Satisfies says whether the version that a program tells of itself is one that package.json's engines want. known is
// false where either cannot be read.
func Satisfies(found, wanted string) (yes, known bool) {
	v, ok := findVersion(found)
	if !ok {
		return false, false
	}
	return v.satisfies(wanted)
}

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

func (v version) compare(o version) int {
	return cmp.Or(cmp.Compare(v[0], o[0]), cmp.Compare(v[1], o[1]), cmp.Compare(v[2], o[2]))
}

var comparator = regexp.MustCompile(`^(\^|~|>=|<=|>|<|=)?v?\d+(\.\d+){0,2}$`)

// satisfies says whether a version is in a range as package.json writes it: comparators with spaces between them,
// all of which must hold, and || between alternatives. Hyphens and x are not read; known is false for them.
func (v version) satisfies(wanted string) (yes, known bool) {
	for alternative := range strings.SplitSeq(wanted, "||") {
		words := strings.Fields(alternative)
		all := len(words) > 0
		for _, word := range words {
			if !comparator.MatchString(word) {
				return false, false
			}
			all = all && v.meets(word)
		}
		yes = yes || all
	}
	return yes, true
}

// meets is one comparator of satisfies.
func (v version) meets(word string) bool {
	operator := strings.TrimRight(word, "v.0123456789")
	low, parts, _ := parseVersion(word)
	high := low // the first version that is no longer meant where the operator has an upper bound
	switch {
	case operator == "^" && low[0] > 0, parts == 1:
		high = version{low[0] + 1}
	case operator == "^" && low[1] == 0 && parts == 3:
		high = version{0, 0, low[2] + 1}
	case operator == "^", operator == "~", parts == 2:
		high = version{low[0], low[1] + 1}
	default:
		high[2]++
	}
	switch operator {
	case ">=":
		return v.compare(low) >= 0
	case ">":
		return v.compare(high) >= 0
	case "<":
		return v.compare(low) < 0
	case "<=":
		return v.compare(high) < 0
	}
	return v.compare(low) >= 0 && v.compare(high) < 0
}
