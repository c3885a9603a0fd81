package fabrictest

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// tree keeps the files and folders of the local OneLake, by paths with slashes and without a first one. Whoever calls it
// lets one change in at a time, and has seen to it that a path's parents are folders. What is not there is fs.ErrNotExist.
type tree interface {
	stat(path string) (entry, error)
	open(path string) (io.ReadSeekCloser, error)
	// write makes or replaces a file, and the folders that it is in.
	write(path string, content []byte, modified time.Time) error
	// mkdir makes a folder, and those that it is in.
	mkdir(path string, modified time.Time) error
	// remove drops a file, or a folder with all that is in it. What is not there is no failure.
	remove(path string) error
	rename(from, to string) error
	// walk gives what is in a folder, or with deep also what is in its folders, in the order of paths.
	walk(path string, deep bool) ([]entry, error)
	close() error
}

// entry is a file or a folder.
type entry struct {
	path     string
	folder   bool
	size     int64 // bytes
	modified time.Time
}

// maxMemory bounds all files of a OneLake in memory together, in bytes.
const maxMemory = 1 << 30

var errFull = errors.New("the local OneLake in memory is full")

// memory is a tree in memory.
type memory struct {
	nodes map[string]node
	used  int64
}

type node struct {
	entry
	content []byte
}

func newMemory() *memory { return &memory{nodes: map[string]node{}} }

func (m *memory) stat(name string) (entry, error) {
	n, ok := m.nodes[name]
	if !ok {
		return entry{}, fs.ErrNotExist
	}
	return n.entry, nil
}

type memoryFile struct{ *bytes.Reader }

func (memoryFile) Close() error { return nil }

func (m *memory) open(name string) (io.ReadSeekCloser, error) {
	n, ok := m.nodes[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return memoryFile{bytes.NewReader(n.content)}, nil
}

func (m *memory) write(name string, content []byte, modified time.Time) error {
	used := m.used + int64(len(content)) - m.nodes[name].size
	if used > maxMemory {
		return errFull
	}
	if err := m.mkdir(path.Dir(name), modified); err != nil {
		return err
	}
	m.used = used
	m.nodes[name] = node{entry{name, false, int64(len(content)), modified}, bytes.Clone(content)}
	return nil
}

func (m *memory) mkdir(name string, modified time.Time) error {
	for ; name != "."; name = path.Dir(name) {
		if _, ok := m.nodes[name]; !ok {
			m.nodes[name] = node{entry: entry{path: name, folder: true, modified: modified}}
		}
	}
	return nil
}

func (m *memory) remove(name string) error {
	for other, n := range m.nodes {
		if within(other, name) {
			m.used -= n.size
			delete(m.nodes, other)
		}
	}
	return nil
}

func (m *memory) rename(from, to string) error {
	if err := m.remove(to); err != nil {
		return err
	}
	if err := m.mkdir(path.Dir(to), m.nodes[from].modified); err != nil {
		return err
	}
	moved := map[string]node{}
	for name, n := range m.nodes {
		if within(name, from) {
			delete(m.nodes, name)
			n.path = to + strings.TrimPrefix(name, from)
			moved[n.path] = n
		}
	}
	for name, n := range moved {
		m.nodes[name] = n
	}
	return nil
}

func (m *memory) walk(folder string, deep bool) ([]entry, error) {
	if _, ok := m.nodes[folder]; !ok {
		return nil, fs.ErrNotExist
	}
	var out []entry
	for name, n := range m.nodes {
		if name != folder && within(name, folder) && (deep || path.Dir(name) == folder) {
			out = append(out, n.entry)
		}
	}
	slices.SortFunc(out, byPath)
	return out, nil
}

func (m *memory) close() error { return nil }

// within says whether a path is a folder's, or the folder itself.
func within(name, folder string) bool {
	rest, ok := strings.CutPrefix(name, folder)
	return ok && (rest == "" || rest[0] == '/')
}

func byPath(a, b entry) int { return strings.Compare(a.path, b.path) }
