package apply

import (
	"errors"
	"io/fs"
	"os"
)

// disk is what a run does to a folder. Each method is one step, before, in or after which the run may die. Paths are
// relative, with slashes. Methods may be called concurrently.
type disk interface {
	// Mkdir makes a folder; its parent is there.
	Mkdir(name string) error
	// Write makes a file that is not there yet and has it on the disk, not in a cache, before it returns. Where
	// exact is set the file gets these permission bits whatever the umask.
	Write(name string, data []byte, mode fs.FileMode, exact bool) error
	// Rename puts a file in the place of another, or a folder where none is.
	Rename(from, to string) error
	// Remove removes a file or an empty folder.
	Remove(name string) error
	// RemoveAll removes a folder and what is in it; a missing one is no error.
	RemoveAll(name string) error
	// SyncDir has the names in a folder on the disk.
	SyncDir(name string) error
}

// rooted is a folder on disk that no path leads out of.
type rooted struct{ root *os.Root }

func (r rooted) Mkdir(name string) error { return r.root.Mkdir(name, 0o777) }

func (r rooted) Write(name string, data []byte, mode fs.FileMode, exact bool) error {
	f, err := r.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && exact {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func (r rooted) Rename(from, to string) error { return r.root.Rename(from, to) }

func (r rooted) Remove(name string) error { return r.root.Remove(name) }

func (r rooted) RemoveAll(name string) error { return r.root.RemoveAll(name) }

func (r rooted) SyncDir(name string) error {
	f, err := r.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(syncFolder(f), f.Close())
}
