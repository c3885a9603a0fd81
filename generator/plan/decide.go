package plan

import (
	"fmt"
	"strings"

	"github.com/fabgen/fabgen/generator/merge"
	"github.com/fabgen/fabgen/generator/render"
)

const (
	editedOwned = "fabgen owns it and it was edited by hand: left as it is; undo the edit, move it aside, make the file " +
		"yours with `fabgen adopt`, or overwrite it with --force"
	editedRenamed = "fabgen owns %s, which is to become this file, and it was edited by hand; undo the edit, make the file " +
		"yours with `fabgen adopt` first, or drop the edit with --force"
	foreign = "it stands there already and fabgen did not make it; move it aside, take it for your edit with " +
		"`fabgen adopt`, or overwrite it with --force"
	unsolved = "it holds conflict markers; edit it, keep what is right, delete the lines that begin with <<<<<<<, " +
		"|||||||, ======= and >>>>>>>"
	marked = "you and the new rendering changed the same lines; edit the file and keep what is right between the markers"
)

// question is all that decides the fate of one rendered file.
type question struct {
	file   render.File
	sha256 string // of file.Data
	disk   sight  // at file.Path, or at from
	prior  Entry  // how it was generated last
	known  bool   // there is a prior
	from   string // where the user's file stands until it is moved to file.Path; empty where it stays
	origin string // where a file of another name was generated, which this one is now; empty where that is not so

	force   bool
	restore bool // make it again although the user deleted it
	adopt   bool // take what is on disk for the user's
	resumed bool // what is on disk is what a run that was interrupted put there

	// base reads what was generated last; nil where that is not stored.
	base func(sha256 string) ([]byte, error)
}

// class says whose the file is, once the user's word is taken for it.
func (q question) class() render.Class {
	if q.adopts() {
		return render.Seeded
	}
	return q.file.Class
}

func (q question) adopts() bool {
	return q.file.Class == render.Owned && (q.adopt || q.known && q.prior.Adopted && !q.restore)
}

// decide gives the fate of a rendered file.
func (q question) decide() (Action, error) {
	seeded := q.class() == render.Seeded
	switch {
	case q.disk.obstacle != "":
		return q.action(Conflict, q.disk.obstacle), nil
	case !q.disk.there:
		return q.missing(), nil
	case q.disk.is(q.sha256):
		return q.asRendered(), nil
	case q.known && q.disk.isLast(q.prior):
		return q.changed("the rendering changed"), nil
	case seeded && q.known && merge.HasMarkers(q.disk.data):
		return q.unsolved(), nil
	case seeded && q.known && q.prior.Is(q.sha256):
		return q.mine("edited by you"), nil
	case seeded && q.known:
		return q.merge()
	case q.isAccount():
		return q.changed("fabgen keeps its account there"), nil
	case q.force:
		return q.changed("overwritten by --force"), nil
	case !q.known:
		return q.action(Conflict, foreign), nil
	case q.parted():
		return q.changed("git left conflict markers in what two branches generated"), nil
	}
	return q.edited(), nil
}

// edited leaves an edit of a file that is fabgen's where it is. One that is to be moved stays in the way: its edit holds
// old names, and belongs to nobody at the new path.
func (q question) edited() Action {
	if q.from != "" {
		return q.action(Conflict, fmt.Sprintf(editedRenamed, q.from))
	}
	return q.action(Edited, editedOwned)
}

func (q question) missing() Action {
	switch {
	case q.known && q.class() == render.Seeded && !q.restore:
		return q.action(Keep, "deleted by you; `fabgen generate --restore` brings it back")
	case q.known && q.restore:
		return q.action(Create, "brought back by --restore")
	case q.known:
		return q.action(Create, "it was deleted, and fabgen owns it")
	}
	return q.action(Create, "new")
}

func (q question) asRendered() Action {
	if q.from != "" {
		return q.action(Move, "moved from "+q.from)
	}
	return q.action(Unchanged, "as rendered")
}

// changed writes the new rendering over what is on disk.
func (q question) changed(reason string) Action {
	if q.from != "" {
		return q.action(Create, "in the place of "+q.from)
	}
	return q.action(Update, reason)
}

// mine leaves what the user made of the file as it is.
func (q question) mine(reason string) Action {
	if q.from == "" {
		return q.action(Keep, reason)
	}
	a := q.action(Move, "moved from "+q.from+", "+reason)
	a.Data = held(q.disk.data)
	return a
}

// unsolved is for a file that holds conflict markers: with force it stays as it is, and so does its base. Those that a
// run which was interrupted left are part of what this one finishes.
func (q question) unsolved() Action {
	if q.resumed && q.prior.Is(q.sha256) {
		return q.written(Mark, q.disk.data, marked)
	}
	if q.force || q.from != "" {
		return q.mine("conflict markers left in it")
	}
	return q.action(Unsolved, unsolved)
}

// merge brings the user's edit and the new rendering together.
func (q question) merge() (Action, error) {
	if q.disk.data == nil || isBinary(q.disk.data) || isBinary(q.file.Data) {
		return q.mine("edited by you, and not a text to be merged: the new rendering is left out"), nil
	}
	r, err := q.merged()
	switch {
	case err != nil:
		return Action{}, err
	case r.Conflicts > 0:
		return q.written(Mark, r.Data, marked), nil
	case hash(r.Data) == q.disk.sha256:
		return q.mine("edited by you; it has what changed in the rendering already"), nil
	}
	return q.written(Merge, r.Data, "your edit and the new rendering together"), nil
}

// merged is the best merge with one of the contents that count as generated last.
func (q question) merged() (best merge.Result, err error) {
	found := false
	for _, sum := range append([]string{q.prior.SHA256}, q.prior.Also...) {
		base, err := q.base(sum)
		if err != nil {
			return best, err
		}
		if base == nil {
			continue
		}
		join := merge.File
		if q.origin != "" {
			join = merge.Renamed
		}
		if r := join(q.file.Path, base, q.disk.data, q.file.Data); !found || r.Conflicts < best.Conflicts {
			best, found = r, true
		}
	}
	if !found {
		return merge.TwoWay(q.disk.data, q.file.Data), nil
	}
	return best, nil
}

func (q question) written(kind Kind, data []byte, reason string) Action {
	if q.from != "" {
		reason = "moved from " + q.from + ": " + reason
	}
	a := q.action(kind, reason)
	a.Data = held(data)
	return a
}

// isAccount reports whether the file is part of fabgen's own account, which is nobody's to edit.
func (q question) isAccount() bool { return strings.HasPrefix(q.file.Path, Folder+"/") }

// parted reports whether the file holds nothing but what two branches generated, with git's conflict markers around
// what differs.
func (q question) parted() bool {
	if !merge.HasMarkers(q.disk.data) {
		return false
	}
	upper, lower := merge.Sides(q.disk.data)
	rendered := func(side []byte) bool {
		sum := hash(toLF(side))
		return sum == q.sha256 || q.prior.Is(sum)
	}
	return rendered(upper) && rendered(lower)
}

func (q question) action(kind Kind, reason string) Action {
	a := Action{
		Path: q.file.Path, From: q.from, Kind: kind, Class: q.class(), Reason: reason, Mode: q.file.Mode.Perm(),
	}
	if q.disk.there {
		a.Mode = q.disk.mode
	}
	if q.from == "" {
		a.Seen = q.disk.sha256
		if kind.Writes() || kind == Conflict || kind == Unsolved || kind == Edited {
			a.Old = q.disk.data
		}
	}
	if (kind.Writes() || kind == Conflict || kind == Edited) && q.disk.obstacle == "" {
		a.Data = q.disk.keepLineEnds(q.file.Data)
	}
	return a
}

// entry is what is recorded once the action is done; none where nothing is.
func (q question) entry(a Action, version string) (Entry, bool) {
	stays := a.Kind == Conflict || a.Kind == Unsolved || a.Kind == Edited || a.Kind == Keep && !q.disk.there ||
		q.class() == render.Seeded && q.known && merge.HasMarkers(q.disk.data) && !a.Kind.Writes()
	if stays {
		e := q.prior
		e.Path, e.Edited = q.file.Path, a.Kind == Edited && !q.prior.Is(q.sha256)
		return e, q.known
	}
	e := Entry{
		Path: q.file.Path, Class: q.class(), Mode: q.file.Mode.Perm(),
		Template: q.file.Template, Version: version, SHA256: q.sha256, Adopted: q.adopts(),
	}
	if q.known && q.prior.Is(q.sha256) {
		e.Version = q.prior.Version
	}
	return e, true
}

// pending is the entry while the run is under way.
func (q question) pending(e Entry, a Action) Entry {
	if a.Kind.Writes() && hash(a.Data) != e.SHA256 {
		e.Written = hash(a.Data)
	}
	if a.Kind.Writes() && q.from != "" {
		e.From, e.FromSHA = q.from, q.disk.sha256
	}
	if a.Kind == Keep && !q.disk.there && q.prior.Path != q.file.Path {
		e.From = q.prior.Path
	}
	return e
}

// held is data that is not nil.
func held(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}
