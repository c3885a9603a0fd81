package config

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// editor changes the lines of a fabgen.yaml. Its methods report false, and may leave the lines half changed, where they
// do not know the form in which something is written.
type editor struct {
	doc   *Document
	lines []string // without line ends; the last one is what follows the last line end
}

func newEditor(doc *Document, data []byte) *editor {
	plain := bytes.ReplaceAll(bytes.TrimPrefix(data, bom), []byte("\r\n"), []byte("\n"))
	return &editor{doc: doc, lines: strings.Split(string(plain), "\n")}
}

// element is where an element of a list in lines of its own stands: lines from:to, with its dash after depth.
type element struct {
	from, to int
	depth    string
}

var dashLine = regexp.MustCompile(`^( *)- +$`)

// elements finds the elements of a list; false where they do not stand in lines of their own.
func (e *editor) elements(list string) ([]element, bool) {
	var all []element
	for i := 0; ; i++ {
		at, ok := e.doc.positions[fmt.Sprintf("%s[%d]", list, i)]
		if !ok {
			return all, true
		}
		line := e.lines[at.Line-1]
		found := dashLine.FindStringSubmatch(line[:min(at.Column-1, len(line))])
		if found == nil {
			return nil, false
		}
		all = append(all, element{at.Line - 1, e.end(at.Line-1, found[1]), found[1]})
	}
}

// end is where the element whose dash stands at depth in a line ends: before the next line that is not deeper, and
// before the blank lines and the comments that belong to what follows.
func (e *editor) end(from int, depth string) int {
	end := from + 1
	for n := from + 1; n < len(e.lines); n++ {
		word := strings.TrimSpace(e.lines[n])
		deeper := indentOf(e.lines[n]) > len(depth)
		switch {
		case word == "", word[0] == '#' && !deeper:
			continue
		case !deeper:
			return end
		}
		end = n + 1
	}
	return end
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// start is the first line of the comments right above an element.
func (e *editor) start(one element) int {
	from := one.from
	for from > 0 {
		above := e.lines[from-1]
		if indentOf(above) != len(one.depth) || !strings.HasPrefix(above[len(one.depth):], "#") {
			break
		}
		from--
	}
	return from
}

// insert puts whole lines before the line at.
func (e *editor) insert(at int, lines ...string) {
	if at == len(e.lines) { // the last line has no line end
		e.lines = append(e.lines, "")
	}
	e.lines = slices.Insert(e.lines, at, lines...)
}

// append adds an element, written without indentation, at the end of a list.
func (e *editor) append(list, text string) bool {
	all, ok := e.elements(list)
	if !ok {
		return false
	}
	written := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(all) == 0 {
		return e.begin(list, indented(written, "  "))
	}
	last := all[len(all)-1]
	written = indented(written, last.depth)
	if len(all) > 1 && e.lines[e.start(last)-1] == "" {
		written = slices.Insert(written, 0, "")
	}
	e.insert(last.to, written...)
	return true
}

func indented(lines []string, depth string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = depth + line
	}
	return out
}

// begin writes the first elements of a list that is empty or not there.
func (e *editor) begin(list string, lines []string) bool {
	if at, there := e.doc.positions[list]; there {
		head, rest, _ := strings.Cut(e.lines[at.Line-1], ":")
		comment, isEmpty := strings.CutPrefix(strings.TrimSpace(rest), "[]")
		if head != list || !isEmpty {
			return false
		}
		e.lines[at.Line-1] = strings.TrimRight(head+":"+comment, " ")
		e.insert(at.Line, lines...)
		return true
	}
	lines = append([]string{list + ":"}, lines...)
	if at, ok := e.following(list); ok {
		e.insert(at, append(lines, "")...)
		return true
	}
	end := len(e.lines)
	for end > 0 && strings.TrimSpace(e.lines[end-1]) == "" {
		end--
	}
	e.lines = append(append(e.lines[:end], ""), append(lines, "")...)
	return true
}

// following finds the line where the first section begins that has its place after a list, comments above it included.
func (e *editor) following(list string) (int, bool) {
	keys := rootShape.keys()
	best, found := 0, false
	for _, key := range keys[slices.Index(keys, list)+1:] {
		at, there := e.doc.positions[key]
		if !there || !strings.HasPrefix(e.lines[at.Line-1], key+":") {
			continue
		}
		if from := e.start(element{from: at.Line - 1}); !found || from < best {
			best, found = from, true
		}
	}
	return best, found
}

// remove takes an element out of a list.
func (e *editor) remove(list string, i int) bool {
	all, ok := e.elements(list)
	if !ok || i >= len(all) {
		return false
	}
	from, to := e.start(all[i]), all[i].to
	switch {
	case i > 0 && e.lines[from-1] == "":
		from--
	case i < len(all)-1 && e.lines[to] == "":
		to++
	}
	e.lines = slices.Delete(e.lines, from, to)
	if len(all) == 1 {
		at := e.doc.positions[list].Line - 1
		key, comment, _ := strings.Cut(e.lines[at], ":")
		e.lines[at] = key + ": []" + comment
	}
	return true
}

// setTexts writes a list of texts, which is a member of the element at a path.
func (e *editor) setTexts(owner, key string, texts []string) bool {
	words := make([]string, len(texts))
	for i, text := range texts {
		words[i] = scalar(text)
	}
	at, there := e.doc.positions[owner+"."+key]
	if !there {
		return e.addMember(owner, key+": ["+strings.Join(words, ", ")+"]")
	}
	line := e.lines[at.Line-1]
	column := runeOffset(line, at.Column-1)
	if end := strings.IndexByte(line[column:], ']'); line[column] == '[' && end >= 0 {
		e.lines[at.Line-1] = line[:column] + "[" + strings.Join(words, ", ") + line[column+end:]
		return true
	}
	return e.setLines(owner+"."+key, words)
}

// setLines writes a list of texts in lines of their own. Lines of texts that stay keep their comments.
func (e *editor) setLines(list string, words []string) bool {
	all, ok := e.elements(list)
	if !ok || len(all) == 0 || len(words) == 0 {
		return false
	}
	have := map[string][]string{}
	for _, one := range all {
		word := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(e.lines[one.from]), "-"))
		word, _, _ = strings.Cut(word, " #")
		have[strings.TrimSpace(word)] = e.lines[one.from:one.to]
	}
	var lines []string
	for _, word := range words {
		if old, ok := have[word]; ok {
			lines = append(lines, old...)
			continue
		}
		lines = append(lines, all[0].depth+"- "+word)
	}
	e.lines = slices.Replace(e.lines, all[0].from, all[len(all)-1].to, lines...)
	return true
}

// addMember adds a line at the end of a mapping that is an element of a list.
func (e *editor) addMember(owner, line string) bool {
	list := owner[:strings.LastIndexByte(owner, '[')]
	all, ok := e.elements(list)
	if !ok {
		return false
	}
	at := e.doc.positions[owner]
	for _, one := range all {
		if one.from == at.Line-1 {
			e.insert(one.to, strings.Repeat(" ", at.Column-1)+line)
			return true
		}
	}
	return false
}

// replace writes another text where one stands.
func (e *editor) replace(path, from, to string) bool {
	at, there := e.doc.positions[path]
	if !there {
		return false
	}
	line := e.lines[at.Line-1]
	column := runeOffset(line, at.Column-1)
	for _, quoted := range []string{from, `"` + from + `"`, "'" + from + "'"} {
		if rest, ok := strings.CutPrefix(line[column:], quoted); ok {
			e.lines[at.Line-1] = line[:column] + scalar(to) + rest
			return true
		}
	}
	return false
}

// runeOffset is the byte at which a character stands.
func runeOffset(s string, n int) int {
	for offset := range s {
		if n == 0 {
			return offset
		}
		n--
	}
	return len(s)
}
