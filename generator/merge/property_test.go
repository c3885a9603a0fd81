package merge

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// source makes random texts that look like code: lines of their own among lines that stand everywhere.
type source struct {
	*rand.Rand
	n int
}

func newSource(seed uint64) *source { return &source{Rand: rand.New(rand.NewPCG(seed, 1))} }

func (s *source) line(who string) string {
	if s.IntN(4) == 0 {
		return []string{"", "}", "\treturn nil", "{"}[s.IntN(4)]
	}
	s.n++
	return fmt.Sprintf("\t%s%d()", who, s.n)
}

func (s *source) text(lines int) []string {
	out := make([]string, lines)
	for i := range out {
		out[i] = s.line("base")
	}
	return out
}

// edit changes, inserts and deletes some lines.
func (s *source) edit(lines []string, who string, edits int) []string {
	out := slices.Clone(lines)
	for range edits {
		at, n := s.IntN(len(out)+1), s.IntN(4)
		to := min(len(out), at+s.IntN(3))
		var fresh []string
		for range n {
			fresh = append(fresh, s.line(who))
		}
		out = slices.Replace(out, at, to, fresh...)
	}
	return out
}

func join(lines []string) []byte {
	if len(lines) == 0 {
		return []byte{}
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

var looksMarked = regexp.MustCompile(`<{7}|\|{7}|={7}|>{7}`)

// identities are what holds of every merge.
func identities(t *testing.T, base, x, y []byte) {
	t.Helper()
	for name, c := range map[string][4][]byte{
		"only yours changed":  {base, x, base, x},
		"only theirs changed": {base, base, x, x},
		"both did the same":   {base, x, x, x},
	} {
		if got := Text(c[0], c[1], c[2]); got.Conflicts != 0 || !bytes.Equal(got.Data, c[3]) {
			t.Fatalf("%s: merging %q, %q, %q gives %d conflicts and %q", name, c[0], c[1], c[2], got.Conflicts, got.Data)
		}
	}
	one, other := Text(base, x, y), Text(base, y, x)
	if one.Conflicts != other.Conflicts {
		t.Fatalf("%d conflicts, and %d with sides changed: %q, %q, %q", one.Conflicts, other.Conflicts, base, x, y)
	}
	for _, text := range [][]byte{base, x, y} {
		if !endsLine(text) || looksMarked.Match(text) {
			return
		}
	}
	upper, _ := Sides(one.Data)
	_, lower := Sides(other.Data)
	if !bytes.Equal(plain(upper), plain(lower)) {
		t.Fatalf("the sides differ when changed: %q, %q, %q\n%q\n%q", base, x, y, upper, lower)
	}
}

func TestMergesKeepTheLaws(t *testing.T) {
	for seed := range uint64(3000) {
		s := newSource(seed)
		base := s.text(s.IntN(40))
		yours, theirs := s.edit(base, "yours", 1+s.IntN(4)), s.edit(base, "theirs", 1+s.IntN(4))
		identities(t, join(base), join(yours), join(theirs))
		got := string(Text(join(base), join(yours), join(theirs)).Data)
		for _, written := range [][]string{yours, theirs} {
			for _, line := range written {
				mine := strings.HasPrefix(line, "\tyours") || strings.HasPrefix(line, "\ttheirs")
				if mine && !strings.Contains(got, line+"\n") {
					t.Fatalf("seed %d: the line %q is lost", seed, line)
				}
			}
		}
	}
}

// Changes must turn the one text into the other, and be as few as a plain table of longest common lines allows.
func TestChangesAreRightAndShort(t *testing.T) {
	for seed := range uint64(2000) {
		s := newSource(seed)
		base := s.text(s.IntN(30))
		d := dictionary{}
		a, b := d.split(join(base)), d.split(join(s.edit(base, "new", s.IntN(8))))
		var rebuilt []int32
		at, cost := 0, 0
		for _, c := range changes(a.keys, b.keys) {
			rebuilt = append(rebuilt, a.keys[at:c.from]...)
			rebuilt = append(rebuilt, b.keys[c.newFrom:c.newTo]...)
			at = c.to
			cost += c.to - c.from + c.newTo - c.newFrom
		}
		rebuilt = append(rebuilt, a.keys[at:]...)
		if !slices.Equal(rebuilt, b.keys) {
			t.Fatalf("seed %d: the changes do not give the text", seed)
		}
		if best := len(a.keys) + len(b.keys) - 2*common(a.keys, b.keys); cost != best {
			t.Fatalf("seed %d: %d lines change, %d would do", seed, cost, best)
		}
	}
}

// common is the length of the longest common subsequence.
func common(a, b []int32) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

// gitMerge merges with git; clean is false where it left conflicts.
func gitMerge(t testing.TB, dir string, base, yours, theirs []byte) (merged []byte, clean bool) {
	t.Helper()
	for name, data := range map[string][]byte{"base": base, "yours": yours, "theirs": theirs} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("git", "merge-file", "-p", "--diff3", "-L", "yours", "-L", "base", "-L", "fabgen",
		"yours", "base", "theirs")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() > 127 {
		t.Fatal(err)
	}
	return out, err == nil
}

func needGit(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here to compare with")
	}
}

func TestMergesAgreeWithGit(t *testing.T) {
	needGit(t)
	dir := t.TempDir()
	clean := 0
	for seed := range uint64(400) {
		s := newSource(seed)
		base := s.text(20 + s.IntN(60))
		yours, theirs := s.edit(base, "yours", 1+s.IntN(4)), s.edit(base, "theirs", 1+s.IntN(4))
		want, ok := gitMerge(t, dir, join(base), join(yours), join(theirs))
		got := Text(join(base), join(yours), join(theirs))
		if ok != (got.Conflicts == 0) || !bytes.Equal(got.Data, want) {
			t.Fatalf("seed %d: git says clean: %v\n%s\nfabgen has %d conflicts\n%s", seed, ok, want, got.Conflicts, got.Data)
		}
		if ok {
			clean++
		}
	}
	if clean < 50 || clean > 350 {
		t.Errorf("%d of 400 merges are clean: the texts prove little", clean)
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("a\nb\n"), []byte("a\nc\n"), []byte("x\r\nb"))
	f.Add([]byte(""), []byte("\ufeffa"), []byte("\n\n"))
	f.Fuzz(func(t *testing.T, base, x, y []byte) {
		uniform := func(data []byte) bool { // one kind of line end, and no mark: such as fabgen renders
			return !bytes.Contains(data, []byte("\r")) && !bytes.HasPrefix(data, mark)
		}
		if uniform(base) && uniform(x) && uniform(y) {
			identities(t, base, x, y)
		}
		got := Text(base, x, y)
		stays, all := linesOf(base), linesOf(got.Data)
		for _, side := range [][]byte{x, y} {
			for line := range linesOf(side) {
				if line != "" && !stays[line] && !all[line] {
					t.Errorf("the line %q is lost from %q", line, got.Data)
				}
			}
		}
	})
}

// linesOf gives the lines of a text without what may stand at their ends.
func linesOf(data []byte) map[string]bool {
	set := map[string]bool{}
	for line := range bytes.Lines(bytes.TrimPrefix(data, mark)) {
		set[strings.TrimRight(string(line), "\r\n")] = true
	}
	return set
}
