package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Position is a place in fabgen.yaml: line and column count from 1, the column in characters. The zero Position is no
// place at all, as for an answer that was never written to a file.
type Position struct {
	Line, Column int
}

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	File         string // as given to Parse; empty where the configuration comes from flags and answers
	Line, Column int    // from 1; 0 where there is no file
	Path         string // such as routes[2].scopes[0]; empty where the file as a whole is meant
	Flag         string // such as --tenant-id, where the value came from a flag or an answer; else empty
	Found        string // what stands there
	Want         string // what is right
	Hint         string // what to do next, such as: did you mean "Read"?; may be empty
}

// Error is one line, such as: fabgen.yaml:12:9: scopes[1].name: found "a b"; want letters; did you mean "ab"?
func (p Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File + ":")
		if p.Line > 0 {
			b.WriteString(strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column) + ":")
		}
		b.WriteByte(' ')
	}
	switch {
	case p.Flag != "" && strings.Contains(p.Path, "["):
		b.WriteString(p.Flag + " (" + p.Path + "): ")
	case p.Flag != "":
		b.WriteString(p.Flag + ": ")
	case p.Path != "":
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(fault{p.Found, p.Want, p.Hint}.Error())
	return b.String()
}

// Problems is everything that is wrong with a configuration, in the order of its lines. It is the error of Parse and
// of Build, and means that the user has to change the configuration: a command answers it with exit code 2.
type Problems []Problem

// Error is one line a problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// sorted orders problems by position; those of one position stay as they were found.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return p
}

// fault is a problem without its place: what one value breaks.
type fault struct {
	found, want, hint string
}

// Error says what was found, what is right and what to do, in the words that file, flags and prompts share.
func (f fault) Error() string {
	s := "found " + f.found + "; want " + f.want
	if f.hint != "" {
		s += "; " + f.hint
	}
	return s
}
