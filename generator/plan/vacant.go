package plan

import (
	"fmt"
	"path"
	"slices"
)

// mayStand are the names that a folder may hold and still take a new workload: version control's, the configuration
// that it is made from, and what runs leave.
var mayStand = []string{".git", ".hg", ".jj", ".sl", ".svn", SourceFile, NewTreeFolder, LockFile}

// isVacant reports whether a new tree can be put into the folder without meeting anything.
func (t *target) isVacant() bool { return len(t.strangers()) == 0 }

// strangers are the names in the folder that have no place in a new workload, sorted.
func (t *target) strangers() []string {
	var found []string
	for name := range t.folders["."].types {
		if !slices.Contains(mayStand, name) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// checkVacant refuses a folder that holds something, unless it is what an interrupted init left: that is gone on with.
func (t *target) checkVacant(dir string) error {
	found := t.strangers()
	if len(found) == 0 || t.interruptedInit() {
		return nil
	}
	return fmt.Errorf("making a new workload in %s: %w (it holds %s); name another folder, run fabgen generate "+
		"to bring a workload up to date, or use --force to generate among what is there", dir, ErrNotEmpty, found[0])
}

// interruptedInit reports whether init was killed while it put its files into the folder.
func (t *target) interruptedInit() bool {
	if _, ok := t.folders["."].types[NewTreeFolder]; ok {
		return true
	}
	if err := t.scan(Folder); err != nil {
		return false
	}
	types := t.folders[Folder].types
	_, pending := types[path.Base(PendingFile)]
	_, done := types[path.Base(StateFile)]
	return pending && !done
}
