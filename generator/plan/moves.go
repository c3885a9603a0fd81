package plan

// moves gives, for rendered paths whose file stands or stood elsewhere, that path: where a thing was renamed, where a
// retired file is wanted again, and what a run that was interrupted was about to move.
func (d *decisions) moves() map[string]string {
	moves := map[string]string{}
	add := func(to, from string) {
		_, toKnown := d.acc.entry(to, d.disk[to])
		_, fromKnown := d.acc.entry(from, d.disk[from])
		if d.rendered[to] && !d.rendered[from] && !toKnown && fromKnown && d.moved[from] == "" {
			moves[to] = from
		}
	}
	for path := range d.acc.paths() {
		if e, known := d.acc.entry(path, d.disk[path]); known && e.Retired && d.disk[path].there {
			add(activePath(path), path)
		}
	}
	if d.acc.pending != nil {
		for to, e := range d.acc.pending.Entries {
			if e.From == "" {
				continue
			}
			add(to, e.From)
			if d.disk[to].sha256 == e.Written || d.disk[to].is(e.SHA256) {
				add(e.From, to) // the configuration was put back
			}
		}
	}
	for to, from := range d.in.Moves {
		add(to, from)
	}
	return moves
}

// halfMoved finds what an interrupted run put to its new path and did not take from the old one: what of the two is not
// wanted goes.
func (d *decisions) halfMoved() map[string]string {
	moved := map[string]string{}
	if d.acc.pending == nil {
		return moved
	}
	for to, e := range d.acc.pending.Entries {
		done := d.disk[to].there && (d.disk[to].sha256 == e.Written || d.disk[to].is(e.SHA256))
		if e.From == "" || !done || d.disk[e.From].sha256 != e.FromSHA {
			continue
		}
		switch {
		case !d.rendered[e.From]:
			moved[e.From] = to
		case !d.rendered[to]:
			moved[to] = e.From
		}
	}
	return moved
}
