package config

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// didYouMean is the hint that names the candidate nearest to a word, or nothing where none is near.
func didYouMean(word string, candidates []string) string {
	if best := Nearest(word, candidates); best != "" {
		return "did you mean " + strconv.Quote(best) + "?"
	}
	return ""
}

// Nearest is the candidate with the fewest edits from word, without regard to case, or "" where more than a third of
// the word would have to change. The first of equals wins.
func Nearest(word string, candidates []string) string {
	n := utf8.RuneCountInString(word)
	if n == 0 || n > 200 {
		return ""
	}
	limit := min(max(n/3, 1), 3)
	best, bestEdits := "", limit+1
	lower := strings.ToLower(word)
	for _, c := range candidates {
		if d := edits(lower, strings.ToLower(c), bestEdits); d < bestEdits {
			best, bestEdits = c, d
		}
	}
	return best
}

// edits counts insertions, deletions, replacements and swaps of neighbours between two words (the restricted
// Damerau-Levenshtein distance); it may stop at any number that is at least limit.
func edits(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d >= limit || -d >= limit {
		return limit
	}
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ(x[i-1], y[j-1]))
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}

func differ(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}
