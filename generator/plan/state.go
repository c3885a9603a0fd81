package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"

	"github.com/fabgen/fabgen/generator/render"
)

// The files in which fabgen keeps its own account, relative to the workload's folder.
const (
	Folder      = ".fabgen"
	StateFile   = Folder + "/state.json"   // what was generated; written last
	PendingFile = Folder + "/pending.json" // what a run under way will have generated; gone once it is done
	SchemaFile  = Folder + "/schema.json"
	ConfigFile  = Folder + "/config.yaml" // the configuration that was generated last, comments aside
	BaseFolder  = Folder + "/base"
	SourceFile  = "fabgen.yaml" // the user's; init writes it, and nothing afterwards
)

// Format is the version of the state file's layout that this fabgen writes. It reads older ones too: format 1 knows
// neither adopted nor retired files.
const Format = 2

// Entry records one generated file.
type Entry struct {
	Path     string
	Class    render.Class
	Mode     fs.FileMode // permission bits as rendered
	Template string
	Version  string // of the fabgen that rendered this content first
	SHA256   string // of the content as rendered, hexadecimal
	Adopted  bool   // rendered as fabgen's own, and the user's all the same
	Edited   bool   // fabgen's own, edited by hand and left behind its rendering: its base is kept for when it is adopted
	Retired  bool   // an edited file of a thing that is no longer configured, kept under another name

	// Also are other contents that count as rendered: two branches that git merged recorded one each.
	Also []string

	// The rest is known while a run is under way alone.
	Written string // SHA-256 of what the run puts there, where that is not what was rendered
	From    string // where the run takes the file from
	FromSHA string // SHA-256 of what stood there, empty where the user had deleted it
}

// Is reports whether a SHA-256 is of a content that counts as rendered.
func (e Entry) Is(sha256 string) bool {
	return sha256 != "" && (sha256 == e.SHA256 || slices.Contains(e.Also, sha256))
}

// settled is the entry once the run is done.
func (e Entry) settled() Entry {
	e.Written, e.From, e.FromSHA = "", "", ""
	return e
}

// State records what was generated, by path. The zero State records nothing.
type State struct {
	Entries map[string]Entry
	Folders []string // that a run under way may leave empty, and then removes; known while it is under way alone
}

type entryJSON struct {
	Path     string `json:"path"`
	Class    string `json:"class"`
	Mode     string `json:"mode"`
	Template string `json:"template,omitempty"`
	Version  string `json:"fabgen"`
	SHA256   string `json:"sha256"`
	Adopted  bool   `json:"adopted,omitempty"`
	Edited   bool   `json:"edited,omitempty"`
	Retired  bool   `json:"retired,omitempty"`
	Written  string `json:"written,omitempty"`
	From     string `json:"from,omitempty"`
	FromSHA  string `json:"fromSha256,omitempty"`
}

// Encode gives the bytes of the state file. Each file stands on a line of its own that ends in a comma, and no line
// is shared, so that git merges what two branches did to different files; what they did to the same file may stand
// there twice.
func (s *State) Encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\"format\": %d,\n", Format)
	if len(s.Folders) > 0 {
		fmt.Fprintf(&b, "\"folders\": %s,\n", line(s.Folders))
	}
	b.WriteString("\"files\": [\n")
	for _, path := range slices.Sorted(maps.Keys(s.Entries)) {
		e := s.Entries[path]
		for _, sum := range append([]string{e.SHA256}, e.Also...) {
			e.SHA256 = sum
			b.Write(line(e.json()))
			b.WriteString(",\n")
		}
	}
	b.WriteString("null\n]\n}\n")
	return b.Bytes()
}

func line(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("plan: strings are always JSON: " + err.Error())
	}
	return data
}

func (e Entry) json() entryJSON {
	return entryJSON{
		Path: e.Path, Class: e.Class.String(), Mode: fmt.Sprintf("%04o", e.Mode.Perm()),
		Template: e.Template, Version: e.Version, SHA256: e.SHA256, Adopted: e.Adopted, Edited: e.Edited, Retired: e.Retired,
		Written: e.Written, From: e.From, FromSHA: e.FromSHA,
	}
}

func (j entryJSON) entry() (Entry, error) {
	e := Entry{
		Path: j.Path, Template: j.Template, Version: j.Version, SHA256: j.SHA256,
		Adopted: j.Adopted, Edited: j.Edited, Retired: j.Retired, Written: j.Written, From: j.From, FromSHA: j.FromSHA,
	}
	if err := checkRecordedPath(j.Path); err != nil {
		return e, err
	}
	if j.From != "" {
		if err := checkRecordedPath(j.From); err != nil {
			return e, err
		}
	}
	switch j.Class {
	case render.Owned.String():
		e.Class = render.Owned
	case render.Seeded.String():
		e.Class = render.Seeded
	default:
		return e, fmt.Errorf("%s has class %q; right is owned or seeded", j.Path, j.Class)
	}
	mode, err := strconv.ParseUint(j.Mode, 8, 9)
	if err != nil {
		return e, fmt.Errorf("%s has mode %q; right is three octal digits such as 0644", j.Path, j.Mode)
	}
	e.Mode = fs.FileMode(mode)
	if !isHash(j.SHA256) {
		return e, fmt.Errorf("%s has sha256 %q; right are 64 hexadecimal digits", j.Path, j.SHA256)
	}
	return e, nil
}

func isHash(s string) bool {
	if len(s) != 64 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
