// Package render turns a model and the embedded templates into the files of a workload, in memory. It is a pure
// function: the same model and the same fabgen give the same bytes.
package render

import "io/fs"

// Class says whose a generated file is.
type Class uint8

const (
	// Owned files are fabgen's: rewritten on each run, never to be edited.
	Owned Class = iota
	// Seeded files are made once and then the user's; later changes are merged into them.
	Seeded
)

// String gives the word that the state file and the command line use.
func (c Class) String() string {
	if c == Seeded {
		return "seeded"
	}
	return "owned"
}

// File is one rendered file.
type File struct {
	Path     string // relative to the workload's folder, with slashes
	Data     []byte
	Mode     fs.FileMode // permission bits, 0o644 or 0o755
	Class    Class
	Template string // path of its template inside the template tree
}
