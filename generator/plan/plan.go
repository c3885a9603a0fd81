// Package plan compares what was rendered with what is on disk and with what the last run recorded, and says for each
// file what is to happen and why. It reads the target and writes nothing.
package plan

import (
	"io/fs"
	"slices"

	"github.com/fabgen/fabgen/generator/render"
)

// Kind says what is to happen to a file.
type Kind uint8

// The kinds of action.
const (
	Unchanged Kind = iota // what is on disk is what was rendered
	Create                // not on disk
	Update                // on disk as fabgen left it, and the rendering changed
	Delete                // on disk as fabgen left it, and no longer rendered
	Keep                  // the user's: edited, or deleted by the user
	Conflict              // fabgen and somebody else both want it; nothing is written while there is one
	Move                  // the user's, and goes to another path as it is
	Merge                 // the user's edit and the new rendering come together
	Mark                  // the same, but both changed the same lines: the file gets conflict markers
	Unsolved              // an earlier Mark that nobody has solved; nothing is written while there is one
	Edited                // fabgen's, and edited by hand all the same: it stays as it is, and the rest is done
)

var kindNames = [...]string{
	"unchanged", "create", "update", "delete", "keep", "conflict", "move", "merge", "merge-conflict", "unsolved",
	"edited",
}

// String gives the word that the command line and its JSON use.
func (k Kind) String() string { return kindNames[k] }

// Writes reports whether a file is written.
func (k Kind) Writes() bool {
	return k == Create || k == Update || k == Move || k == Merge || k == Mark
}

// Touches reports whether a file is written or deleted.
func (k Kind) Touches() bool { return k.Writes() || k == Delete }

// Action is what is to happen to one file.
type Action struct {
	Path   string // relative to the workload's folder, with slashes
	From   string // where the file stood before; empty where it stays. Another action deletes what stands there.
	Kind   Kind
	Class  render.Class
	Reason string      // one clause in lower case, for people
	Mode   fs.FileMode // permission bits that the file has, or gets where it is created

	// Data is what is written, with the line ends of the file on disk, and is not nil where the kind writes; at a
	// Conflict and what is Edited it is what force would write, or nil where force would delete the file or cannot help.
	Data []byte
	// Old is what stands on disk at Path where that is replaced, deleted, in conflict or edited; nil where it is too large to hold.
	Old   []byte
	exact bool // Mode is to be set whatever the umask, although the file is not there

	// Seen is the SHA-256 of what stands on disk in hexadecimal, empty where there is no file.
	Seen string
}

// Exact reports whether the file gets Mode whatever the umask: where it had that before.
func (a Action) Exact() bool { return a.exact || a.Kind != Create || a.From != "" }

// Base is content to be stored for later merges.
type Base struct {
	SHA256 string // of Data, hexadecimal
	Data   []byte // not compressed
}

// Plan is everything that a run would do. It is made by New and not changed afterwards.
type Plan struct {
	Dir     string
	Actions []Action // sorted by path
	State   *State   // what is to be recorded
	Pending *State   // the same, with what a run that finds this one interrupted needs to know

	// Fresh says that the folder is not there, or holds nothing that a new tree could meet.
	Fresh bool

	// Last is what earlier runs recorded, as far as it holds for what is on disk, and Rendered the SHA-256 of every
	// rendered file by its path.
	Last     *State
	Rendered map[string]string

	// Undo is what is recorded for taking the run back. It is not kept where the plan is Fresh.
	Undo *UndoRecord

	// Recovered is what the disk shows after a run that was interrupted; nil where none was.
	Recovered *State
	// StateSeen is the SHA-256 of StateFile as it was read, empty where there was none.
	StateSeen string
	// Bases are the base contents to be stored, and StaleBases the paths of those that nothing needs any more.
	Bases      []Base
	StaleBases []string
	// Leftovers are paths of staging files that an interrupted run left.
	Leftovers []string
	// Folders are those that may be empty once the run is done, and are then removed. Children come first.
	Folders []string
}

// Changes reports whether the workload is not what the configuration gives: whether there is anything to do, or anything
// in the way of doing it.
func (p *Plan) Changes() bool {
	for _, a := range p.Actions {
		if a.Kind != Unchanged && a.Kind != Keep {
			return true
		}
	}
	return false
}

// Works reports whether carrying the plan out does anything to the disk.
func (p *Plan) Works() bool {
	return slices.ContainsFunc(p.Actions, func(a Action) bool { return a.Kind.Touches() })
}

// Written is how many files are written, moved or removed, fabgen's own account aside.
func (p *Plan) Written() int {
	n := 0
	for _, a := range p.Actions {
		if a.Path != StateFile && a.Kind.Touches() {
			n++
		}
	}
	return n
}

// Touches reports whether the file at a path is written or removed.
func (p *Plan) Touches(path string) bool {
	for _, a := range p.Actions {
		if a.Path == path && a.Kind.Touches() {
			return true
		}
	}
	return false
}

// Counts says how many files meet which fate.
type Counts struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Deleted   int `json:"deleted"`
	Unchanged int `json:"unchanged"`
	Kept      int `json:"kept"`
	Conflicts int `json:"conflicts"`
	Moved     int `json:"moved"`
	Merged    int `json:"merged"`
	Marked    int `json:"mergeConflicts"` // files that get conflict markers
	Unsolved  int `json:"unsolved"`       // files that have them from an earlier run
	Edited    int `json:"edited"`         // files of fabgen's that were edited by hand and stay so
}

// Counts counts the actions by kind.
func (p *Plan) Counts() Counts {
	var n [len(kindNames)]int
	for _, a := range p.Actions {
		n[a.Kind]++
	}
	return Counts{
		Created: n[Create], Updated: n[Update], Deleted: n[Delete],
		Unchanged: n[Unchanged], Kept: n[Keep], Conflicts: n[Conflict],
		Moved: n[Move], Merged: n[Merge], Marked: n[Mark], Unsolved: n[Unsolved], Edited: n[Edited],
	}
}
