package merge

import (
	"slices"
	"testing"
)

// fiveThousand is a file of 5,000 lines that both sides edited in 50 places.
func fiveThousand() (base, yours, theirs []byte) {
	s := newSource(1)
	lines := s.text(5000)
	return join(lines), join(s.edit(lines, "yours", 50)), join(s.edit(lines, "theirs", 50))
}

func BenchmarkText5000Lines(b *testing.B) {
	base, yours, theirs := fiveThousand()
	for b.Loop() {
		Text(base, yours, theirs)
	}
}

// BenchmarkText5000LinesTurnedOver is the worst that a person can do: the same lines in another order.
func BenchmarkText5000LinesTurnedOver(b *testing.B) {
	s := newSource(1)
	lines := s.text(5000)
	other := slices.Clone(lines)
	s.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
	base, yours, theirs := join(lines), join(other), join(s.edit(lines, "theirs", 50))
	for b.Loop() {
		Text(base, yours, theirs)
	}
}

// BenchmarkGitMergeFile5000Lines is the yardstick: the same texts, with the start of git's process.
func BenchmarkGitMergeFile5000Lines(b *testing.B) {
	needGit(b)
	base, yours, theirs := fiveThousand()
	dir := b.TempDir()
	for b.Loop() {
		gitMerge(b, dir, base, yours, theirs)
	}
}
