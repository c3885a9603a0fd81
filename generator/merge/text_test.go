package merge

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for name, c := range map[string]struct{ base, yours, theirs, want string }{
		"apart":              {"a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"},
		"the same":           {"a\nb\n", "a\nx\n", "a\nx\n", "a\nx\n"},
		"added and deleted":  {"a\nb\nc\nd\n", "a\nb\nc\nd\ne\n", "a\nc\nd\n", "a\nc\nd\ne\n"},
		"both deleted":       {"a\nb\nc\n", "a\nc\n", "a\nc\n", "a\nc\n"},
		"everything deleted": {"a\nb\n", "", "a\nb\n", ""},
		"one line, two ways": {"a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n",
			"a\n<<<<<<< yours\nx\n||||||| base\nb\n=======\ny\n>>>>>>> fabgen\nc\n"},
		"side by side": {"a\nb\n", "A\nb\n", "a\nB\n",
			"<<<<<<< yours\nA\nb\n||||||| base\na\nb\n=======\na\nB\n>>>>>>> fabgen\n"},
		"changed and deleted": {"a\nb\nc\n", "a\nx\nc\n", "a\nc\n",
			"a\n<<<<<<< yours\nx\n||||||| base\nb\n=======\n>>>>>>> fabgen\nc\n"},
		"both added": {"", "x\n", "y\n", "<<<<<<< yours\nx\n||||||| base\n=======\ny\n>>>>>>> fabgen\n"},

		"CRLF":                         {"a\nb\nc\n", "A\r\nb\r\nc\r\n", "a\nb\nC\n", "A\r\nb\r\nC\r\n"},
		"CRLF in a conflict":           {"a\n", "x\r\n", "y\n", "<<<<<<< yours\r\nx\r\n||||||| base\r\na\r\n=======\r\ny\r\n>>>>>>> fabgen\r\n"},
		"mixed line ends stay":         {"a\nb\nc\nd\n", "A\r\nb\nc\r\nd\r\n", "a\nb\nc\nD\n", "A\r\nb\nc\r\nD\r\n"},
		"byte order mark":              {"a\nb\nc\n", "\ufeffA\nb\nc\n", "a\nb\nC\n", "\ufeffA\nb\nC\n"},
		"byte order mark is no edit":   {"a\nb\n", "\ufeffa\nb\n", "a\nB\n", "\ufeffa\nB\n"},
		"no final line end":            {"a\nb\nc\n", "A\nb\nc", "a\nb\nC\n", "A\nb\nC"},
		"final line end given up":      {"a\nb\nc\n", "A\nb\nc\n", "a\nb\nc", "A\nb\nc"},
		"line added after an open end": {"a\nb\nc\n", "A\nb\nc", "a\nb\nc\nd\n", "A\nb\nc\nd"},
		"conflict at an open end": {"a\nb", "a\nx", "a\ny",
			"a\n<<<<<<< yours\nx\n||||||| base\nb\n=======\ny\n>>>>>>> fabgen"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Text([]byte(c.base), []byte(c.yours), []byte(c.theirs))
			if string(got.Data) != c.want {
				t.Errorf("gives\n%q\nwant\n%q", got.Data, c.want)
			}
			if marked := HasMarkers(got.Data); marked != (got.Conflicts > 0) || got.Conflicts != strings.Count(c.want, ">>>>>>>") {
				t.Errorf("%d conflicts, markers %v", got.Conflicts, marked)
			}
		})
	}
}

func TestHasMarkers(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "a\n": false,
		"<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n":                        true,
		"<<<<<<< HEAD\r\na\r\n||||||| x\r\n=======\r\nb\r\n>>>>>>> main\r\n": true,
		"A heading\n=======\n":                            false,
		">>>>>>> reply\n=======\n<<<<<<< x\n":             false,
		" <<<<<<< a\n=======\n >>>>>>> b\n":               false,
		"<<<<<<< a\nsolved the middle\n>>>>>>> b\n":       false,
		"<<<<<<< a\nnot ended\n=======\n":                 false,
		"<<<<<<< a\n<<<<<<< b\n=======\nx\n>>>>>>> end\n": true,
	} {
		if got := HasMarkers([]byte(text)); got != want {
			t.Errorf("HasMarkers(%q) is %v", text, got)
		}
	}
}

func TestSides(t *testing.T) {
	upper, lower := Sides([]byte("a\n<<<<<<< x\nb\n||||||| o\nz\n=======\nc\n>>>>>>> y\nd\n=======\n"))
	if string(upper) != "a\nb\nd\n=======\n" || string(lower) != "a\nc\nd\n=======\n" {
		t.Errorf("gives %q and %q", upper, lower)
	}
}
