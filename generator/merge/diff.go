package merge

// change says that the lines from:to of the old text became newFrom:newTo of the new one.
type change struct{ from, to, newFrom, newTo int }

// changes compares two texts, given as the keys of their lines, with Myers' algorithm in linear space ("An O(ND)
// Difference Algorithm and Its Variations", 1986). Where a change can be told in several ways it stands as git would
// have it: as far down as it goes, or where the other text changed too. The changes are in order and do not touch.
func changes(before, after []int32) []change {
	d := &differ{a: newSide(before), b: newSide(after)}
	d.run()
	d.a.compact(d.b)
	d.b.compact(d.a)
	return d.script()
}

// side is one of the two texts.
type side struct {
	keys    []int32
	changed []bool // by line; one more at the end, which is never changed
}

func newSide(keys []int32) *side { return &side{keys: keys, changed: make([]bool, len(keys)+1)} }

type differ struct {
	a, b *side

	// What is compared: the lines that the other side has somewhere too, and where they stand.
	ka, kb []int32
	ia, ib []int
	// How far each diagonal has come, forwards and backwards.
	forward, backward []int
	zero              int // index of diagonal 0
}

// run marks the lines that differ. Lines that the other text has nowhere have no part in the search.
func (d *differ) run() {
	d.ka, d.ia = d.a.without(d.b)
	d.kb, d.ib = d.b.without(d.a)
	d.zero = len(d.kb) + 1
	d.forward = make([]int, len(d.ka)+len(d.kb)+3)
	d.backward = make([]int, len(d.ka)+len(d.kb)+3)
	d.compare(0, len(d.ka), 0, len(d.kb))
}

// without marks the lines that the other side has nowhere as changed and gives the rest.
func (s *side) without(other *side) (keys []int32, index []int) {
	has := make(map[int32]bool, len(other.keys))
	for _, k := range other.keys {
		has[k] = true
	}
	for i, k := range s.keys {
		if !has[k] {
			s.changed[i] = true
			continue
		}
		keys, index = append(keys, k), append(index, i)
	}
	return keys, index
}

// compare marks what differs between ka[a0:a1] and kb[b0:b1].
func (d *differ) compare(a0, a1, b0, b1 int) {
	for a0 < a1 && b0 < b1 && d.ka[a0] == d.kb[b0] {
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && d.ka[a1-1] == d.kb[b1-1] {
		a1, b1 = a1-1, b1-1
	}
	if a0 == a1 || b0 == b1 {
		for ; a0 < a1; a0++ {
			d.a.changed[d.ia[a0]] = true
		}
		for ; b0 < b1; b0++ {
			d.b.changed[d.ib[b0]] = true
		}
		return
	}
	x, y := d.middle(a0, a1, b0, b1)
	d.compare(a0, x, b0, y)
	d.compare(x, a1, y, b1)
}

// script turns the marks into changes.
func (d *differ) script() []change {
	var all []change
	i, j := 0, 0
	for i < len(d.a.keys) || j < len(d.b.keys) {
		c := change{from: i, newFrom: j}
		for d.a.changed[i] {
			i++
		}
		for d.b.changed[j] {
			j++
		}
		if c.to, c.newTo = i, j; c.from < c.to || c.newFrom < c.newTo {
			all = append(all, c)
			continue
		}
		i, j = i+1, j+1
	}
	return all
}
