package merge

import "math"

// patience is how many differences the search for a shortest way may cost, before a good one will do.
const patience = 256

// middle finds a point on a shortest way from a0, b0 to a1, b1, or, after patience steps, on a good one. Both ranges
// have lines, and neither begins nor ends like the other.
func (d *differ) middle(a0, a1, b0, b1 int) (x, y int) {
	f, b := d.forward, d.backward
	low, high := d.zero+a0-b1, d.zero+a1-b0 // the outermost diagonals
	front, back := d.zero+a0-b0, d.zero+a1-b1
	odd := (front-back)%2 != 0
	f[front], b[back] = a0, a1
	fmin, fmax, bmin, bmax := front, front, back, back
	for cost := 1; ; cost++ {
		fmin, fmax = widen(f, fmin, fmax, low, high, -1)
		for k := fmax; k >= fmin; k -= 2 {
			x = max(f[k-1]+1, f[k+1])
			for y = x - k + d.zero; x < a1 && y < b1 && d.ka[x] == d.kb[y]; {
				x, y = x+1, y+1
			}
			f[k] = x
			if odd && bmin <= k && k <= bmax && b[k] <= x {
				return x, y
			}
		}
		bmin, bmax = widen(b, bmin, bmax, low, high, math.MaxInt)
		for k := bmax; k >= bmin; k -= 2 {
			x = min(b[k-1], b[k+1]-1)
			for y = x - k + d.zero; a0 < x && b0 < y && d.ka[x-1] == d.kb[y-1]; {
				x, y = x-1, y-1
			}
			b[k] = x
			if !odd && fmin <= k && k <= fmax && x <= f[k] {
				return x, y
			}
		}
		if cost >= patience {
			return d.furthest(a0, a1, b0, b1, span{fmin, fmax}, span{bmin, bmax})
		}
	}
}

// widen adds a diagonal at either side, as far as there is one, and sets its neighbour to a value that never wins.
func widen(v []int, low, high, lowest, highest, never int) (newLow, newHigh int) {
	if low > lowest {
		low--
		v[low-1] = never
	} else {
		low++
	}
	if high < highest {
		high++
		v[high+1] = never
	} else {
		high--
	}
	return low, high
}

// furthest is the point that either search has come furthest to.
func (d *differ) furthest(a0, a1, b0, b1 int, f, b span) (x, y int) {
	best := -1
	for k := f.to; k >= f.from; k -= 2 {
		px := min(d.forward[k], a1)
		py := px - k + d.zero
		if py > b1 {
			px, py = b1+k-d.zero, b1
		}
		if px+py-a0-b0 > best {
			best, x, y = px+py-a0-b0, px, py
		}
	}
	for k := b.to; k >= b.from; k -= 2 {
		px := max(d.backward[k], a0)
		py := px - k + d.zero
		if py < b0 {
			px, py = b0+k-d.zero, b0
		}
		if a1+b1-px-py > best {
			best, x, y = a1+b1-px-py, px, py
		}
	}
	return x, y
}
