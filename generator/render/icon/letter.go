package icon

import "strings"

// letters are drawn by lines on a grid of 9 by 13: two digits a point, x from 0 to 8 and y from 0 to c, a space between
// one line and the next.
var letters = [26]string{
	"0c408c 2868", "0060828466 000c6c8a8866 0666", "82602003092c6c8a", "000c4c7a8884724000", "80000c8c 0666",
	"80000c 0666", "82602003092c6c8a8757", "000c 808c 0686", "404c 2060 2c6c", "70795c2c0a", "000c 8007 358c",
	"000c8c", "0c0047808c", "0c008c80", "206083896c2c090320", "0c0060828466 6606", "206083896c2c090320 588c",
	"0c0060828466 6606 568c", "82602002042666888a6c2c0a", "0080 404c", "00092c6c8980", "004c80", "002c446c80",
	"008c 800c", "004680 464c", "00800c8c",
}

// stroke is a line from a to b, pen units to each side of it.
type stroke struct {
	a, b point
	pen  int
}

const (
	high = 12 // rows of the grid from the first to the last
	wide = 8  // columns
	gap  = 4  // columns between two letters
)

// write gives the strokes of up to two letters in the middle of the picture.
func write(text string) []stroke {
	text = strings.ToUpper(text[:min(2, len(text))])
	scale, columns := 20, wide
	if len(text) == 2 {
		scale, columns = 14, wide+gap+wide
	}
	var out []stroke
	for i := range len(text) {
		if text[i] < 'A' || text[i] > 'Z' {
			continue
		}
		left := middle - columns*scale/2 + i*(wide+gap)*scale
		top := middle - high*scale/2
		out = append(out, strokes(letters[text[i]-'A'], left, top, scale)...)
	}
	return out
}

// strokes reads a letter.
func strokes(letter string, left, top, scale int) []stroke {
	var out []stroke
	for line := range strings.FieldsSeq(letter) {
		var last point
		for i := 0; i+1 < len(line); i += 2 {
			p := point{left + digit(line[i])*scale, top + digit(line[i+1])*scale}
			if i > 0 {
				out = append(out, stroke{last, p, scale * 11 / 10})
			}
			last = p
		}
	}
	return out
}

func digit(c byte) int {
	if c >= 'a' {
		return int(c-'a') + 10
	}
	return int(c - '0')
}

// touches says whether a point lies under one of the strokes.
func touches(strokes []stroke, p point) bool {
	for _, s := range strokes {
		if s.near(p) {
			return true
		}
	}
	return false
}

// near compares squares, since a root would be no whole number.
func (s stroke) near(p point) bool {
	dx, dy := s.b.x-s.a.x, s.b.y-s.a.y
	px, py := p.x-s.a.x, p.y-s.a.y
	reach := s.pen * s.pen
	along, length := px*dx+py*dy, dx*dx+dy*dy
	switch {
	case along <= 0:
		return px*px+py*py <= reach
	case along >= length:
		qx, qy := p.x-s.b.x, p.y-s.b.y
		return qx*qx+qy*qy <= reach
	}
	across := px*dy - py*dx
	return across*across <= reach*length
}

// around adds to near the strokes that may reach into the pixel around a point, which spares the rest most of the work.
func around(near, strokes []stroke, p point) []stroke {
	for _, s := range strokes {
		if !outside(p.x, s.a.x, s.b.x, s.pen+unit) && !outside(p.y, s.a.y, s.b.y, s.pen+unit) {
			near = append(near, s)
		}
	}
	return near
}

func outside(p, a, b, reach int) bool { return p < min(a, b)-reach || p > max(a, b)+reach }
