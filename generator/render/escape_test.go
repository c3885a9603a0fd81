package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/goccy/go-yaml"
)

// escape runs one escaper as a template would.
func escape(t *testing.T, name, value string) string {
	t.Helper()
	var out bytes.Buffer
	tmpl := template.Must(template.New("").Funcs(functions()).Parse("{{. | " + name + "}}"))
	if err := tmpl.Execute(&out, value); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestHostileTextComesBackWhole(t *testing.T) {
	t.Run("goString", func(t *testing.T) {
		if got, err := strconv.Unquote(escape(t, "goString", hostile)); err != nil || got != hostile {
			t.Errorf("%q, %v", got, err)
		}
	})
	for _, name := range []string{"json", "tsString"} {
		t.Run(name, func(t *testing.T) {
			var got string
			if err := json.Unmarshal([]byte(escape(t, name, hostile)), &got); err != nil || got != hostile {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	t.Run("yaml", func(t *testing.T) {
		var got string
		if err := yaml.Unmarshal([]byte(escape(t, "yaml", hostile)), &got); err != nil || got != hostile {
			t.Errorf("%q, %v", got, err)
		}
	})
	t.Run("xml", func(t *testing.T) {
		for _, doc := range []string{"<v>%</v>", `<v a="%"></v>`} {
			var got struct {
				Text string `xml:",chardata"`
				A    string `xml:"a,attr"`
			}
			err := xml.Unmarshal([]byte(strings.Replace(doc, "%", escape(t, "xml", hostile), 1)), &got)
			if err != nil || got.Text+got.A != hostile {
				t.Errorf("%q, %v", got, err)
			}
		}
	})
	t.Run("sh", func(t *testing.T) {
		got, err := exec.Command("sh", "-c", "printf %s "+escape(t, "sh", hostile)).Output()
		if err != nil || string(got) != hostile {
			t.Errorf("%q, %v", got, err)
		}
	})
	t.Run("make", func(t *testing.T) {
		recipe := "all:\n\t@printf %s " + escape(t, "sh | make", hostile) + "\n"
		cmd := exec.Command("make", "-s", "-f", "-")
		cmd.Stdin = strings.NewReader(recipe)
		got, err := cmd.Output()
		if err != nil || strings.ReplaceAll(string(got), `\#`, "#") != hostile {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func TestCommentsEndWithTheirLine(t *testing.T) {
	source := "package a\n\n// " + escape(t, "goComment", "one\ntwo\r\u2028three\x00"+hostile) + "\nvar A int\n"
	file, err := parser.ParseFile(token.NewFileSet(), "a.go", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if doc := file.Decls[0].(*ast.GenDecl).Doc; len(doc.List) != 1 {
		t.Errorf("the comment is %d lines", len(doc.List))
	}
	if got := escape(t, "tsComment", hostile); strings.Contains(got, "*/") {
		t.Errorf("%q ends its comment", got)
	}
}

func TestMarkdown(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"md", "a|b *c* <d> [e](f)", `a\|b \*c\* \<d\> \[e\](f)`},
		{"md", "- item", `\- item`},
		{"md", "12. item", `12\. item`},
		{"md", "two\nlines", "two lines"},
		{"mdCode", "a", "`a`"},
		{"mdCode", "a`b", "`` a`b ``"},
		{"mdCode", "a|b", "`a\\|b`"},
	}
	for _, tt := range tests {
		if got := escape(t, tt.name, tt.in); got != tt.want {
			t.Errorf("%s(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

var bicepEscape = regexp.MustCompile(`\\(u\{([0-9a-f]+)\}|.)`)

func TestBicep(t *testing.T) {
	for _, value := range []string{hostile, "", "$", "$${", "it's \\", "a\r\n\tb\x00\x7f", "$\\{x}"} {
		got := escape(t, "bicep", value)
		inside := strings.TrimSuffix(strings.TrimPrefix(got, "'"), "'")
		if rest := bicepEscape.ReplaceAllString(inside, ""); strings.ContainsAny(rest, "'\\$\n\r\u202e\u2028") {
			t.Errorf("%q: %s ends its string, begins an expression or hides something", value, got)
		}
		if back := unescapeBicep(t, inside); back != value {
			t.Errorf("%q comes back as %q", value, back)
		}
	}
}

// unescapeBicep reads a string of Bicep as its language does.
func unescapeBicep(t *testing.T, s string) string {
	return bicepEscape.ReplaceAllStringFunc(s, func(e string) string {
		m := bicepEscape.FindStringSubmatch(e)
		if m[2] == "" {
			return m[1]
		}
		code, err := strconv.ParseInt(m[2], 16, 32)
		if err != nil {
			t.Error(err)
		}
		return string(rune(code))
	})
}

func TestRefusals(t *testing.T) {
	for name, values := range map[string][]string{
		"plain":  {"a b", "a\"", "$x", "`", "é", "a\n", "<"},
		"dotenv": {"a\"b", "a'b", "$a", "a\nb", "a`b", `a\b`},
	} {
		for _, value := range values {
			tmpl := template.Must(template.New("").Funcs(functions()).Parse("{{. | " + name + "}}"))
			if err := tmpl.Execute(&bytes.Buffer{}, value); err == nil {
				t.Errorf("%s lets %q through", name, value)
			}
		}
	}
}

func TestNothingButTheModelDecides(t *testing.T) {
	funcs := functions()
	for _, name := range nondeterministic {
		if funcs[name] != nil {
			t.Errorf("a template can call %s", name)
		}
	}
}
