package config

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
)

// TestPatternsAgreeWithServeMux holds the check of routes against the router that they are for.
func TestPatternsAgreeWithServeMux(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	steps := []string{"a", "b", "{x}", "{y}", "{z}"}
	for range 2000 {
		ours, mux := newPatterns(), http.NewServeMux()
		mux.Handle("GET /me", http.NotFoundHandler())
		for range 8 {
			path := ""
			for range 1 + random.IntN(3) {
				path += "/" + steps[random.IntN(len(steps))]
			}
			if explainSegments(path) != "" {
				continue
			}
			method := []string{"GET", "POST"}[random.IntN(2)]
			taken, conflict := ours.add(method, path, "route")
			if refused := register(mux, method+" "+path); conflict != (refused != "") {
				t.Fatalf("%s %s: conflict %v with %q, ServeMux says %q", method, path, conflict, taken.path, refused)
			}
		}
	}
}

// register gives what ServeMux says against a pattern.
func register(mux *http.ServeMux, pattern string) (refused string) {
	defer func() {
		if v := recover(); v != nil {
			refused = fmt.Sprint(v)
		}
	}()
	mux.Handle(pattern, http.NotFoundHandler())
	return ""
}

func TestPatternsNameTheOther(t *testing.T) {
	tests := []struct {
		first, second string
		want          taken
		conflict      bool
	}{
		{"/a/{x}", "/a/{y}", taken{"/a/{x}", "first", true}, true},
		{"/a/{x}", "/{y}/b", taken{"/a/{x}", "first", false}, true},
		{"/a/{x}", "/a/b", taken{}, false},
		{"/a/{x}", "/b/{x}", taken{}, false},
		{"/a/{x}", "/a", taken{}, false},
		{"/a", "/me", taken{"/me", "", true}, true},
		{"/a", "/{me}", taken{}, false},
	}
	for _, tt := range tests {
		p := newPatterns()
		if _, conflict := p.add("GET", tt.first, "first"); conflict {
			t.Fatalf("%s conflicts with nothing", tt.first)
		}
		got, conflict := p.add("GET", tt.second, "second")
		if conflict != tt.conflict || got != tt.want {
			t.Errorf("%s then %s: %+v %v, want %+v %v", tt.first, tt.second, got, conflict, tt.want, tt.conflict)
		}
	}
}
