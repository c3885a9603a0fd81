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

// Pack compresses base content. The result holds neither time nor name, so the same content gives the same bytes.
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
	return b.Bytes(), nil
}

// Unpack reads what Pack made and checks that it is the content with this SHA-256. It stops at 64 MiB.
func Unpack(packed []byte, sha256 string) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("reading base content %s: %w", sha256, err)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxBase+1))
	if err != nil {
		return nil, fmt.Errorf("reading base content %s: %w", sha256, err)
	}
	if len(data) > maxBase {
		return nil, fmt.Errorf("reading base content %s: it unpacks to more than %d bytes", sha256, maxBase)
	}
	if hash(data) != sha256 {
		return nil, errors.New("reading base content " + sha256 + ": it was changed; restore it from version control")
	}
	return data, nil
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
