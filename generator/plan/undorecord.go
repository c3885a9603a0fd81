package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Where the last run keeps what it replaced. It is this machine's alone: git ignores the folder.
const (
	UndoFolder = Folder + "/undo"
	UndoFile   = UndoFolder + "/record.json"
	UndoIgnore = UndoFolder + "/.gitignore"
)

// undoFormat is the version of the record's layout.
const undoFormat = 1

// UndoPath is where content that a run replaced is kept, packed as a base is.
func UndoPath(sha256 string) string { return UndoFolder + "/" + sha256 + baseSuffix }

// UndoRecord says how things stood before a run.
type UndoRecord struct {
	Run   string     // SHA-256 of what the run announced in PendingFile
	State string     // SHA-256 of StateFile, empty where there was none
	Files []Replaced // what the run writes and deletes, sorted by path
	Bases []string   // base contents that the run drops
}

// Replaced is one file that a run writes or deletes.
type Replaced struct {
	Path   string
	Before string      // SHA-256 of what stood there, empty where nothing did
	Mode   fs.FileMode // permission bits that it had
	After  string      // SHA-256 of what the run leaves there, empty where nothing
}

// Contents are the SHA-256 of all that must be kept for the record, each once.
func (r *UndoRecord) Contents() []string {
	all := slices.Clone(r.Bases)
	for _, f := range r.Files {
		all = append(all, f.Before)
	}
	all = append(all, r.State)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(sum string) bool { return sum == "" })
}

type undoJSON struct {
	Format int            `json:"format"`
	Run    string         `json:"run"`
	State  string         `json:"state"`
	Bases  []string       `json:"bases"`
	Files  []replacedJSON `json:"files"`
}

type replacedJSON struct {
	Path   string `json:"path"`
	Before string `json:"before,omitempty"`
	Mode   string `json:"mode,omitempty"`
	After  string `json:"after,omitempty"`
}

// Encode gives the bytes of UndoFile.
func (r *UndoRecord) Encode() []byte {
	doc := undoJSON{Format: undoFormat, Run: r.Run, State: r.State, Bases: r.Bases}
	for _, f := range r.Files {
		doc.Files = append(doc.Files, replacedJSON{f.Path, f.Before, fmt.Sprintf("%04o", f.Mode.Perm()), f.After})
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic("plan: a struct of strings is always JSON: " + err.Error())
	}
	return append(data, '\n')
}

func decodeUndo(data []byte) (*UndoRecord, error) {
	var doc undoJSON
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("reading %s: %w: %w; delete the folder %s", UndoFile, ErrCorruptState, err, UndoFolder)
	}
	r := &UndoRecord{Run: doc.Run, State: doc.State, Bases: doc.Bases}
	for _, j := range doc.Files {
		mode, err := strconv.ParseUint(j.Mode, 8, 9)
		f := Replaced{j.Path, j.Before, fs.FileMode(mode), j.After}
		if err != nil || !f.isSound() {
			return nil, fmt.Errorf("reading %s: %w: the entry of %q; delete the folder %s", UndoFile, ErrCorruptState, j.Path, UndoFolder)
		}
		r.Files = append(r.Files, f)
	}
	return r, nil
}

func (f Replaced) isSound() bool {
	for _, sum := range []string{f.Before, f.After} {
		if sum != "" && !isHash(sum) {
			return false
		}
	}
	return f.Path == SourceFile || checkRecordedPath(f.Path) == nil
}

// undoRecord is the record of this plan. Where it finishes a run that was interrupted, both count as one, and where it
// only clears up after one, that one's record stays.
func (p *Plan) undoRecord(acc *account) *UndoRecord {
	if acc.undo != nil && acc.pending == nil && acc.lfSeen == hash(p.State.Encode()) && p.Written() == 0 {
		return acc.undo
	}
	r := &UndoRecord{Run: hash(p.Pending.Encode()), State: acc.seen}
	files := map[string]Replaced{}
	if acc.undo != nil && acc.pending != nil && acc.undo.Run == acc.pendingSeen {
		r.State, r.Bases = acc.undo.State, acc.undo.Bases
		for _, f := range acc.undo.Files {
			files[f.Path] = f
		}
	}
	for _, a := range p.Actions {
		if a.Path == StateFile || !a.Kind.Touches() {
			continue
		}
		f, again := files[a.Path]
		if !again {
			f = Replaced{Path: a.Path, Before: a.Seen, Mode: a.Mode}
		}
		if f.After = ""; a.Kind.Writes() {
			f.After = hash(a.Data)
		}
		files[a.Path] = f
	}
	for _, f := range files {
		r.Files = append(r.Files, f)
	}
	slices.SortFunc(r.Files, func(a, b Replaced) int { return strings.Compare(a.Path, b.Path) })
	for _, base := range p.StaleBases {
		r.Bases = append(r.Bases, strings.TrimSuffix(base[len(BaseFolder)+1:], baseSuffix))
	}
	slices.Sort(r.Bases)
	r.Bases = slices.Compact(r.Bases)
	return r
}

// readUndo reads the record of the last run; nil where there is none.
func (t *target) readUndo() (*UndoRecord, error) {
	if err := t.scan(UndoFolder); err != nil {
		return nil, err
	}
	data, err := t.readAccountFile(UndoFile)
	if err != nil || data == nil {
		return nil, err
	}
	return decodeUndo(bytes.TrimSpace(data))
}
