package icon

import "sync"

// shape says whether a point lies inside.
type shape func(point) bool

type point struct{ x, y int }

const margin = 3 * unit

// shapes are the tiles that letters stand on.
var shapes = []shape{
	rounded(middle-margin, 11*unit),
	rounded(middle-margin, middle-margin), // a disc
	hexagon,
	document,
	octagon,
	shield,
}

// tiles tell for each shape how many samples of each pixel it covers. That is the same in all pictures, and counted once.
var tiles = func() (all []func() []uint8) {
	for _, s := range shapes {
		all = append(all, sync.OnceValue(s.cover))
	}
	return all
}()

func (s shape) cover() []uint8 {
	covered := make([]uint8, Size*Size)
	for i := range covered {
		covered[i] = count(i%Size, i/Size, s)
	}
	return covered
}

// rounded is a square around the middle with round corners.
func rounded(half, radius int) shape {
	return func(p point) bool {
		x, y := abs(p.x-middle), abs(p.y-middle)
		if x > half || y > half {
			return false
		}
		dx, dy := x-(half-radius), y-(half-radius)
		return dx <= 0 || dy <= 0 || dx*dx+dy*dy <= radius*radius
	}
}

// hexagon has a corner above and below.
func hexagon(p point) bool {
	x, y := abs(p.x-middle), abs(p.y-middle)
	half := middle - unit
	return x <= half*13/15 && y+x*15/26 <= half
}

func octagon(p point) bool {
	x, y := abs(p.x-middle), abs(p.y-middle)
	half := middle - margin
	return x <= half && y <= half && x+y <= half*17/12
}

// document is a sheet whose upper right corner is cut off.
func document(p point) bool {
	x, y := p.x-middle, p.y-middle
	return abs(x) <= middle-8*unit && abs(y) <= middle-2*unit && x-y <= 40*unit
}

// shield is a square above and half a disc below.
func shield(p point) bool {
	x, y := abs(p.x-middle), p.y-middle+4*unit
	half := middle - margin
	if y <= 0 {
		return x <= half && y >= -half+unit*4
	}
	return x*x+y*y*3/4 <= half*half
}

func abs(n int) int { return max(n, -n) }
