package merge

// group is a run of changed lines, which may be empty, between two lines that are not changed.
type group struct {
	*side
	span
}

func (s *side) firstGroup() group {
	g := group{side: s}
	g.grow()
	return g
}

// grow takes in the changed lines at both ends.
func (g *group) grow() {
	for g.changed[g.to] {
		g.to++
	}
	for g.from > 0 && g.changed[g.from-1] {
		g.from--
	}
}

// next goes to the group after the next unchanged line; false where there is none.
func (g *group) next() bool {
	if g.to == len(g.keys) {
		return false
	}
	g.from, g.to = g.to+1, g.to+1
	g.grow()
	return true
}

// previous goes to the group before the last unchanged line.
func (g *group) previous() {
	g.to = g.from - 1
	g.from = g.to
	g.grow()
}

func (g *group) isEmpty() bool { return g.from == g.to }

// up moves the group by a line, where that tells the same change.
func (g *group) up() bool {
	if g.from == 0 || g.keys[g.from-1] != g.keys[g.to-1] {
		return false
	}
	g.from--
	g.to--
	g.changed[g.from], g.changed[g.to] = true, false
	for g.from > 0 && g.changed[g.from-1] {
		g.from--
	}
	return true
}

// down is up in the other direction.
func (g *group) down() bool {
	if g.to == len(g.keys) || g.keys[g.from] != g.keys[g.to] {
		return false
	}
	g.changed[g.from], g.changed[g.to] = false, true
	g.from++
	g.to++
	for g.changed[g.to] {
		g.to++
	}
	return true
}

// compact moves every change as far down as it goes, or to where the other text changed at the same place; changes that
// meet on the way become one. Git does the same, so that its merges and fabgen's agree.
func (s *side) compact(other *side) {
	g, o := s.firstGroup(), other.firstGroup()
	for {
		if !g.isEmpty() {
			settle(&g, &o)
		}
		if !g.next() || !o.next() {
			return
		}
	}
}

// settle moves one group; o follows it through the other text.
func settle(g, o *group) {
	for {
		size := g.to - g.from
		for g.up() {
			o.previous()
		}
		top := g.to
		meets := -1 // the end at which both texts changed
		if !o.isEmpty() {
			meets = g.to
		}
		for g.down() {
			o.next()
			if !o.isEmpty() {
				meets = g.to
			}
		}
		if size != g.to-g.from {
			continue // it met another one and grew
		}
		if g.to != top && meets >= 0 {
			for o.isEmpty() {
				g.up()
				o.previous()
			}
		}
		return
	}
}
