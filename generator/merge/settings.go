package merge

import (
	"regexp"
	"strings"
)

// setting is a line KEY=VALUE.
var setting = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][\w.:/@-]*)\s*=`)

// alignSettings merges files such as .env by their keys. Comments and blank lines go with the setting below them.
func alignSettings(base, yours, theirs []byte) (v variants, ok bool) {
	b, okB := readSettings(base)
	y, okY := readSettings(yours)
	t, okT := readSettings(theirs)
	if !okB || !okY || !okT {
		return v, false
	}
	v.blocks(b, y, t)
	return v, true
}

func readSettings(data []byte) (*block, bool) {
	top := &block{kind: mapping}
	var lead strings.Builder
	for line := range strings.Lines(closed(data)) {
		word := strings.TrimSpace(line)
		if word == "" || strings.HasPrefix(word, "#") || strings.HasPrefix(word, ";") {
			lead.WriteString(line)
			continue
		}
		found := setting.FindStringSubmatch(line)
		if found == nil || !top.add(&block{key: found[1], lead: lead.String(), head: line}) {
			return nil, false
		}
		lead.Reset()
	}
	top.tail = lead.String()
	return top, true
}
