package plan

import (
	"path"
	"strings"
)

// NewTreeFolder is where init builds a new tree, either inside an empty folder or, with the folder's name after it,
// beside a folder that is not there yet.
const NewTreeFolder = ".fabgen-init"

// LockFile stands in a folder while a run on Windows writes to it.
const LockFile = ".fabgen-lock"

const (
	stagePrefix = ".fabgen-"
	stageSuffix = ".tmp"
	stageDigits = 16
)

// StagePath is where the file at p is written before it is renamed to p: in the same folder, under a name that
// nobody else gives and that the next run knows for a leftover.
func StagePath(p string) string {
	return path.Join(path.Dir(p), stagePrefix+hash([]byte(p))[:stageDigits]+stageSuffix)
}

func isStage(name string) bool {
	digits, ok := strings.CutPrefix(name, stagePrefix)
	if !ok {
		return false
	}
	digits, ok = strings.CutSuffix(digits, stageSuffix)
	return ok && len(digits) == stageDigits && strings.Trim(digits, "0123456789abcdef") == ""
}
