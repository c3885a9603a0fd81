package merge

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// alignGoMod merges go.mod by module: of two versions the higher one counts, as for the go command. What theirs no
// longer requires is dropped, unless yours requires modules of its own, which may need it too.
func alignGoMod(base, yours, theirs []byte) (v variants, ok bool) {
	b, errB := modfile.Parse("go.mod", base, nil)
	y, errY := modfile.Parse("go.mod", yours, nil)
	t, errT := modfile.Parse("go.mod", theirs, nil)
	if errB != nil || errY != nil || errT != nil {
		return v, false
	}
	if !mergeHead(b, y, t) || !mergeReplaces(b, y, t) || !slices.EqualFunc(b.Retract, t.Retract, sameRetract) {
		return v, false
	}
	if mergeRequires(b, y, t); addNew(b, y, t) != nil {
		return v, false
	}
	y.Cleanup()
	data, err := y.Format()
	if err != nil {
		return v, false
	}
	v.all(string(data))
	return v, true
}

func sameRetract(a, b *modfile.Retract) bool { return a.VersionInterval == b.VersionInterval }

// mergeHead merges the module's own path and the versions of Go.
func mergeHead(b, y, t *modfile.File) bool {
	if b.Module == nil || y.Module == nil || t.Module == nil {
		return false
	}
	path := [3]string{b.Module.Mod.Path, y.Module.Mod.Path, t.Module.Mod.Path}
	switch {
	case path[0] == path[2], path[1] == path[2]:
	case path[0] != path[1] || y.AddModuleStmt(path[2]) != nil:
		return false
	}
	if t.Go != nil && (y.Go == nil || isHigher("v"+t.Go.Version, "v"+y.Go.Version)) && y.AddGoStmt(t.Go.Version) != nil {
		return false
	}
	if t.Toolchain != nil && b.Toolchain == nil && y.Toolchain == nil {
		return y.AddToolchainStmt(t.Toolchain.Name) == nil
	}
	return true
}

func isHigher(a, b string) bool { return semver.Compare(a, b) > 0 }

// mergeRequires sets the versions that theirs changed.
func mergeRequires(b, y, t *modfile.File) {
	was, wanted, have := versions(b), versions(t), versions(y)
	ownModules := slices.ContainsFunc(y.Require, func(r *modfile.Require) bool { return was[r.Mod.Path] == "" })
	var all []*modfile.Require
	changed := false
	for _, r := range y.Require {
		before, now := was[r.Mod.Path], wanted[r.Mod.Path]
		switch {
		case now == "" && before == r.Mod.Version && !ownModules:
			changed = true
			continue
		case now != "" && now != before && isHigher(now, r.Mod.Version), now != "" && before == r.Mod.Version && now != before:
			r = &modfile.Require{Mod: module.Version{Path: r.Mod.Path, Version: now}, Indirect: r.Indirect, Syntax: r.Syntax}
			changed = true
		}
		all = append(all, r)
	}
	for _, r := range t.Require {
		if have[r.Mod.Path] == "" && was[r.Mod.Path] == "" {
			all = append(all, &modfile.Require{Mod: r.Mod, Indirect: r.Indirect})
			changed = true
		}
	}
	if changed {
		y.SetRequireSeparateIndirect(all)
	}
}

func versions(f *modfile.File) map[string]string {
	of := map[string]string{}
	for _, r := range f.Require {
		of[r.Mod.Path] = r.Mod.Version
	}
	return of
}

// mergeReplaces merges by what is replaced; two different replacements of one module are left to a merge by lines.
func mergeReplaces(b, y, t *modfile.File) bool {
	was, wanted, have := replaces(b), replaces(t), replaces(y)
	for old, now := range wanted {
		switch before, mine := was[old], have[old]; {
		case now == before || now == mine:
		case before != mine || y.AddReplace(old.Path, old.Version, now.Path, now.Version) != nil:
			return false
		}
	}
	for old, before := range was {
		if _, stays := wanted[old]; !stays && have[old] == before && y.DropReplace(old.Path, old.Version) != nil {
			return false
		}
	}
	return true
}

func replaces(f *modfile.File) map[module.Version]module.Version {
	of := map[module.Version]module.Version{}
	for _, r := range f.Replace {
		of[r.Old] = r.New
	}
	return of
}

// addNew adds the exclusions and tools that are new in theirs.
func addNew(b, y, t *modfile.File) error {
	for _, e := range t.Exclude {
		same := func(x *modfile.Exclude) bool { return x.Mod == e.Mod }
		if !slices.ContainsFunc(b.Exclude, same) && !slices.ContainsFunc(y.Exclude, same) {
			if err := y.AddExclude(e.Mod.Path, e.Mod.Version); err != nil {
				return err
			}
		}
	}
	for _, tool := range t.Tool {
		same := func(x *modfile.Tool) bool { return x.Path == tool.Path }
		if !slices.ContainsFunc(b.Tool, same) && !slices.ContainsFunc(y.Tool, same) {
			if err := y.AddTool(tool.Path); err != nil {
				return err
			}
		}
	}
	return nil
}

// goModMeaning is the lines of go.mod in whatever order and blocks they stand.
func goModMeaning(text []byte) string {
	var lines []string
	for line := range bytes.Lines(text) {
		line := strings.TrimSpace(string(line))
		line = strings.TrimPrefix(strings.TrimPrefix(line, "require "), "exclude ")
		if line != "" && line != "(" && line != ")" {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// goSumMeaning is the lines of go.sum in order.
func goSumMeaning(text []byte) string {
	return strings.Join(slices.Sorted(maps.Keys(lineSet(text))), "")
}

// alignGoSum merges go.sum as the set of lines that it is. Lines that theirs no longer has are dropped, unless yours
// has lines of its own, whose modules may need them too.
func alignGoSum(base, yours, theirs []byte) (v variants, ok bool) {
	was, mine, wanted := lineSet(base), lineSet(yours), lineSet(theirs)
	own := false
	for line := range mine {
		own = own || !was[line]
	}
	var lines []string
	for line := range mine {
		if own || wanted[line] || !was[line] {
			lines = append(lines, line)
		}
	}
	for line := range wanted {
		if !mine[line] && !was[line] {
			lines = append(lines, line)
		}
	}
	slices.SortFunc(lines, compareSums)
	v.all(strings.Join(lines, ""))
	return v, true
}

// compareSums puts the lines of go.sum in the order of the go command: by module, then by version.
func compareSums(a, b string) int {
	pathA, restA, _ := strings.Cut(a, " ")
	pathB, restB, _ := strings.Cut(b, " ")
	if pathA != pathB {
		return strings.Compare(pathA, pathB)
	}
	versionA, fileA, _ := strings.Cut(strings.SplitN(restA, " ", 2)[0], "/")
	versionB, fileB, _ := strings.Cut(strings.SplitN(restB, " ", 2)[0], "/")
	if c := semver.Compare(versionA, versionB); c != 0 {
		return c
	}
	if fileA != fileB {
		return strings.Compare(fileA, fileB)
	}
	return strings.Compare(a, b)
}

// lineSet gives the lines of a text, each with a line end.
func lineSet(data []byte) map[string]bool {
	set := map[string]bool{}
	for line := range bytes.Lines(data) {
		set[strings.TrimSuffix(string(line), "\n")+"\n"] = true
	}
	return set
}
