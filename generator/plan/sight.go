package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// maxHeld is how much of a file on disk is held in memory. A longer one is known by its hash alone.
const maxHeld = 8 << 20

// sight is what stands on disk at one path.
type sight struct {
	there    bool
	obstacle string      // why no file can stand there; it is then not read
	mode     fs.FileMode // permission bits
	data     []byte      // nil where longer than maxHeld
	sha256   string
	lfSHA256 string // of data with LF for CRLF, where every line ends in CRLF
}

// look reads the file at p. The folder of p has been scanned.
func (t *target) look(p string) (sight, error) {
	dir := t.folders[path.Dir(p)]
	if !dir.there {
		return sight{obstacle: dir.obstacle}, nil
	}
	kind, there, err := t.typeOf(p)
	switch {
	case err != nil || !there:
		return sight{}, err
	case !kind.IsRegular():
		return sight{there: true, obstacle: fileObstacle(kind)}, nil
	}
	s, err := t.read(p)
	if err != nil {
		return sight{}, fmt.Errorf("reading %s of the workload: %w", p, err)
	}
	return s, nil
}

func (t *target) read(p string) (sight, error) {
	f, err := t.open(p)
	if err != nil {
		return sight{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return sight{}, err
	}
	s := sight{there: true, mode: info.Mode().Perm()}
	if info.Size() > maxHeld {
		sum := sha256.New()
		_, err := io.Copy(sum, f)
		s.sha256 = hex.EncodeToString(sum.Sum(nil))
		return s, err
	}
	s.data = make([]byte, info.Size())
	n, err := io.ReadFull(f, s.data)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return sight{}, err
	}
	s.data = s.data[:n]
	s.sha256 = hash(s.data)
	if endsInCRLF(s.data) {
		s.lfSHA256 = hash(toLF(s.data))
	}
	return s, nil
}

// hashOf is hash, without its work where the file holds just this.
func (s sight) hashOf(data []byte) string {
	if s.data != nil && bytes.Equal(s.data, data) {
		return s.sha256
	}
	return hash(data)
}

// is reports whether the file holds the content with this SHA-256, whole or but for its line ends.
func (s sight) is(sha256 string) bool {
	return s.there && s.obstacle == "" && (s.sha256 == sha256 || s.lfSHA256 == sha256)
}

// keepLineEnds gives data the line ends of the file on disk. The result is never nil.
func (s sight) keepLineEnds(data []byte) []byte {
	switch {
	case len(data) == 0:
		return []byte{}
	case s.lfSHA256 == "" || isBinary(data):
		return data
	}
	return toCRLF(data)
}

// isLast reports whether the file holds what was generated last.
func (s sight) isLast(e Entry) bool {
	return s.there && s.obstacle == "" && (e.Is(s.sha256) || e.Is(s.lfSHA256))
}
