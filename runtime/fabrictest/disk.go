package fabrictest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"syscall"
	"time"
)

// disk is a tree in a folder of this machine. Nothing outside of the folder can be reached through it, not even by
// symbolic links that stand in it.
type disk struct{ root *os.Root }

// openDisk makes the folder where it is not there yet.
func openDisk(folder string) (*disk, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the local OneLake: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of the local OneLake: %w", err)
	}
	return &disk{root}, nil
}

func (d *disk) stat(name string) (entry, error) {
	info, err := d.root.Stat(name)
	if err != nil {
		return entry{}, absent(err)
	}
	return entryOf(name, info), nil
}

// absent takes what would be below a file for what it is: not there.
func absent(err error) error {
	if errors.Is(err, syscall.ENOTDIR) {
		return fs.ErrNotExist
	}
	return err
}

func entryOf(name string, info fs.FileInfo) entry {
	e := entry{path: name, folder: info.IsDir(), modified: info.ModTime()}
	if !e.folder {
		e.size = info.Size()
	}
	return e
}

func (d *disk) open(name string) (io.ReadSeekCloser, error) { return d.root.Open(name) }

// upload is the file that becomes another one when it is complete. Paths of OneLake have three parts at least, so it is
// none of them.
const upload = ".upload"

func (d *disk) write(name string, content []byte, modified time.Time) error {
	if err := d.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	if err := d.root.WriteFile(upload, content, 0o600); err != nil {
		return err
	}
	if err := d.root.Chtimes(upload, modified, modified); err != nil {
		return err
	}
	return d.root.Rename(upload, name)
}

func (d *disk) mkdir(name string, _ time.Time) error { return d.root.MkdirAll(name, 0o700) }

func (d *disk) remove(name string) error { return d.root.RemoveAll(name) }

func (d *disk) rename(from, to string) error {
	if err := d.root.MkdirAll(path.Dir(to), 0o700); err != nil {
		return err
	}
	return d.root.Rename(from, to)
}

// walk leaves out what is neither a file nor a folder, such as a symbolic link.
func (d *disk) walk(folder string, deep bool) ([]entry, error) {
	var out []entry
	err := fs.WalkDir(d.root.FS(), folder, func(name string, found fs.DirEntry, err error) error {
		if err != nil || name == folder {
			return err
		}
		info, err := found.Info()
		if err != nil {
			return err
		}
		if info.IsDir() || info.Mode().IsRegular() {
			out = append(out, entryOf(name, info))
		}
		if info.IsDir() && !deep {
			return fs.SkipDir
		}
		return nil
	})
	slices.SortFunc(out, byPath)
	return out, absent(err)
}

func (d *disk) close() error { return d.root.Close() }
