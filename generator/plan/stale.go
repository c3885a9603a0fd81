package plan

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/fabgen/fabgen/generator/render"
)

// retiredSuffix ends the name of a file that is kept although what it belonged to is no longer configured. No tool
// takes it for a source any more, so that it is out of the build.
const retiredSuffix = ".removed"

var retiredName = regexp.MustCompile(`\.removed(\.[2-9])?$`)

// activePath is where a retired file stood before.
func activePath(retired string) string { return retiredName.ReplaceAllString(retired, "") }

// stale decides the fate of what was generated and is no longer rendered.
type stale struct {
	prior Entry
	disk  sight
	moved string // where another action takes the file; empty where none does
	force bool
}

// decide gives the fate of the file; none where it is gone already.
func (s stale) decide() (a Action, ok bool) {
	a = Action{Path: s.prior.Path, Class: s.prior.Class, Mode: s.disk.mode, Seen: s.disk.sha256}
	kind, reason := s.fate()
	a.Kind, a.Reason = kind, reason
	if kind == Delete || kind == Edited {
		a.Old = s.disk.data
	}
	return a, s.disk.there || s.disk.obstacle != ""
}

func (s stale) fate() (Kind, string) {
	switch {
	case s.disk.obstacle != "":
		return Keep, "no longer generated, and replaced by you: yours from now on"
	case s.moved != "":
		return Delete, "moved to " + s.moved
	case s.prior.Retired:
		return Keep, fmt.Sprintf("kept of %s, which is no longer generated; delete it when you need it no more",
			activePath(s.prior.Path))
	case s.disk.isLast(s.prior):
		return Delete, "no longer generated"
	case s.prior.Class == render.Seeded:
		return Keep, "no longer generated, and edited by you: yours from now on"
	case s.force:
		return Delete, "no longer generated; its edits are dropped by --force"
	}
	return Edited, "no longer generated, and edited by hand: left as it is; move it aside, or delete it with --force"
}

// retires reports whether an edited file of the user's is to be taken out of the build, since what it belonged to, an
// item, route, resource or environment, is no longer configured.
func (s stale) retires() bool {
	return s.prior.Class == render.Seeded && !s.prior.Retired && s.moved == "" && strings.Contains(s.prior.Template, "{") &&
		s.disk.there && s.disk.obstacle == "" && !s.disk.isLast(s.prior)
}

// retire keeps an edited file under another name.
func (s stale) retire(to string) (Action, Entry) {
	a := Action{
		Path: to, From: s.prior.Path, Kind: Move, Class: render.Seeded, Mode: s.disk.mode, Data: held(s.disk.data),
		Reason: s.prior.Path + " is no longer generated, and edited by you: kept, and out of the build",
	}
	e := s.prior
	e.Path, e.Retired = to, true
	return a, e
}
