package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestParseRefusesText covers what is refused for its bytes or its YAML alone.
func TestParseRefusesText(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'k'; i++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*%c,", i-1), 9))
	}
	tests := []struct{ name, source, want string }{
		{"an empty file", "", "1:1: found an empty file; want a configuration; run fabgen init"},
		{"blanks", " \n\n", "1:1: found an empty file"},
		{"a comment", "# nothing\n", "1:1: found an empty file"},
		{"a null", "~\n", "1:1: found an empty file"},
		{"a marker alone", "---\n", "1:1: found an empty file"},
		{"a byte order mark alone", "\ufeff", "1:1: found an empty file"},
		{"a file of 5 MB", strings.Repeat("# 0123456789\n", 5<<20/13), "1:1: found a file of 5242"},
		{"UTF-16", "\xff\xfea\x00p\x00", "1:1: found UTF-16 text; want UTF-8"},
		{"UTF-16, big end first", "\xfe\xff\x00a", "1:1: found UTF-16 text; want UTF-8"},
		{"UTF-16 without a mark", "a\x00p\x00i\x00", "1:2: found the control character U+0000"},
		{"Latin-1", minimal + "# caf\xe9\n", "8:6: found the byte 0xe9, which is not UTF-8; want UTF-8"},
		{"a control character", minimal + "# \x07\n", "8:3: found the control character U+0007; want text without"},
		{"NUL", minimal + "x: \x00\n", "8:4: found the control character U+0000"},
		{"a carriage return", "apiVersion: fabgen/v1\rworkload: {}\n", "1:22: found a carriage return without a line feed"},
		{"a tab", "apiVersion: fabgen/v1\nworkload:\n\tname: Org.A\n",
			"3:1: found a tab at the start of the line; want spaces"},
		{"a tab after spaces", "workload:\n  name: a\n \t module: b\n", "3:2: found a tab at the start of the line"},
		{"anchors that explode", bomb, "1:4: found an anchor (&); want the value itself"},
		{"an anchor", "a: &x 1\n", "1:4: found an anchor (&)"},
		{"an alias", "a: *x\n", "1:4: found an alias (*)"},
		{"a merge key", "a:\n  <<: {b: c}\n", "2:3: found a merge key (<<)"},
		{"a tag", "a: !!str 1\n", "1:4: found a tag (!)"},
		{"a local tag", "a: !secret x\n", "1:4: found a tag (!)"},
		{"a directive", "%YAML 1.2\n---\na: 1\n", "1:1: found a directive (%)"},
		{"a complex key", "? a\n: b\n", "1:1: found a complex key (?)"},
		{"two documents", minimal + "---\n" + minimal, "8:1: found a second YAML document (---); want one document a file"},
		{"a document after the end", minimal + "...\n---\n" + minimal, "9:1: found a second YAML document"},
		{"a text", "hello\n", `1:1: found the text "hello"; want a mapping with the keys apiVersion,`},
		{"a list", "- a\n", "1:1: found a list; want a mapping with the keys"},
		{"an open quote", "apiVersion: \"fabgen/v1\n", "1:13: found no end character of double-quoted text; want YAML"},
		{"an open bracket", "scopes: [a, b\nroutes: []\n", "2:1: found broken YAML"},
		{"a bracket too many", "scopes: [a]]\n", "1:12: found"},
		{"wrong indentation", "workload:\n  name: a\n   module: b\n", "2:9: found broken YAML"},
		{"a value after a value", "workload: a\n  name: b\n", "1:11: found broken YAML"},
		{"a colon in a text", "workload: a: b\n", "1:"},
		{"a reserved character", "workload: @x\n", "1:11: found broken YAML ('@' is a reserved character)"},
		{"deep flow", strings.Repeat("[", 200), "1:17: found lists and mappings nested more than 16 deep"},
		{"deep lists", strings.Repeat("- ", 200) + "a\n", "1:33: found lists and mappings nested more than 16 deep"},
		{"deep mappings", deepMappings(200), "17:17: found lists and mappings nested more than 16 deep"},
		{"many keys", manyKeys(1000), "301:1: found more than 300 keys in one mapping"},
		{"a long key", strings.Repeat("k", 300) + ": 1\n", "1:1: found a key of 300 bytes; want at most 200"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := problems(t, tt.source)[0].Error(); !strings.HasPrefix(got, "fabgen.yaml:"+tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func deepMappings(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: 1\n", i)
	}
	return b.String()
}

// hostileBytes is a quarter of what Parse takes, for a test that is quick; what grows by the square still shows.
const hostileBytes = maxBytes / 4

// TestHostileFilesAreCheap reads files that try to cost more than they weigh.
func TestHostileFilesAreCheap(t *testing.T) {
	fill := func(s string) string { return strings.Repeat(s, hostileBytes/len(s)) }
	tests := []struct{ name, source string }{
		{"angles", fill("<")}, {"angles apart", fill("<< ")}, {"angles and colons", fill("<<:")},
		{"tabs in quotes", "a: \"" + fill("\t")}, {"quotes and tabs", fill("\"\t")},
		{"lines of tabs", fill("\"" + strings.Repeat(" \t", 99) + "\n")},
		{"blank lines in a block", "a: |\n x\n" + fill("\n")}, {"blocks", fill("a: |\n x" + strings.Repeat("\n", 99))},
		{"flow lists", fill("[")}, {"flow mappings", fill("{a: ")}, {"closed flow lists", "a: [" + fill("[],")},
		{"dashes", fill("- ")}, {"empty entries", fill("-\n")}, {"entries", fill("- a\n")},
		{"entries of lists", fill("- - a\n")},
		{"empty keys", fill("a:\n")}, {"keys", fill("a: b\n")}, {"keys below", fill("a:\n b: c\n")},
		{"staircase", fill(deepMappings(15))}, {"questions", fill("? ")}, {"bangs", fill("! ")}, {"stars", fill("*a ")},
		{"commas", "a: [" + fill("a,")}, {"quotes", fill("'")}, {"colons", fill(": ")}, {"comments", fill("#\n")},
		{"comments after", fill("a: b #\n")}, {"one text", "a: " + fill("a")},
		{"one quoted text", "a: \"" + fill("a") + "\""},
		{"escapes", "a: \"" + fill("\\x41") + "\""}, {"text in lines", "a:\n" + fill(" a\n")}, {"documents", fill("---\n")},
		{"ends", fill("...\n")}, {"errors", fill("@ ")}, {"error lines", fill("@\n")}, {"percents", fill("%\n")},
		{"unknown routes", minimal + "routes:\n" + strings.Repeat("- {name: a, scopes: [bcdefghijklmnop]}\n", 6000)},
		{"unknown scopes", manyScopes(2000) + "routes:\n- name: a\n  scopes: [" + fill("Scopf, ")[:hostileBytes/2] + "]\n"},
		{"wild routes", wildRoutes(1500)}, {"crossed routes", crossedRoutes(1500)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source := tt.source[:min(len(tt.source), hostileBytes)]
			start := time.Now()
			_, err := Parse("", []byte(source))
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			} else {
				t.Log(took)
			}
			if err == nil {
				t.Error("accepted")
			}
		})
	}
}

func manyScopes(n int) string {
	var b strings.Builder
	b.WriteString(minimal + "scopes:\n")
	for i := range n {
		fmt.Fprintf(&b, "- name: Scope.%d\n", i)
	}
	return b.String()
}

// wildRoutes overlap in as many ways as five segments allow.
func wildRoutes(n int) string {
	var b strings.Builder
	b.WriteString(minimal + "scopes: [{name: A}]\nroutes:\n")
	for i := range n {
		path := ""
		for j := range 13 {
			if i>>j&1 == 1 {
				path += "/{p" + fmt.Sprint(j) + "}"
			} else {
				path += "/a"
			}
		}
		fmt.Fprintf(&b, "- {name: r%d, method: GET, path: '%s', scopes: [A]}\n", i, path)
	}
	return b.String()
}

// crossedRoutes overlap everywhere and conflict nowhere but at the end.
func crossedRoutes(n int) string {
	var b strings.Builder
	b.WriteString(minimal + "scopes: [{name: A}]\nroutes:\n")
	for i := range n {
		fmt.Fprintf(&b, "- {name: r%d, method: GET, path: '/a%d/c%d', scopes: [A]}\n", i, i, i)
		fmt.Fprintf(&b, "- {name: s%d, method: GET, path: '/{x}/b%d', scopes: [A]}\n", i, i)
	}
	b.WriteString("- {name: last, method: GET, path: '/a0/{y}', scopes: [A]}\n")
	return b.String()
}
