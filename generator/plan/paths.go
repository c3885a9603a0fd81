package plan

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/fabgen/fabgen/generator/render"
)

// checkRendered refuses paths that cannot stand in one tree on Linux, macOS and Windows alike. It tells all of them.
func checkRendered(files []render.File) error {
	var problems []error
	seen := map[string]string{} // a file or folder as first spelled, by its spelling in lower case
	isFile := map[string]bool{}
	for _, f := range files {
		if err := checkOutputPath(f.Path); err != nil {
			problems = append(problems, err)
			continue
		}
		if isFile[f.Path] {
			problems = append(problems, fmt.Errorf("%s is rendered twice", f.Path))
		}
		isFile[f.Path] = true
		for _, p := range append(parents(f.Path), f.Path) {
			if other, ok := seen[strings.ToLower(p)]; ok && other != p {
				problems = append(problems, fmt.Errorf("%s and %s differ only in upper and lower case", other, p))
			}
			seen[strings.ToLower(p)] = p
		}
	}
	for _, f := range files {
		for _, dir := range parents(f.Path) {
			if isFile[dir] {
				problems = append(problems, fmt.Errorf("%s is rendered as a file, and as the folder of %s", dir, f.Path))
			}
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("paths to be generated cannot stand in one tree; rename the item, route or resource:\n%w", err)
	}
	return nil
}

func checkOutputPath(p string) error {
	if p == SourceFile {
		return errors.New(p + " is the user's, and cannot be rendered")
	}
	if err := checkRecordedPath(p); err != nil {
		return err
	}
	for _, name := range strings.Split(p, "/") {
		if why := unportable(name); why != "" {
			return fmt.Errorf("%s: the name %q %s", p, name, why)
		}
	}
	return nil
}

// checkRecordedPath refuses what could lead out of the workload's folder or into what is not fabgen's to touch.
func checkRecordedPath(p string) error {
	if !fs.ValidPath(p) || p == "." || strings.ContainsAny(p, "\\:\x00") {
		return fmt.Errorf("%q is not a path inside the workload's folder", p)
	}
	first, _, _ := strings.Cut(p, "/")
	if strings.EqualFold(first, Folder) && p != SchemaFile && p != ConfigFile || p == SourceFile {
		return fmt.Errorf("%q is not a path for a generated file", p)
	}
	for _, name := range strings.Split(p, "/") {
		if strings.EqualFold(name, ".git") {
			return fmt.Errorf("%q lies inside a git folder", p)
		}
	}
	return nil
}

// unportable says why Windows takes no file of this name; empty where it does.
func unportable(name string) string {
	if strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
		return "ends in a dot or a space, which Windows drops"
	}
	for _, c := range name {
		if c < 0x20 || c == 0x7f || strings.ContainsRune(`<>:"|?*\`, c) {
			return fmt.Sprintf("holds %q, which Windows does not take", c)
		}
	}
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return "is reserved on Windows"
	}
	if device, ok := strings.CutPrefix(stem, "COM"); ok && isDeviceNumber(device) {
		return "is reserved on Windows"
	}
	if device, ok := strings.CutPrefix(stem, "LPT"); ok && isDeviceNumber(device) {
		return "is reserved on Windows"
	}
	return ""
}

func isDeviceNumber(s string) bool {
	switch s {
	case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
		return true
	}
	return false
}

// parents gives the folders of p from the outermost to the innermost, without the workload's own.
func parents(p string) []string {
	var dirs []string
	for i, c := range p {
		if c == '/' {
			dirs = append(dirs, path.Clean(p[:i]))
		}
	}
	return dirs
}
