package config

import (
	"fmt"
	"slices"
)

// Renamed is another name of an element.
type Renamed struct {
	List     string // scopes, resources, items or routes
	From, To string
}

// Rename gives an element of scopes, resources, items or routes another name, also where routes name it.
func Rename(list, from, to string) Edit {
	e := rename("renaming "+quote(from)+" of the "+list, from, to, func(doc *Document, c *Config) ([]string, error) {
		at := slices.Index(c.Names(list), from)
		if at < 0 {
			return nil, notThere(list, from, c.Names(list))
		}
		switch list {
		case "scopes":
			c.Scopes[at].Name = to
		case "resources":
			c.Resources[at].Name = to
		case "items":
			c.Items[at].Name = to
			c.Items[at].keepDisplayNames(doc, at)
		default:
			c.Routes[at].Name = to
		}
		places := []string{fmt.Sprintf("%s[%d].name", list, at)}
		for i := range c.Routes {
			places = append(places, c.Routes[i].renameIn(list, from, to, i)...)
		}
		return places, nil
	})
	e.Renamed = Renamed{list, from, to}
	return e
}

// RenameJob gives a job of an item another name.
func RenameJob(item, from, to string) Edit {
	return rename("renaming the job "+quote(from)+" of "+quote(item), from, to, func(_ *Document, c *Config) ([]string, error) {
		at := slices.Index(c.Names("items"), item)
		if at < 0 {
			return nil, notThere("items", item, c.Names("items"))
		}
		jobs := slices.Clone(c.Items[at].Jobs)
		i := slices.Index(jobs, from)
		if i < 0 {
			return nil, notThere("jobs", from, jobs)
		}
		jobs[i] = to
		c.Items[at].Jobs = jobs
		return []string{fmt.Sprintf("items[%d].jobs[%d]", at, i)}, nil
	})
}

// rename is an edit that puts a name in the place of another wherever change says.
func rename(what, from, to string, change func(*Document, *Config) (places []string, err error)) Edit {
	var places []string
	return Edit{
		what: what,
		apply: func(doc *Document, c *Config) (err error) {
			places, err = change(doc, c)
			return err
		},
		write: func(e *editor) bool {
			for _, p := range slices.Backward(places) { // of a line the last place first, since the others move otherwise
				if !e.replace(p, from, to) {
					return false
				}
			}
			return true
		},
	}
}

// renameIn gives what the route names another name, and tells the places. n is the route's own.
func (r *Route) renameIn(list, from, to string, n int) (places []string) {
	switch {
	case list == "items" && r.Item == from:
		r.Item = to
		places = append(places, fmt.Sprintf("routes[%d].item", n))
	case list == "resources" && r.Resource == from:
		r.Resource = to
		places = append(places, fmt.Sprintf("routes[%d].resource", n))
	case list == "scopes":
		r.Scopes = slices.Clone(r.Scopes)
		for i, scope := range r.Scopes {
			if scope == from {
				r.Scopes[i] = to
				places = append(places, fmt.Sprintf("routes[%d].scopes[%d]", n, i))
			}
		}
	}
	return places
}

// keepDisplayNames takes the names that the file gives, though they may be those that would follow from the item's.
func (i *Item) keepDisplayNames(doc *Document, at int) {
	was := doc.Config.Items[at]
	if _, given := doc.positions[fmt.Sprintf("items[%d].displayName", at)]; given {
		i.DisplayName = was.DisplayName
	}
	if _, given := doc.positions[fmt.Sprintf("items[%d].displayNamePlural", at)]; given {
		i.DisplayNamePlural = was.DisplayNamePlural
	}
}
