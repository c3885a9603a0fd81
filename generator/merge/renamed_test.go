package merge

import (
	"strings"
	"testing"
)

func TestRenamed(t *testing.T) {
	const (
		base = "package x\n\n// OldItem is of the type Old.\ntype OldItem struct {\n}\n\nfunc newOldItem() *OldItem {\n\treturn nil\n}\n\nvar shared = Old\n"
		next = "package x\n\n// NewItem is of the type New.\ntype NewItem struct {\n}\n\nfunc newNewItem() *NewItem {\n\treturn nil\n}\n\nvar shared = New\n"
	)
	for name, c := range map[string]struct{ yours, want string }{
		"not edited": {base, next},
		"beside its names": {
			"package x\n\n// OldItem is of the type Old.\ntype OldItem struct {\n\tmine int\n}\n\nfunc newOldItem() *OldItem {\n\treturn &OldItem{1}\n}\n\nvar shared = Old\n",
			"package x\n\n// NewItem is of the type New.\ntype NewItem struct {\n\tmine int\n}\n\nfunc newNewItem() *NewItem {\n\treturn &NewItem{1}\n}\n\nvar shared = New\n",
		},
		"what may mean something else stays": {
			"// mine: Old.Read.All, OldItem\n\n\n" + base, "// mine: Old.Read.All, NewItem\n\n\n" + next,
		},
		"where a word alone changed": {
			strings.Replace(base, "type Old.", "type Old, says mine.", 1),
			strings.Replace(next, "// NewItem is of the type New.\n", "<<<<<<< yours\n// NewItem is of the type Old, says mine.\n"+
				"||||||| base\n// NewItem is of the type Old.\n=======\n// NewItem is of the type New.\n>>>>>>> fabgen\n", 1),
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Renamed("f.go", []byte(base), []byte(c.yours), []byte(next)); string(got.Data) != c.want {
				t.Errorf("gives\n%s\nwant\n%s", got.Data, c.want)
			}
		})
	}
}

func TestNamesThatAreNotClearStay(t *testing.T) {
	n := namesBetween([]byte("a one\nb one\nc two\nd x y\ne three\n"), []byte("a uno\nb eins\nc two\nd x\ne tres\n"))
	if len(n) != 1 || n["three"] != "tres" {
		t.Errorf("found %v", n)
	}
}
