package config

import (
	"fmt"
	"slices"
	"strings"
)

// names are the words of one list that routes may refer to, with a set to look one up quickly.
type names struct {
	section string
	list    []string
	set     map[string]bool
	sure    bool // all of them are right; else a name that is missing may be meant by one that is wrong
}

func namesOf[T any](r *reader, section string, values []T, name func(*T) string) names {
	n := names{section: section, set: make(map[string]bool, len(values)), sure: r.sound(section)}
	for i := range values {
		path := fmt.Sprintf("%s[%d]", section, i)
		n.list = append(n.list, name(&values[i]))
		n.set[n.list[i]] = true
		n.sure = n.sure && r.sound(path, path+".name")
	}
	return n
}

// checkRoutes resolves the names that routes refer to and finds patterns that no router could tell apart.
func (r *reader) checkRoutes(c *Config) {
	scopes := namesOf(r, "scopes", c.Scopes, func(s *Scope) string { return s.Name })
	resources := namesOf(r, "resources", c.Resources, func(s *Resource) string { return s.Name })
	items := namesOf(r, "items", c.Items, func(s *Item) string { return s.Name })
	table := newPatterns()
	for i := range c.Routes {
		route, path := &c.Routes[i], fmt.Sprintf("routes[%d]", i)
		for j, scope := range route.Scopes {
			r.refer(fmt.Sprintf("%s.scopes[%d]", path, j), scope, scopes)
		}
		r.refer(path+".resource", route.Resource, resources)
		r.refer(path+".item", route.Item, items)
		r.checkItemPermissions(route, path)
		r.checkPattern(table, route, path)
	}
}

// refer reports a name that is in no list.
func (r *reader) refer(path, name string, known names) {
	if name == "" || known.set[name] || !known.sure || !r.sound(path) {
		return
	}
	f := fault{found: quote(name), want: "a name from " + known.section}
	if len(known.list) == 0 {
		f.want += ", which has none"
	} else {
		f.hint = orText(r.hint(name, known.list), firstFew(known.list))
	}
	r.reportAt(path, f)
}

// firstFew shows what there is, where nothing is near.
func firstFew(list []string) string {
	const few = 5
	if len(list) > few {
		return "there are " + strings.Join(list[:few], ", ") + " and more"
	}
	return "there are " + strings.Join(list, ", ")
}

// checkItemPermissions refuses an item without permissions, and permissions without an item.
func (r *reader) checkItemPermissions(route *Route, path string) {
	if !r.sound(path, path+".item", path+".permissions") {
		return
	}
	switch {
	case route.Item != "" && len(route.Permissions) == 0:
		r.reportAt(path+".item", fault{"an item without permissions", "item and permissions together",
			"add permissions: [Read]"})
	case route.Item == "" && len(route.Permissions) > 0:
		r.reportAt(path+".permissions", fault{"permissions without an item", "item and permissions together",
			"add the item that they are asked for"})
	}
}

// checkPattern refuses a method and path that another route has, or that overlap so that neither is the narrower one.
func (r *reader) checkPattern(table *patterns, route *Route, path string) {
	if route.Path == "" || !slices.Contains(methodRule.choices, route.Method) || !r.sound(path, path+".path") {
		return
	}
	pattern := route.Method + " " + route.Path
	taken, conflict := table.add(route.Method, route.Path, route.Name)
	switch {
	case !conflict:
	case taken.same && taken.owner == "":
		r.reportAt(path+".path", fault{pattern + ", which the server answers itself", "another method or path", ""})
	case taken.same:
		r.reportAt(path+".path", fault{pattern + ", which the route " + quote(taken.owner) + " has already",
			"each method and path once", "change the method or the path of one of them"})
	default:
		r.reportAt(path+".path", fault{fmt.Sprintf("%s, which overlaps with %s %s of the route %s", pattern, route.Method,
			taken.path, quote(taken.owner)), "paths of which one is narrower wherever both match",
			"put a plain segment in place of a parameter"})
	}
}
