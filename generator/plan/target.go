package plan

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// target is the workload's folder as it stands on disk. Scan comes first; look may then be called concurrently.
type target struct {
	folders map[string]folder // scanned ones by their path; "." is the workload's own
}

// folder is one folder of the target.
type folder struct {
	there    bool
	root     *os.Root               // open where it is there
	obstacle string                 // why it cannot be gone into, empty where it can
	types    map[string]fs.FileMode // type bits by name
}

// openTarget opens dir, which may be missing. The caller closes it.
func openTarget(dir string) (*target, error) {
	t := &target{folders: map[string]folder{}}
	root, err := os.OpenRoot(dir)
	switch {
	case err == nil:
		if err := t.list(".", root); err != nil {
			return nil, errors.Join(err, root.Close())
		}
		return t, nil
	case !errors.Is(err, fs.ErrNotExist):
		if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
			return nil, fmt.Errorf("opening %s: it is a file; name a folder", dir)
		}
		return nil, fmt.Errorf("opening the workload's folder: %w", err)
	}
	if _, err := os.Lstat(dir); err == nil {
		return nil, fmt.Errorf("opening %s: it is a symbolic link that leads nowhere; remove it or name another folder", dir)
	}
	t.folders["."] = folder{}
	return t, nil
}

func (t *target) close() error {
	var problems []error
	for _, f := range t.folders {
		if f.root != nil {
			problems = append(problems, f.root.Close())
		}
	}
	return errors.Join(problems...)
}

// scan lists dir, and before it every folder that leads there. Each stays open, so that what stands in it is reached
// from it and not all the way down.
func (t *target) scan(dir string) error {
	if _, done := t.folders[dir]; done {
		return nil
	}
	up := path.Dir(dir)
	if err := t.scan(up); err != nil {
		return err
	}
	parent := t.folders[up]
	if !parent.there || parent.obstacle != "" {
		t.folders[dir] = folder{obstacle: parent.obstacle}
		return nil
	}
	kind, there, err := t.typeOf(dir)
	switch {
	case err != nil:
		return err
	case !there:
		t.folders[dir] = folder{}
	case !kind.IsDir():
		t.folders[dir] = folder{obstacle: folderObstacle(dir, kind)}
	default:
		root, err := parent.root.OpenRoot(path.Base(dir))
		if err != nil {
			return fmt.Errorf("opening the folder %s of the workload: %w", dir, err)
		}
		return t.list(dir, root)
	}
	return nil
}

func (t *target) list(dir string, root *os.Root) error {
	t.folders[dir] = folder{root: root}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return fmt.Errorf("listing the folder %s of the workload: %w", dir, err)
	}
	types := make(map[string]fs.FileMode, len(entries))
	for _, e := range entries {
		types[e.Name()] = e.Type()
	}
	t.folders[dir] = folder{there: true, root: root, types: types}
	return nil
}

// open opens the file at p, whose folder has been scanned and is there.
func (t *target) open(p string) (*os.File, error) {
	return t.folders[path.Dir(p)].root.Open(path.Base(p))
}

// typeOf says what p is, without following it. Where the listing lacks the name, the file system is asked all the
// same: it may know it in another case. The folder of p has been scanned and is there.
func (t *target) typeOf(p string) (kind fs.FileMode, there bool, err error) {
	if kind, ok := t.folders[path.Dir(p)].types[path.Base(p)]; ok {
		return kind, true, nil
	}
	info, err := t.folders[path.Dir(p)].root.Lstat(path.Base(p))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("looking at %s: %w", p, err)
	}
	return info.Mode().Type(), true, nil
}

func folderObstacle(dir string, kind fs.FileMode) string {
	switch {
	case kind&fs.ModeSymlink != 0:
		return fmt.Sprintf("the folder %s is a symbolic link, and fabgen does not write through one; "+
			"put the folder itself in its place", dir)
	case kind.IsRegular():
		return fmt.Sprintf("%s is a file where a folder belongs; move it away", dir)
	}
	return fmt.Sprintf("%s is not a folder where one belongs; move it away", dir)
}

func fileObstacle(kind fs.FileMode) string {
	switch {
	case kind&fs.ModeSymlink != 0:
		return "it is a symbolic link, and fabgen does not write through one; put a file in its place, or move it away"
	case kind.IsDir():
		return "a folder stands where the file belongs; move it away"
	}
	return "it is neither a file nor a folder; move it away"
}
