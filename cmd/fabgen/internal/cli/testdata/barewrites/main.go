// Command barewrites copies a tree of files into a new folder and has it on the disk: the least that a program which
// writes that tree durably, and all of it or nothing, can do. It is the measure for fabgen init.
//
// Usage: barewrites TREE NEW
package main

import (
	"errors"
	"io/fs"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	if err := copyTree(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

// copyTree writes one file after the other beside the new folder's place and renames the folder into it.
func copyTree(tree, target string) error {
	var dirs []string
	staged := target + ".new"
	err := filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(tree, path)
		if err != nil {
			return err
		}
		to := filepath.Join(staged, rel)
		if entry.IsDir() {
			dirs = append(dirs, to)
			return os.Mkdir(to, 0o777)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return writeFile(to, data)
	})
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	if err := os.Rename(staged, target); err != nil {
		return err
	}
	return syncDir(filepath.Dir(target))
}

func writeFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
