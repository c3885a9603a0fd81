package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// reader goes through the YAML of one file and collects what it finds wrong.
type reader struct {
	file      string
	problems  Problems
	positions map[string]Position // of values, by path
	broken    map[string]bool     // paths with a problem, so that what follows from one is not reported again
	hints     int                 // words looked for in lists of names; bounded, since each look costs
}

func newReader(file string) *reader {
	return &reader{file: file, positions: map[string]Position{}, broken: map[string]bool{}}
}

// fail reports a value that is wrong in itself.
func (r *reader) fail(path string, at Position, f fault) {
	r.broken[path] = true
	r.report(path, at, f)
}

// report reports a value that is right in itself but not beside another one.
func (r *reader) report(path string, at Position, f fault) {
	r.problems = append(r.problems, Problem{File: r.file, Line: at.Line, Column: at.Column, Path: path,
		Found: f.found, Want: f.want, Hint: f.hint})
}

// reportAt is report for a path alone; the position is that of the value there, or of what holds it.
func (r *reader) reportAt(path string, f fault) { r.report(path, r.position(path), f) }

// hint looks for a similar word, as long as there have not been too many to look for.
func (r *reader) hint(word string, candidates []string) string {
	const most = 200
	if r.hints++; r.hints > most {
		return ""
	}
	return didYouMean(word, candidates)
}

// again reports a key that comes a second time, and remembers it.
func (r *reader) again(path, key string, at Position, seen map[string]Position) bool {
	first, again := seen[key]
	if !again {
		seen[key] = at
		return false
	}
	r.fail(path, at, fault{fmt.Sprintf("the key %s a second time (first on line %d)", quote(key), first.Line),
		"each key once", "take one of them away"})
	return true
}

// text takes a text; anything else is a problem, with a hint for what would be a text in quotes.
func (r *reader) text(at place, n ast.Node, want string) (string, bool) {
	if value, ok := textOf(n); ok {
		return value, true
	}
	f := fault{found: describe(n), want: want}
	if raw := rawOf(n); raw != "" {
		f.hint = "for a text put it in quotes: " + strconv.Quote(raw)
	}
	r.fail(at.path, at.of(n), f)
	return "", false
}

// position is that of a path, or of the nearest thing around it.
func (r *reader) position(path string) Position { return positionIn(r.positions, path) }

func positionIn(positions map[string]Position, path string) Position {
	for {
		if at, ok := positions[path]; ok {
			return at
		}
		if path == "" {
			return Position{1, 1}
		}
		path = parentOf(path)
	}
}

// parentOf cuts the last key or index off a path.
func parentOf(path string) string {
	if strings.HasSuffix(path, `"]`) {
		return path[:max(strings.LastIndex(path, `["`), 0)]
	}
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// join adds a key to a path; keys with dots and the like stand in brackets, as in permissions["Prices.Read"].
func join(path, key string) string {
	if strings.ContainsAny(key, `.[]"' `) || key == "" {
		return path + "[" + quote(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
