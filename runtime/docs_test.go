package runtime_test

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every exported name of the runtime is explained where it stands, since that is where its users read about it.
func TestEveryExportedNameIsExplained(t *testing.T) {
	e := &explained{fset: token.NewFileSet()}
	folders := e.parse(t)
	if len(folders) < 6 {
		t.Fatalf("found %d packages, want all of the runtime", len(folders))
	}
	for folder, files := range folders {
		e.pkg(t, folder, files)
	}
	if slices.Sort(e.missing); len(e.missing) > 0 {
		t.Errorf("%d names without a comment:\n%s", len(e.missing), strings.Join(e.missing, "\n"))
	}
}

// explained collects the names that nothing explains.
type explained struct {
	fset    *token.FileSet
	missing []string
}

// parse reads the files of the runtime, tests aside, by folder.
func (e *explained) parse(t *testing.T) map[string][]*ast.File {
	t.Helper()
	folders := map[string][]*ast.File{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(e.fset, path, nil, parser.ParseComments)
		folders[filepath.Dir(path)] = append(folders[filepath.Dir(path)], file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folders
}

func (e *explained) pkg(t *testing.T, folder string, files []*ast.File) {
	t.Helper()
	p, err := doc.NewFromFiles(e.fset, files, folder)
	if err != nil {
		t.Fatal(err)
	}
	e.want(p.Doc, files[0].Package, "package "+p.Name)
	e.values(p.Consts, p.Vars)
	e.funcs("", p.Funcs)
	for _, typ := range p.Types {
		e.want(typ.Doc, typ.Decl.Pos(), typ.Name)
		e.values(typ.Consts, typ.Vars)
		e.funcs("", typ.Funcs)
		e.funcs(typ.Name+".", typ.Methods)
		for _, spec := range typ.Decl.Specs {
			e.members(typ.Name, spec.(*ast.TypeSpec).Type)
		}
	}
}

func (e *explained) want(text string, pos token.Pos, name string) {
	if strings.TrimSpace(text) == "" {
		e.missing = append(e.missing, fmt.Sprintf("%s: %s", e.fset.Position(pos), name))
	}
}

func (e *explained) funcs(prefix string, funcs []*doc.Func) {
	for _, f := range funcs {
		e.want(f.Doc, f.Decl.Pos(), prefix+f.Name)
	}
}

// values takes the comment of a whole group for each of its names.
func (e *explained) values(lists ...[]*doc.Value) {
	for _, list := range lists {
		for _, value := range list {
			var lines lines
			for _, spec := range value.Decl.Specs {
				s := spec.(*ast.ValueSpec)
				e.want(value.Doc+lines.comment(e.fset, s, s.Doc, s.Comment), s.Pos(), s.Names[0].Name)
			}
		}
	}
}

// members are the fields of a struct and the methods of an interface. What is embedded is explained by its own type.
func (e *explained) members(typeName string, expr ast.Expr) {
	var list *ast.FieldList
	switch typ := expr.(type) {
	case *ast.StructType:
		list = typ.Fields
	case *ast.InterfaceType:
		list = typ.Methods
	default:
		return
	}
	var lines lines
	for _, field := range list.List {
		text := lines.comment(e.fset, field, field.Doc, field.Comment)
		if len(field.Names) > 0 {
			e.want(text, field.Pos(), typeName+"."+field.Names[0].Name)
		}
	}
}

// lines are declarations one under the other, of which a comment on one serves for those right below too.
type lines struct {
	text string
	last int
}

func (l *lines) comment(fset *token.FileSet, node ast.Node, groups ...*ast.CommentGroup) string {
	if fset.Position(node.Pos()).Line > l.last+1 {
		l.text = ""
	}
	for _, group := range groups {
		l.text += group.Text()
	}
	l.last = fset.Position(node.End()).Line
	return l.text
}
