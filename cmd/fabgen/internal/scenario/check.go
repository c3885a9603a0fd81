package scenario

import (
	"slices"
	"strings"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/yamlfile"
	"github.com/fabgen/fabgen/generator/model"
)

// Parse reads a story about a workload, played by the people of a seed. file is its name for messages. The error is of
// type yamlfile.Problems, and holds everything that is wrong.
func Parse(file string, data []byte, m *model.Model, seed *localentra.Seed) (*Story, error) {
	r := &yamlfile.Reader{File: file, Words: words}
	name, nodes := read(r, data)
	story := &Story{File: file, Name: name}
	c := &checker{Reader: r, m: m, items: map[string]*model.Item{}, runs: map[string]bool{}, schedules: map[string]bool{}}
	for _, u := range seed.Users {
		c.people = append(c.people, u.UserName)
	}
	for i := range nodes {
		if !r.Failed(nodes[i].step.Line) { // what a step says is not looked at where its form is wrong
			c.check(&nodes[i])
		}
		story.Steps = append(story.Steps, nodes[i].step)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return story, nil
}

// checker compares a story with the workload that it is about.
type checker struct {
	*yamlfile.Reader
	m      *model.Model
	people []string
	who    string
	items  map[string]*model.Item // that earlier steps have made, by what they call them
	runs   map[string]bool

	schedules map[string]bool // that are there
	node      *node
}

// wrong reports something at a key of the step.
func (c *checker) wrong(key, format string, args ...any) {
	c.Fail(c.node.place(key), format, args...)
}

// known reports a word that is none of those that there are.
func (c *checker) known(key, what, word string, all []string) {
	c.Known(c.node.place(key), what, word, all)
}

// actions are those of a step, by their keys.
func (s *Step) actions() []string {
	var keys []string
	for _, a := range []struct {
		key string
		is  bool
	}{
		{"call", s.Call != nil}, {"create", s.Create != nil}, {"read", s.Read != nil}, {"update", s.Update != nil},
		{"delete", s.Delete != nil}, {"run", s.Run != nil}, {"wait", s.Wait != nil}, {"cancel", s.Cancel != nil},
		{"schedule", s.Schedule != nil}, {"due", s.Due != nil}, {"unschedule", s.Unschedule != nil},
		{"resolve", s.Resolve != nil}, {"fault", s.Fault != nil}, {"outage", s.Outage != nil},
		{"expireSecret", s.ExpireSecret != nil}, {"rotateKeys", s.RotateKeys}, {"expireTokens", s.ExpireTokens},
		{"revokeConsent", s.RevokeConsent}, {"requireProof", s.RequireProof != nil}, {"grant", s.Grant != nil},
		{"role", s.Role != nil}, {"pause", s.Pause != nil},
	} {
		if a.is {
			keys = append(keys, a.key)
		}
	}
	return keys
}

// acts says whether somebody does something, which ends in some way.
func (s *Step) acts() bool {
	return s.Call != nil || s.Create != nil || s.Read != nil || s.Update != nil || s.Delete != nil || s.Run != nil ||
		s.Wait != nil || s.Cancel != nil || s.Schedule != nil || s.Due != nil || s.Unschedule != nil || s.Resolve != nil
}

func (c *checker) check(n *node) {
	c.node = n
	s := &n.step
	if s.Who != "" {
		c.known("as", "user", s.Who, c.people)
		c.who = s.Who
	}
	keys := s.actions()
	switch {
	case len(keys) > 1:
		c.wrong(keys[1], "found %s in one step; give each a step of its own", strings.Join(keys, " and "))
		return
	case len(keys) == 0 && (s.Who == "" || s.Expect != nil):
		c.wrong("", "found a step that does nothing; want one of call, create, read, update, delete, run, wait, cancel, "+
			"fault and so on")
	case s.Expect != nil && !s.acts():
		c.wrong("expect", "found expect where nobody does anything; put it into the step that it is about")
	case s.acts() && c.who == "":
		c.wrong(keys[0], "nobody acts yet; begin with as: and one of %s", strings.Join(c.people, ", "))
	}
	c.checkItems(s)
	c.checkJobs(s)
	c.checkSchedules(s)
	c.checkCloud(s)
}

func (c *checker) checkItems(s *Step) {
	switch {
	case s.Call != nil:
		c.checkCall(s.Call)
	case s.Create != nil:
		c.known("create", "item", s.Create.Item, itemNames(c.m))
		if s.Create.Name == "" {
			c.wrong("create", "found no name; give the item one")
		}
		if s.Create.As != "" {
			i := slices.IndexFunc(c.m.Items, func(i *model.Item) bool { return i.Name == s.Create.Item })
			if i >= 0 {
				c.items[s.Create.As] = c.m.Items[i]
			}
		}
	case s.Read != nil:
		c.item("read", s.Read.Of)
	case s.Update != nil:
		c.item("update", s.Update.Of)
	case s.Delete != nil:
		c.item("delete", s.Delete.Of)
	case s.Grant != nil:
		c.item("grant", s.Grant.Of)
	}
}

// item wants an item that an earlier step has made.
func (c *checker) item(key, name string) {
	if _, ok := c.items[name]; !ok {
		c.wrong(key, "of is %q, which no step before has made; make it with create and as: %s", name, name)
	}
}

func itemNames(m *model.Model) []string {
	var names []string
	for _, i := range m.Items {
		names = append(names, i.Name)
	}
	return names
}

func routeOf(m *model.Model, name string) *model.Route {
	if i := slices.IndexFunc(m.Routes, func(r *model.Route) bool { return r.Name == name }); i >= 0 {
		return m.Routes[i]
	}
	return nil
}

func (c *checker) checkCall(call *Call) {
	var names []string
	for _, r := range c.m.Routes {
		names = append(names, r.Name)
	}
	c.known("call", "route", call.Route, names)
	if call.Of != "" {
		c.item("call", call.Of)
	}
	route := routeOf(c.m, call.Route)
	if route == nil {
		return
	}
	for _, p := range slices.Concat(route.Params, route.Query) {
		if call.Params[p.Name] == "" && (call.Of == "" || p.Name != "itemId") && p.Name != "workspaceId" {
			c.wrong("call", "%s needs the parameter %s; give it under params, or an item with of", route.Name, p.Name)
		}
	}
}

func (c *checker) checkJobs(s *Step) {
	switch {
	case s.Run != nil:
		c.jobOf("run", s.Run.Job, s.Run.Of)
		if s.Run.As == "" {
			s.Run.As = s.Run.Job
		}
		c.runs[s.Run.As] = true
	case s.Wait != nil:
		c.run("wait", s.Wait.Job)
		if s.Wait.For == "" {
			s.Wait.For = "Completed"
		}
		c.known("wait", "end of a job", s.Wait.For, []string{"Completed", "Failed", "Cancelled"})
	case s.Cancel != nil:
		c.run("cancel", s.Cancel.Job)
	}
}

// jobOf wants a job of an item that an earlier step has made.
func (c *checker) jobOf(key, job, of string) {
	c.item(key, of)
	if i := c.items[of]; i != nil {
		var names []string
		for _, j := range i.Jobs {
			names = append(names, j.Name)
		}
		c.known(key, "job", job, names)
	}
}

func (c *checker) checkSchedules(s *Step) {
	switch {
	case s.Schedule != nil:
		c.jobOf("schedule", s.Schedule.Job, s.Schedule.Of)
		if s.Schedule.As == "" {
			s.Schedule.As = s.Schedule.Job
		}
		if c.schedules[s.Schedule.As] {
			c.wrong("schedule", "there is a schedule %q; drop it first with unschedule, or give this one another name with as", s.Schedule.As)
		}
		c.schedules[s.Schedule.As] = true
	case s.Due != nil:
		c.schedule("due", s.Due.Schedule)
		if s.Due.As == "" {
			s.Due.As = s.Due.Schedule
		}
		c.runs[s.Due.As] = true
	case s.Unschedule != nil:
		c.schedule("unschedule", s.Unschedule.Schedule)
		delete(c.schedules, s.Unschedule.Schedule)
	}
}

// schedule wants a schedule that an earlier step has made.
func (c *checker) schedule(key, name string) {
	if !c.schedules[name] {
		c.wrong(key, "schedule is %q, which is not there; make it with schedule", name)
	}
}

// run wants a run that an earlier step has started.
func (c *checker) run(key, name string) {
	if !c.runs[name] {
		c.wrong(key, "job is %q, which no step before has started; start it with run", name)
	}
}

func (c *checker) checkCloud(s *Step) {
	switch {
	case s.Fault != nil:
		c.checkFault(s.Fault)
	case s.Role != nil:
		c.known("role", "user", s.Role.Of, c.people)
		c.known("role", "role", s.Role.Role, localentra.Roles)
	case s.ExpireTokens && c.who == "":
		c.wrong("expireTokens", "nobody acts yet whose token could expire; begin with as:")
	case s.RequireProof != nil:
		c.known("requireProof", "user", s.RequireProof.Of, c.people)
		var names []string
		for _, r := range c.m.Resources {
			names = append(names, r.Name)
		}
		c.known("requireProof", "resource", s.RequireProof.For, names)
	}
}

func (c *checker) checkFault(f *Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	switch {
	case f.Times < 1 || f.Times > 1000:
		c.wrong("fault", "times is %d; want 1 to 1000", f.Times)
	case len(slices.DeleteFunc([]string{f.Entra, f.Fabric, f.OneLake}, func(s string) bool { return s == "" })) != 1:
		c.wrong("fault", "want one of entra, fabric and onelake, and what goes wrong there")
	case f.Entra != "":
		var names []string
		for _, fault := range localentra.Faults() {
			names = append(names, string(fault))
		}
		c.known("fault", "fault of Entra", f.Entra, names)
	case f.Fabric != "":
		c.known("fault", "fault of Fabric", f.Fabric, []string{throttled})
	default:
		c.known("fault", "fault of OneLake", f.OneLake, []string{throttled})
	}
}

// throttled is the one fault of Fabric's and OneLake's.
const throttled = "throttled"
