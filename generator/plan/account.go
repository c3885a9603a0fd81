package plan

import (
	"fmt"
	"io"
	"path"
)

// maxState bounds a state file: some 50,000 generated files.
const maxState = 16 << 20

// account is what earlier runs wrote down about the target.
type account struct {
	state       *State
	pending     *State          // what a run that was interrupted was about to make; nil where none was
	deleted     map[string]bool // files that the user had deleted when that run was about to move them
	pendingSeen string          // SHA-256 of the bytes of pending
	seen        string          // SHA-256 of the state file, empty where there is none
	lfSeen      string          // the same of its text with LF at line ends, as Encode gives it
	undo        *UndoRecord     // how to take the last run back; nil where that is not known
	bases       map[string]bool // hashes of the base contents that are stored
}

// readAccount reads the folder .fabgen.
func (t *target) readAccount() (*account, error) {
	for _, dir := range []string{Folder, BaseFolder} {
		if err := t.scan(dir); err != nil {
			return nil, err
		}
		if why := t.folders[dir].obstacle; why != "" {
			return nil, fmt.Errorf("reading what was generated last: %s", why)
		}
	}
	acc := &account{state: &State{}, bases: map[string]bool{}, deleted: map[string]bool{}}
	for name := range t.folders[BaseFolder].types {
		if isBase(name) {
			acc.bases[name[:len(name)-len(baseSuffix)]] = true
		}
	}
	data, err := t.readAccountFile(StateFile)
	if err != nil {
		return nil, err
	}
	if data != nil {
		acc.seen, acc.lfSeen = hash(data), hash(toLF(data))
		if acc.state, err = decodeState(StateFile, data); err != nil {
			return nil, err
		}
	}
	if data, err = t.readAccountFile(PendingFile); data != nil && err == nil {
		acc.pendingSeen = hash(data)
		acc.pending, err = decodeState(PendingFile, data)
	}
	if err == nil {
		acc.undo, err = t.readUndo()
	}
	if acc.pending != nil {
		for _, e := range acc.pending.Entries {
			acc.deleted[e.From] = e.From != "" && e.FromSHA == ""
		}
	}
	return acc, err
}

// readBase reads content that is stored for merges.
func (t *target) readBase(sum string) ([]byte, error) {
	packed, err := t.readAccountFile(BasePath(sum))
	if err != nil || packed == nil {
		return nil, err
	}
	data, err := Unpack(packed, sum)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorruptState, err)
	}
	return data, nil
}

// readAccountFile gives the bytes of a file of the account, nil where there is none.
func (t *target) readAccountFile(p string) ([]byte, error) {
	if !t.folders[path.Dir(p)].there {
		return nil, nil
	}
	kind, there, err := t.typeOf(p)
	if err != nil || !there {
		return nil, err
	}
	if !kind.IsRegular() {
		return nil, fmt.Errorf("reading %s: %s", p, fileObstacle(kind))
	}
	f, err := t.open(p)
	if err != nil {
		return nil, fmt.Errorf("reading what was generated last: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxState+1))
	if err != nil {
		return nil, fmt.Errorf("reading what was generated last: %w", err)
	}
	if len(data) > maxState {
		return nil, corrupt(p, fmt.Sprintf("it is larger than %d bytes", maxState))
	}
	return data, nil
}

// paths gives every path that either run recorded.
func (acc *account) paths() map[string]bool {
	all := map[string]bool{}
	for p := range acc.state.Entries {
		all[p] = true
	}
	if acc.pending != nil {
		for p := range acc.pending.Entries {
			all[p] = true
		}
	}
	return all
}

// folders gives every folder that either run recorded files in, or was about to empty.
func (acc *account) folders() map[string]bool {
	all := map[string]bool{}
	for p := range acc.paths() {
		addFolders(all, p)
	}
	if acc.pending != nil {
		for _, dir := range acc.pending.Folders {
			all[dir] = true
		}
	}
	return all
}

// entry is how the file at p was generated last. After a run that was interrupted the disk tells which of the two
// accounts holds for this file: what that run put there counts as generated, and what it deleted counts as never made.
func (acc *account) entry(p string, disk sight) (Entry, bool) {
	last, known := acc.state.Entries[p]
	if acc.pending == nil {
		return last, known
	}
	next, wanted := acc.pending.Entries[p]
	switch {
	case wanted && (disk.is(next.SHA256) || acc.isWork(p, disk)):
		return next.settled(), true
	case wanted && next.From != "" && next.FromSHA == "" && !disk.there:
		return next.settled(), true
	case !wanted && !disk.there && disk.obstacle == "" && !acc.deleted[p]:
		return Entry{}, false
	}
	return last, known
}

// isWork reports whether a run that was interrupted put the file there, and it is not what was rendered.
func (acc *account) isWork(p string, disk sight) bool {
	return acc.pending != nil && disk.there && disk.sha256 == acc.pending.Entries[p].Written
}

// recovered is the account that holds for the disk as it is; nil where the last run was not interrupted.
func (acc *account) recovered(disk map[string]sight) *State {
	if acc.pending == nil {
		return nil
	}
	s := &State{Entries: map[string]Entry{}}
	for p := range acc.paths() {
		if e, ok := acc.entry(p, disk[p]); ok {
			s.Entries[p] = e
		}
	}
	return s
}
