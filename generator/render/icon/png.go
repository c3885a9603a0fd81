package icon

import (
	"bytes"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
)

// rgba is a colour and how much of it is there.
type rgba struct {
	rgb
	a uint8
}

// encode writes a PNG of Size by Size pixels with a palette (W3C, PNG, third edition). It leaves them uncompressed:
// what image/png gives changes with compress/flate, from one Go to the next.
func encode(palette []rgba, pixels []uint8) []byte {
	var colours, alphas, rows []byte
	for _, c := range palette {
		colours, alphas = append(colours, c.r, c.g, c.b), append(alphas, c.a)
	}
	for y := range Size {
		rows = append(append(rows, 0), pixels[y*Size:(y+1)*Size]...) // 0: no filter
	}
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, Size), Size)
	out := bytes.NewBufferString("\x89PNG\r\n\x1a\n")
	chunk(out, "IHDR", append(header, 8, 3, 0, 0, 0)) // 8 bits a pixel, by palette
	chunk(out, "PLTE", colours)
	chunk(out, "tRNS", alphas)
	chunk(out, "IDAT", stored(rows))
	chunk(out, "IEND", nil)
	return out.Bytes()
}

func chunk(out *bytes.Buffer, kind string, data []byte) {
	body := append([]byte(kind), data...)
	_ = binary.Write(out, binary.BigEndian, uint32(len(data)))
	out.Write(body)
	_ = binary.Write(out, binary.BigEndian, crc32.ChecksumIEEE(body))
}

// stored is a zlib stream of one stored block (RFC 1950 and 1951), which takes up to 65535 bytes.
func stored(data []byte) []byte {
	out := []byte{0x78, 0x01, 0x01}
	out = binary.LittleEndian.AppendUint16(out, uint16(len(data)))
	out = binary.LittleEndian.AppendUint16(out, ^uint16(len(data)))
	return binary.BigEndian.AppendUint32(append(out, data...), adler32.Checksum(data))
}
