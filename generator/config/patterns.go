package config

import "strings"

// patterns holds the routes so far by method, in a tree of path segments, to find those that net/http's ServeMux would
// refuse beside each other: two that match the same paths, or overlap with neither inside the other.
type patterns struct {
	methods map[string]*segment
}

// segment is one step in the tree of paths.
type segment struct {
	plain map[string]*segment
	order []*segment // of plain, as they came
	param *segment
	path  string // of the route that ends here
	owner string // its name; empty where the server itself answers
	ends  bool
}

// taken is the route that another one conflicts with.
type taken struct {
	path, owner string
	same        bool // both match the same paths
}

// newPatterns begins with what the server answers itself: GET /api/me tells the caller who they are.
func newPatterns() *patterns {
	p := &patterns{methods: map[string]*segment{}}
	p.add("GET", "/me", "")
	return p
}

// add keeps a route, unless it conflicts with one that is there.
func (p *patterns) add(method, path, owner string) (taken, bool) {
	root := p.methods[method]
	if root == nil {
		root = &segment{}
		p.methods[method] = root
	}
	steps := strings.Split(path[1:], "/")
	if other := root.conflict(steps, false, false); other != nil {
		return taken{other.path, other.owner, sameShape(other.path, path)}, true
	}
	for _, step := range steps {
		root = root.child(step)
	}
	root.path, root.owner, root.ends = path, owner, true
	return taken{}, false
}

func isParam(step string) bool { return strings.HasPrefix(step, "{") }

func (s *segment) child(step string) *segment {
	if isParam(step) {
		if s.param == nil {
			s.param = &segment{}
		}
		return s.param
	}
	if s.plain == nil {
		s.plain = map[string]*segment{}
	}
	if s.plain[step] == nil {
		s.plain[step] = &segment{}
		s.order = append(s.order, s.plain[step])
	}
	return s.plain[step]
}

// conflict looks for a route that overlaps with the steps and is neither narrower nor wider. narrower and wider tell
// whether the steps so far have been so against the branch that was taken.
func (s *segment) conflict(steps []string, narrower, wider bool) *segment {
	switch {
	case len(steps) > 0 && isParam(steps[0]):
		return s.conflictParam(steps[1:], narrower, wider)
	case len(steps) > 0:
		return s.conflictPlain(steps[0], steps[1:], narrower, wider)
	case s.ends && narrower == wider:
		return s
	}
	return nil
}

func (s *segment) conflictPlain(step string, rest []string, narrower, wider bool) *segment {
	if next := s.plain[step]; next != nil {
		if found := next.conflict(rest, narrower, wider); found != nil {
			return found
		}
	}
	if s.param == nil {
		return nil
	}
	return s.param.conflict(rest, true, wider)
}

func (s *segment) conflictParam(rest []string, narrower, wider bool) *segment {
	if s.param != nil {
		if found := s.param.conflict(rest, narrower, wider); found != nil {
			return found
		}
	}
	for _, next := range s.order {
		if found := next.conflict(rest, narrower, true); found != nil {
			return found
		}
	}
	return nil
}

// sameShape tells whether two paths differ in the names of their parameters alone.
func sameShape(a, b string) bool {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range x {
		if x[i] != y[i] && !(isParam(x[i]) && isParam(y[i])) {
			return false
		}
	}
	return true
}
