package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/plan"
)

// maxRead bounds what is read of a configuration. It is far above what config accepts, so that config says what is
// wrong with a file of a few megabytes, and no endless input fills the memory.
const maxRead = 8 << 20

// source is a configuration that was read and found good.
type source struct {
	document *config.Document
	data     []byte // as it stands in the file
}

// readWorkload reads the fabgen.yaml of the workload in dir.
func readWorkload(dir string) (source, error) {
	s, err := readConfig(filepath.Join(dir, plan.SourceFile))
	if errors.Is(err, fs.ErrNotExist) {
		return s, usagef("%s has no %s; %s", dir, plan.SourceFile, whereElse(dir))
	}
	return s, err
}

// whereElse says what to do where dir is no workload.
func whereElse(dir string) string {
	abs, err := filepath.Abs(dir)
	if err == nil {
		for up := filepath.Dir(abs); up != abs; abs, up = up, filepath.Dir(up) {
			if _, err := os.Stat(filepath.Join(up, plan.SourceFile)); err == nil {
				return fmt.Sprintf("there is one in %s: give --dir %s", up, up)
			}
		}
	}
	return "give the workload's folder with --dir, or make a workload with `fabgen init`"
}

// readNamed reads a configuration that the person named; - is standard input.
func readNamed(file string, stdin io.Reader) (source, error) {
	if file == "-" {
		return parseConfig("standard input", stdin)
	}
	s, err := readConfig(file)
	if errors.Is(err, fs.ErrNotExist) {
		return s, usagef("there is no file %s; give the configuration's path, or - for standard input", file)
	}
	return s, err
}

// readConfig reads and checks one configuration file.
func readConfig(file string) (source, error) {
	f, err := os.Open(file)
	if err != nil {
		return source{}, fmt.Errorf("reading the configuration: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return source{}, usagef("reading the configuration: %s is a folder; give a file", file)
	}
	return parseConfig(file, f)
}

// parseConfig reads and checks a configuration; name is what messages call it.
func parseConfig(name string, r io.Reader) (source, error) {
	data, more, err := bounded(r, maxRead)
	if err != nil {
		return source{}, fmt.Errorf("reading the configuration %s: %w", name, err)
	}
	if more {
		return source{}, config.Problems{{
			File: name, Found: fmt.Sprintf("more than %d bytes", maxRead), Want: "a fabgen.yaml of a few kilobytes",
		}}
	}
	document, err := config.Parse(name, data)
	return source{document, data}, err
}

// bounded reads all of r, or tells that there is more than most bytes, of which it gives one.
func bounded(r io.Reader, most int) (data []byte, more bool, err error) {
	data, err = io.ReadAll(io.LimitReader(r, int64(most)+1))
	return data, len(data) > most, err
}

// readBounded reads a file that a person named, as bounded does. what is what an error calls it, and hint says what to
// give where there is no such file.
func readBounded(path string, most int, what, hint string) (data []byte, more bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, usagef("there is no file %s; %s", path, hint)
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading %s: %w", what, err)
	}
	defer f.Close()
	if data, more, err = bounded(f, most); err != nil {
		return nil, false, fmt.Errorf("reading %s %s: %w", what, path, err)
	}
	return data, more, nil
}
