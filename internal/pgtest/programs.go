package pgtest

import (
	"cmp"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// program gives the path of one of Postgres's programs: from PATH, or of the newest version where Debian keeps them.
func program(name string) (string, bool) {
	if path, err := exec.LookPath(name); err == nil {
		return path, true
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is right
	if len(found) == 0 {
		return "", false
	}
	return slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(version(a), version(b)) }), true
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // 0 where it is none
	return n
}

func installed() bool {
	_, initdb := program("initdb")
	_, postgres := program("postgres")
	return initdb && postgres
}

// command runs a program as the owner of the server's folder.
func (s *server) command(name string, args ...string) *exec.Cmd {
	path, _ := program(name) // installed was asked
	cmd := exec.Command(path, args...)
	cmd.Dir = s.folder
	s.owner.run(cmd)
	return cmd
}
