package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/fabgen/fabgen/generator/plan"
)

// site is the place of a new tree: the innermost folder that is there, and the way on from it.
type site struct {
	root    *os.Root
	path    string   // of root, absolute
	missing []string // folders to be made between root and the tree, outermost first, relative to root
	target  string   // the tree, relative to root; "." where the folder is there already
}

func openSite(dir string) (*site, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &site{path: abs, target: "."}
	for {
		info, err := os.Stat(s.path)
		if err == nil && info.IsDir() {
			break
		}
		if err == nil {
			return nil, fmt.Errorf("%s is a file; name another folder", s.path)
		}
		up := filepath.Dir(s.path)
		if !errors.Is(err, fs.ErrNotExist) || up == s.path {
			return nil, err
		}
		s.target = path.Join(filepath.Base(s.path), s.target)
		s.path = up
	}
	for up := path.Dir(s.target); up != "."; up = path.Dir(up) {
		s.missing = append([]string{up}, s.missing...)
	}
	s.root, err = os.OpenRoot(s.path)
	return s, err
}

// exists says that the folder was there before.
func (s *site) exists() bool { return s.target == "." }

// workshop is the folder that the tree is built in. It lies on the file system that the tree goes to.
func (s *site) workshop() string {
	if s.exists() {
		return plan.NewTreeFolder
	}
	return path.Join(path.Dir(s.target), plan.NewTreeFolder+"-"+path.Base(s.target))
}
