package plan

import "github.com/fabgen/fabgen/generator/render"

const (
	editedOwned = "fabgen owns it and it was edited by hand; undo the edit, move it aside, or overwrite it with --force"
	editedBoth  = "edited by hand, and the rendering changed too; move your edit aside and put it back afterwards, " +
		"or overwrite it with --force"
	foreign = "it stands there already and fabgen did not make it; move it aside, or overwrite it with --force"
)

// question is all that decides the fate of one rendered file.
type question struct {
	file   render.File
	sha256 string // of file.Data
	disk   sight
	prior  Entry // how it was generated last
	known  bool  // there is a prior
	force  bool
}

// decide gives the fate of a rendered file.
func (q question) decide() Action {
	switch {
	case q.disk.obstacle != "":
		return q.action(Conflict, q.disk.obstacle)
	case !q.disk.there:
		return q.missing()
	case q.disk.is(q.sha256):
		return q.action(Unchanged, "as rendered")
	case q.known && q.disk.is(q.prior.SHA256):
		return q.action(Update, "the rendering changed")
	case q.known && q.file.Class == render.Seeded && q.prior.SHA256 == q.sha256:
		return q.action(Keep, "edited by you")
	case q.force:
		return q.action(Update, "overwritten by --force")
	case !q.known:
		return q.action(Conflict, foreign)
	case q.file.Class == render.Seeded:
		return q.action(Conflict, editedBoth)
	}
	return q.action(Conflict, editedOwned)
}

func (q question) missing() Action {
	switch {
	case q.known && q.file.Class == render.Seeded:
		return q.action(Keep, "deleted by you")
	case q.known:
		return q.action(Create, "it was deleted, and fabgen owns it")
	}
	return q.action(Create, "new")
}

func (q question) action(kind Kind, reason string) Action {
	a := Action{
		Path: q.file.Path, Kind: kind, Class: q.file.Class, Reason: reason,
		Mode: q.file.Mode.Perm(), Seen: q.disk.sha256,
	}
	if q.disk.there {
		a.Mode = q.disk.mode
	}
	switch kind {
	case Create, Update:
		a.Data, a.Old = q.disk.keepLineEnds(q.file.Data), q.disk.data
	case Conflict:
		if q.disk.obstacle == "" {
			a.Data, a.Old = q.disk.keepLineEnds(q.file.Data), q.disk.data
		}
	}
	return a
}

// entry is what is recorded once the action is done; none where nothing is.
func (q question) entry(a Action, version string) (Entry, bool) {
	if a.Kind == Conflict || a.Kind == Keep && !q.disk.there {
		return q.prior, q.known
	}
	e := Entry{
		Path: q.file.Path, Class: q.file.Class, Mode: q.file.Mode.Perm(),
		Template: q.file.Template, Version: version, SHA256: q.sha256,
	}
	if q.known && q.prior.SHA256 == q.sha256 {
		e.Version = q.prior.Version
	}
	return e, true
}

// decideStale gives the fate of a file that is no longer rendered; none where it is gone already.
func decideStale(prior Entry, disk sight, force bool) (a Action, ok bool) {
	a = Action{Path: prior.Path, Class: prior.Class, Mode: disk.mode, Seen: disk.sha256}
	switch {
	case !disk.there && disk.obstacle == "":
		return a, false
	case disk.obstacle != "":
		a.Kind, a.Reason = Keep, "no longer generated, and replaced by you: yours from now on"
		return a, true
	case disk.is(prior.SHA256):
		a.Kind, a.Reason = Delete, "no longer generated"
	case prior.Class == render.Seeded:
		a.Kind, a.Reason = Keep, "no longer generated, and edited by you: yours from now on"
		return a, true
	case force:
		a.Kind, a.Reason = Delete, "no longer generated; its edits are dropped by --force"
	default:
		a.Kind, a.Reason = Conflict, "no longer generated, and edited by hand; move it aside, or delete it with --force"
	}
	a.Old = disk.data
	return a, true
}
