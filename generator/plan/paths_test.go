package plan

import (
	"strings"
	"testing"

	"github.com/fabgen/fabgen/generator/render"
)

func TestRenderedPaths(t *testing.T) {
	for paths, want := range map[string]string{
		"a/b.go README.md .github/workflows/ci.yml .gitignore .fabgen/schema.json": "",
		"console/auxiliary.go com.go comx.go":                                      "",
		"../a":                                                                     "not a path inside",
		"/a":                                                                       "not a path inside",
		"a//b":                                                                     "not a path inside",
		`a\b`:                                                                      "not a path inside",
		"C:/a":                                                                     "not a path inside",
		".":                                                                        "not a path inside",
		"fabgen.yaml":                                                              "is the user's",
		".fabgen/state.json":                                                       "not a path for a generated file",
		".FABGEN/schema.json":                                                      "not a path for a generated file",
		".git/hooks/pre-commit":                                                    "inside a git folder",
		"a/.Git/config":                                                            "inside a git folder",
		"a/CON":                                                                    "reserved on Windows",
		"nul.txt":                                                                  "reserved on Windows",
		"Aux.tar.gz":                                                               "reserved on Windows",
		"com1/x":                                                                   "reserved on Windows",
		"lpt²":                                                                     "reserved on Windows",
		"a./b":                                                                     "ends in a dot",
		"a?":                                                                       "does not take",
		"a\x01":                                                                    "does not take",
		"a.go A.go":                                                                "differ only in upper and lower case",
		"Item/a item/b":                                                            "Item and item differ only",
		"a a":                                                                      "rendered twice",
		"a/b a/b/c":                                                                "as the folder of a/b/c",
		"a/b/c a/b":                                                                "as the folder of a/b/c",
	} {
		t.Run(paths, func(t *testing.T) {
			var files []render.File
			for _, p := range strings.Split(paths, " ") {
				files = append(files, owned(p, ""))
			}
			err := checkRendered(files)
			switch {
			case want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("got %v, want an error that says %q", err, want)
			}
		})
	}
}
