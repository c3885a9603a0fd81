package supervisor

import (
	"runtime"
	"slices"
	"strings"
)

// Environ is the environment of a process: base, as os.Environ gives it, without the variables that drop names, and with
// set, which wins. Each of drop is a name or has one * for any characters, as FABRIC_* and *_URL do. It is sorted.
func Environ(base []string, set map[string]string, drop ...string) []string {
	values := map[string]string{}
	for _, entry := range base {
		// Windows keeps the folder of each drive in variables that begin with an equals sign.
		name, value, _ := strings.Cut(entry[min(1, len(entry)):], "=")
		name = entry[:min(1, len(entry))] + name
		if name != "" && !slices.ContainsFunc(drop, func(pattern string) bool { return named(pattern, name) }) {
			values[name] = value
		}
	}
	for name, value := range set {
		for other := range values {
			if sameVariable(other, name) {
				delete(values, other)
			}
		}
		values[name] = value
	}
	out := make([]string, 0, len(values))
	for name, value := range values {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out
}

// named says whether a pattern of Environ names a variable.
func named(pattern, name string) bool {
	before, after, open := strings.Cut(pattern, "*")
	if !open {
		return sameVariable(pattern, name)
	}
	return len(name) >= len(before)+len(after) &&
		sameVariable(before, name[:len(before)]) && sameVariable(after, name[len(name)-len(after):])
}

func sameVariable(a, b string) bool {
	return a == b || runtime.GOOS == "windows" && strings.EqualFold(a, b)
}
