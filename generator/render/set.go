package render

import (
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"text/template/parse"
)

const (
	treeFolder     = "workload"
	sharedFolder   = "shared"
	templateSuffix = ".tmpl"
)

// set is the parsed templates by the path that they have in the tree, and the files that are copied as they are.
type set struct {
	templates *template.Template
	sources   map[string]string
	copied    map[string][]byte
}

// newSet reads the tree and the shared bodies. It fails on a template that does not parse.
func newSet(fsys fs.FS) (*set, error) {
	s := &set{
		templates: template.New("").Funcs(functions()).Option("missingkey=error"),
		sources:   map[string]string{},
		copied:    map[string][]byte{},
	}
	for _, folder := range []string{sharedFolder, treeFolder} {
		if err := fs.WalkDir(fsys, folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			return s.read(fsys, path, strings.TrimPrefix(path, treeFolder+"/"))
		}); err != nil {
			return nil, fmt.Errorf("reading the templates: %w", err)
		}
	}
	for _, t := range s.templates.Templates() {
		if t.Tree != nil {
			escapeByDefault(t.Tree)
		}
	}
	return s, nil
}

func (s *set) read(fsys fs.FS, path, name string) error {
	data, err := fs.ReadFile(fsys, path)
	if err != nil {
		return err
	}
	name, isTemplate := strings.CutSuffix(name, templateSuffix)
	if !isTemplate {
		s.copied[name] = data
		return nil
	}
	s.sources[name] = string(data)
	_, err = s.templates.New(name).Parse(string(data))
	return err
}

// escapeByDefault ends every action that has no escaper with plain.
func escapeByDefault(tree *parse.Tree) {
	walk(tree.Root, func(node parse.Node) {
		action, ok := node.(*parse.ActionNode)
		if ok && len(action.Pipe.Decl) == 0 && !endsInEscaper(action.Pipe) {
			action.Pipe.Cmds = append(action.Pipe.Cmds, plainCommand(tree, action.Pos))
		}
	})
}

// walk visits the texts and actions of a template in their order, those in branches included.
func walk(list *parse.ListNode, visit func(parse.Node)) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.IfNode:
			walkBranches(&n.BranchNode, visit)
		case *parse.RangeNode:
			walkBranches(&n.BranchNode, visit)
		case *parse.WithNode:
			walkBranches(&n.BranchNode, visit)
		default:
			visit(n)
		}
	}
}

func walkBranches(n *parse.BranchNode, visit func(parse.Node)) {
	walk(n.List, visit)
	walk(n.ElseList, visit)
}

func endsInEscaper(pipe *parse.PipeNode) bool {
	last := pipe.Cmds[len(pipe.Cmds)-1]
	name, ok := last.Args[0].(*parse.IdentifierNode)
	return ok && escapers[name.Ident] != nil
}

func plainCommand(tree *parse.Tree, pos parse.Pos) *parse.CommandNode {
	name := parse.NewIdentifier("plain").SetTree(tree).SetPos(pos)
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: pos, Args: []parse.Node{name}}
}
