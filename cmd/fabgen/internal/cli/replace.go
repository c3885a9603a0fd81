package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile writes a file whole or not at all: beside its place, onto the disk, then by a rename. The folder inside
// dir is made where it is missing, and no symbolic link leads out of dir. What is there and no file is left alone.
func replaceFile(dir, inside, name string, data []byte) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.MkdirAll(inside, 0o777); err != nil {
		return err
	}
	target := filepath.Join(inside, name)
	info, err := root.Lstat(target)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file; move it away, or name another", filepath.Join(dir, target))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	staged := filepath.Join(inside, fmt.Sprintf(".%s.%d", name, os.Getpid()))
	if err := stage(root, staged, data); err != nil {
		return errors.Join(err, removeAny(root, staged))
	}
	if err := root.Rename(staged, target); err != nil {
		return errors.Join(err, removeAny(root, staged))
	}
	return nil
}

// stage writes a file and has it on the disk. What a killed process of the same ID left there is overwritten.
func stage(root *os.Root, name string, data []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func removeAny(root *os.Root, name string) error {
	if err := root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
