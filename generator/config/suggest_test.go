package config

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"Read", "Write", "Reshare", "Execute"}
	tests := []struct{ word, want string }{
		{"read", "Read"}, {"Raed", "Read"}, {"Reed", "Read"}, {"Writ", "Write"}, {"Reshrae", "Reshare"},
		{"executed", "Execute"},
		{"", ""}, {"Delete", ""}, {"R", ""}, {"Wr", ""},
	}
	for _, tt := range tests {
		if got := Nearest(tt.word, words); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

func TestEdits(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"ab", "ba", 1}, {"abc", "axc", 1}, {"kitten", "sitting", 3}, {"é", "e", 1},
		{"abcdefghijk", "", 9}, {"abc", "abc", 0}, {"", "abc", 3}, {"forse", "force", 1},
	}
	for _, tt := range tests {
		if got := edits(tt.a, tt.b, 9); got != tt.want {
			t.Errorf("edits(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
