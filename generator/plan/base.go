package plan

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// maxBase bounds what a stored base may unpack to.
const maxBase = 64 << 20

// baseSuffix ends the names of stored contents: gzip's format under a veil.
const baseSuffix = ".gz"

// BasePath is where the base content with this SHA-256 is stored, relative to the workload's folder.
func BasePath(sha256 string) string { return BaseFolder + "/" + sha256 + baseSuffix }

var packers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
	if err != nil {
		panic("plan: " + err.Error())
	}
	return w
}}

// Pack compresses base content and veils the result. The result holds neither time nor name, so the same content gives
// the same bytes.
func Pack(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	w.Reset(&b)
	if _, err := w.Write(data); err != nil {
		return nil, fmt.Errorf("compressing base content: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compressing base content: %w", err)
	}
	return veil(b.Bytes(), hash(data)), nil
}

// Unpack reads what Pack made and checks that it is the content with this SHA-256. It stops at 64 MiB.
func Unpack(packed []byte, sha256 string) ([]byte, error) {
	data, err := decompress(veil(packed, sha256))
	if err != nil {
		data, err = decompress(packed) // as it was stored before veils
	}
	if err != nil {
		return nil, fmt.Errorf("reading base content %s: %w", sha256, err)
	}
	if hash(data) != sha256 {
		return nil, errors.New("reading base content " + sha256 + ": it was changed; restore it from version control")
	}
	return data, nil
}

func decompress(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxBase+1))
	if err == nil && len(data) > maxBase {
		err = fmt.Errorf("it unpacks to more than %d bytes", maxBase)
	}
	return data, err
}

// veil mixes data with a stream of bytes that the hash of the content gives, and takes the veil away again. Without it
// two renderings of a file begin alike, compressed too. Then git takes one base for the other under a new name, and
// where two branches both replaced it, sees a conflict.
func veil(data []byte, sum string) []byte {
	out := make([]byte, 0, len(data))
	for block := 0; len(out) < len(data); block++ {
		stream := sha256.Sum256(fmt.Appendf(nil, "%s %d", sum, block))
		for i := 0; i < len(stream) && len(out) < len(data); i++ {
			out = append(out, data[len(out)]^stream[i])
		}
	}
	return out
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// isBase reports whether a name in BaseFolder is one that fabgen gives.
func isBase(name string) bool {
	stem, ok := strings.CutSuffix(name, baseSuffix)
	return ok && isHash(stem)
}
