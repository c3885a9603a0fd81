// Package icon draws the placeholder pictures of items: white letters on a tile, whose colour and shape tell items with
// the same letters apart. It computes with whole numbers alone, so that every machine draws the same bytes.
package icon

// Size is the width and the height of a picture in pixels.
const Size = 64

// Styles counts the pairs of colour and shape that there are.
var Styles = len(colours) * len(shapes)

// colours are dark enough that white on them has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).
var colours = []rgb{
	{0x0f, 0x6c, 0xbd}, {0x0e, 0x70, 0x6d}, {0x87, 0x3a, 0xb8}, {0xbc, 0x2f, 0x32}, {0x10, 0x7c, 0x10}, {0xb1, 0x46, 0x0c},
	{0x4f, 0x52, 0xb2}, {0xa1, 0x28, 0x7c}, {0x5c, 0x6b, 0x1e}, {0x7a, 0x55, 0x36}, {0x3b, 0x5b, 0x6f}, {0x00, 0x57, 0x8a},
}

type rgb struct{ r, g, b uint8 }

const (
	samples = 4                 // along a side of a pixel, to smooth edges
	depth   = samples * samples // samples of a pixel
	unit    = 8                 // units of a pixel, in which shapes and letters are measured
	step    = unit / samples    // from one sample to the next
	middle  = Size * unit / 2   // of the picture
)

// Draw gives a PNG with the first two of the letters, A to Z, in a style. Styles begin again after the last one. It may
// be called concurrently.
func Draw(letters string, style int) []byte {
	style = (style%Styles + Styles) % Styles
	covered, strokes := tiles[style/len(colours)](), write(letters)
	var near []stroke
	// A pixel is its place in the palette: 0 is transparent, depth the whole colour, twice depth white.
	pixels := make([]uint8, len(covered))
	for i := range pixels {
		x, y := i%Size, i/Size
		near = around(near[:0], strokes, point{x*unit + unit/2, y*unit + unit/2})
		pixels[i] = covered[i]
		if len(near) == 0 {
			continue
		}
		if written := count(x, y, func(p point) bool { return touches(near, p) }); written > 0 {
			pixels[i] = depth + written
		}
	}
	return encode(palette(colours[style%len(colours)]), pixels)
}

// count says how many of a pixel's samples are inside.
func count(x, y int, inside shape) uint8 {
	n := uint8(0)
	for i := range depth {
		if inside(point{x*unit + i%samples*step + step/2, y*unit + i/samples*step + step/2}) {
			n++
		}
	}
	return n
}

// palette goes from transparent to the colour, and from there to white.
func palette(c rgb) []rgba {
	out := make([]rgba, 0, 2*depth+1)
	for i := range depth + 1 {
		out = append(out, rgba{c, uint8(255 * i / depth)})
	}
	mix := func(from uint8, i int) uint8 { return uint8((int(from)*(depth-i) + 255*i) / depth) }
	for i := 1; i <= depth; i++ {
		out = append(out, rgba{rgb{mix(c.r, i), mix(c.g, i), mix(c.b, i)}, 255})
	}
	return out
}
