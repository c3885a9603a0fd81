package pack

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fabgen/fabgen/generator/config"
)

// checker gathers what is wrong, and what is packed.
type checker struct {
	request  Request
	cut      bool               // not all files were read, so that nothing can be said of them
	files    map[string]*source // by their path in the workload's folder
	problems config.Problems
	notes    config.Problems

	workload workload
	items    []item
	texts    []locale
	named    map[string]bool // pictures that a manifest names
	nuspec   nuspec
}

// source is one file of the manifests.
type source struct {
	file string // manifest/Forecast.xml
	data []byte
}

// at gives the line and column of an offset, as editors count them.
func (s *source) at(offset int) config.Position {
	before := s.data[:min(offset, len(s.data))]
	line := bytes.LastIndexByte(before, '\n') + 1
	return config.Position{Line: bytes.Count(before, []byte("\n")) + 1, Column: utf8.RuneCount(before[line:]) + 1}
}

// add takes up one problem of a file.
func (c *checker) add(file string, at config.Position, path, found, want, hint string) {
	c.problems = append(c.problems, config.Problem{
		File: file, Line: at.Line, Column: at.Column, Path: path, Found: found, Want: want, Hint: hint,
	})
}

// addFile takes up a problem of a file as a whole.
func (c *checker) addFile(file, found, want, hint string) {
	c.add(file, config.Position{}, "", found, want, hint)
}

// absent takes up that a file is not there, unless something else is wrong with it.
func (c *checker) absent(file, want string) {
	if !c.reported(file) {
		c.addFile(file, "no such file", want, "run `fabgen generate`; a file that you removed comes back from version control alone")
	}
}

// reported says whether a file has a problem.
func (c *checker) reported(file string) bool {
	return slices.ContainsFunc(c.problems, func(p config.Problem) bool { return p.File == file })
}

// note takes up what Fabric may refuse, and a person should know.
func (c *checker) note(file, found, want, hint string) {
	c.notes = append(c.notes, config.Problem{File: file, Found: found, Want: want, Hint: hint})
}

// sorted orders the problems by their places. What is told twice, since two rules find it, is told once.
func (c *checker) sorted() config.Problems {
	slices.SortStableFunc(c.problems, func(a, b config.Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(c.problems)
}

// check applies every rule.
func (c *checker) check() *Package {
	c.named = map[string]bool{}
	c.readTexts()
	c.checkWorkload()
	c.checkItems()
	c.checkProduct()
	c.checkPictures()
	c.checkLimits()
	return &Package{
		Workload: c.workload.name, Version: c.workload.version, Notes: c.notes, Entries: c.entries(),
	}
}

// quote shows a value in a message, cut where it is long.
func quote(s string) string {
	const most = 120
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most-1]) + "…"
	}
	return strconv.Quote(s)
}

// count writes a number with its noun: 1 item, 2 items.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// didYouMean is the hint that names the nearest word, or what is given instead.
func didYouMean(word string, words []string, instead string) string {
	if near := config.Nearest(word, words); near != "" {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	return instead
}
