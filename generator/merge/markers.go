package merge

import "bytes"

// The lines around a conflict, as git's merge.conflictStyle=diff3 writes them.
const (
	markerYours  = "<<<<<<< yours"
	markerBase   = "||||||| base"
	markerMiddle = "======="
	markerTheirs = ">>>>>>> fabgen"
)

// HasMarkers reports whether data holds a conflict, from fabgen or from git, that nobody has solved: a line that begins
// one, after it one that parts it and one that ends it.
func HasMarkers(data []byte) bool {
	if !bytes.Contains(data, []byte("<<<<<<< ")) {
		return false
	}
	stage := 0
	for line := range bytes.Lines(data) {
		line = trimEnd(line)
		switch {
		case bytes.HasPrefix(line, []byte("<<<<<<< ")):
			stage = 1
		case stage == 1 && string(line) == markerMiddle:
			stage = 2
		case stage == 2 && bytes.HasPrefix(line, []byte(">>>>>>> ")):
			return true
		}
	}
	return false
}

// Sides gives the two contents that conflict markers in data stand for: the upper and the lower one. Where there are
// none, both are data.
func Sides(data []byte) (upper, lower []byte) {
	const (
		both = iota
		inUpper
		inBase
		inLower
	)
	upper, lower = []byte{}, []byte{}
	at := both
	for line := range bytes.Lines(data) {
		word := trimEnd(line)
		switch {
		case at == both && bytes.HasPrefix(word, []byte("<<<<<<< ")):
			at = inUpper
		case at == inUpper && bytes.HasPrefix(word, []byte("|||||||")):
			at = inBase
		case (at == inUpper || at == inBase) && string(word) == markerMiddle:
			at = inLower
		case at == inLower && bytes.HasPrefix(word, []byte(">>>>>>> ")):
			at = both
		default:
			if at == both || at == inUpper {
				upper = append(upper, line...)
			}
			if at == both || at == inLower {
				lower = append(lower, line...)
			}
		}
	}
	return upper, lower
}
