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
			escapeByDefault(t.Tree, t.Root)
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
func escapeByDefault(tree *parse.Tree, node parse.Node) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			escapeByDefault(tree, child)
		}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 && !endsInEscaper(n.Pipe) {
			n.Pipe.Cmds = append(n.Pipe.Cmds, plainCommand(tree, n.Pos))
		}
	case *parse.IfNode:
		escapeBranches(tree, &n.BranchNode)
	case *parse.RangeNode:
		escapeBranches(tree, &n.BranchNode)
	case *parse.WithNode:
		escapeBranches(tree, &n.BranchNode)
	}
}

func escapeBranches(tree *parse.Tree, n *parse.BranchNode) {
	escapeByDefault(tree, n.List)
	escapeByDefault(tree, n.ElseList)
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
