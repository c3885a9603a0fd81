package yamlfile_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/ast"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/yamlfile"
)

type file struct {
	Name   string           `yaml:"name"`
	Parts  map[string]*part `yaml:"parts"`
	Hidden string           `yaml:"-"`
}

type part struct {
	Value yamlfile.JSON `yaml:"value"`
}

func read(text string, into *file) (*yamlfile.Reader, ast.Node) {
	r := &yamlfile.Reader{File: "f.yaml", Words: yamlfile.Keys(reflect.TypeFor[file]())}
	var root ast.Node
	r.Read([]byte(text), "file", "name and parts", func(n ast.Node) {
		root = n
		r.Decode(n, into)
	})
	return r, root
}

func TestRead(t *testing.T) {
	var f file
	r, root := read("name: a\nparts:\n  one: {value: {b: [1, 2.5, null, yes, 2026-01-02], a: 'x'}}\n  two: {value: null}\n  three: {value: 12345678901234567890}\n", &f)
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"one": `{"a":"x","b":[1,2.5,null,"yes","2026-01-02"]}`, "two": "", "three": "12345678901234567890",
	} {
		if got := string(f.Parts[name].Value); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if at := yamlfile.Place(root, "parts", "two", "value"); at == nil || at.Line != 4 || at.Column != 9 {
		t.Errorf("the place is %+v", at)
	}
	if at := yamlfile.Place(root, "parts", "four", "value"); at != nil {
		t.Errorf("what is not there is at %+v", at)
	}
	if want := []string{"name", "parts", "value"}; !slices.Equal(r.Words, want) {
		t.Errorf("the keys are %v", r.Words)
	}
}

func TestProblems(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {"", "f.yaml:1:1: found no file, or several; want one YAML document with name and parts"},
		"two documents":   {"name: a\n---\nname: b\n", "or several"},
		"an unknown key":  {"nam: a\n", `f.yaml:1:1: unknown field "nam"; did you mean name?`},
		"one deep inside": {"parts:\n  a:\n    valeu: 1\n", `f.yaml:3:5: unknown field "valeu"; did you mean value?`},
		"a key twice":     {"parts:\n  a: {value: {x: 1, x: 2}}\n", "f.yaml:2:21: "},
		"no number":       {"parts:\n  a: {value: [1, .nan]}\n", "f.yaml:2:14: found what JSON cannot say"},
		"an alias":        {"parts:\n  a: &a {value: 1}\n  b: *a\n", "f.yaml:2:6: found an anchor"},
		"no YAML":         {"parts: [\n", "f.yaml:1:"},
		"too much":        {"# " + strings.Repeat("x", yamlfile.Max), "more than 262144 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := read(c.text, &file{})
			if err := r.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it says %v\nwant %s", err, c.want)
			}
		})
	}
}
