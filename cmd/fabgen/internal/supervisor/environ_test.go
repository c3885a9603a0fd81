package supervisor_test

import (
	"slices"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

func TestEnviron(t *testing.T) {
	base := []string{
		"PATH=/bin", "FABRIC_CLIENT_SECRET=x", "FABRIC_", "PRICING_URL=y", "DATABASE_URL=z", "URL=kept", "HOME=/a", "HOME=/b",
		"=C:=C:\\", "EMPTY=", "EQ=a=b", "",
	}
	set := map[string]string{"DATABASE_URL": "sqlite:x", "NEW": ""}
	got := supervisor.Environ(base, set, "FABRIC_*", "*_URL", "NOT_THERE")
	want := []string{"=C:=C:\\", "DATABASE_URL=sqlite:x", "EMPTY=", "EQ=a=b", "HOME=/b", "NEW=", "PATH=/bin", "URL=kept"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnvironDropsNothingMore(t *testing.T) {
	for pattern, names := range map[string]map[string]bool{
		"A*":  {"A": true, "AB": true, "BA": false},
		"*A":  {"A": true, "BA": true, "AB": false},
		"A*A": {"A": false, "AA": true, "ABA": true},
		"A":   {"A": true, "AA": false},
		"*":   {"A": true},
		"":    {"A": false},
	} {
		for name, dropped := range names {
			if got := supervisor.Environ([]string{name + "=x"}, nil, pattern); (len(got) == 0) != dropped {
				t.Errorf("%q of %s gives %q", pattern, name, got)
			}
		}
	}
}
