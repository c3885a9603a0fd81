package config

import (
	"slices"
	"strconv"
	"strings"
)

// The compact form in which a flag gives one element of a list: a short form for the common case, else pairs
// key=value with commas between, where keys are those of fabgen.yaml with dashes (base-url for baseUrl, and job, scope
// and permission, repeated, for lists). A value with a comma stands in double quotes, a quote within it twice.

// addElement adds one element to the list at a path, whatever its values are. The faults are those of the form.
func addElement(c *Config, path, value string) []fault {
	if strings.TrimSpace(value) == "" {
		return []fault{{"an empty text", "one of the " + path, ""}}
	}
	switch path {
	case "scopes":
		name, description, _ := strings.Cut(value, "=")
		c.Scopes = append(c.Scopes, Scope{Name: name, Description: description})
		return nil
	case "resources":
		res, faults := compactResource(value)
		c.Resources = append(c.Resources, res)
		return faults
	case "items":
		item, faults := compactItem(value)
		c.Items = append(c.Items, item)
		return faults
	}
	route, faults := compact(routeShape, value)
	c.Routes = append(c.Routes, route)
	return faults
}

// compactResource takes NAME, NAME:SCOPE,SCOPE or pairs. A known name asks for what most workloads ask it for.
func compactResource(value string) (Resource, []fault) {
	var res Resource
	var faults []fault
	if strings.Contains(value, "=") {
		res, faults = compact(resourceShape, value)
	} else {
		res.Name, res.Scopes = compactList(value)
	}
	if k, known := Known(res.Name); known && len(res.Scopes) == 0 && res.As != AsApp {
		res.Scopes = []string{k.DefaultScope}
	}
	return res, faults
}

// compactItem takes NAME, NAME:JOB,JOB or pairs.
func compactItem(value string) (Item, []fault) {
	if strings.Contains(value, "=") {
		return compact(itemShape, value)
	}
	var item Item
	item.Name, item.Jobs = compactList(value)
	return item, nil
}

// compactList takes NAME:WORD,WORD apart.
func compactList(value string) (name string, words []string) {
	name, list, more := strings.Cut(value, ":")
	if !more {
		return name, nil
	}
	return name, strings.Split(list, ",")
}

// compact reads pairs into a value by its shape.
func compact[T any](s objectShape[T], value string) (T, []fault) {
	var out T
	pairs, f, bad := splitPairs(value)
	if bad {
		return out, []fault{f}
	}
	var faults []fault
	keys := s.compactKeys()
	seen := map[string]bool{}
	for _, p := range pairs {
		i := slices.Index(keys, p.key)
		if i < 0 {
			faults = append(faults, fault{"the unknown key " + quote(p.key), "the keys " + strings.Join(keys, ", "),
				didYouMean(p.key, keys)})
			continue
		}
		field := &s.fields[i]
		if f, bad := assign(field.shape, field.at(&out), p, seen[p.key]); bad {
			faults = append(faults, f)
		}
		seen[p.key] = true
	}
	return out, faults
}

// compactKeys are the keys of a shape as pairs have them, in the order of its fields.
func (s objectShape[T]) compactKeys() []string {
	keys := s.keys()
	for i, key := range keys {
		if repeats(s.fields[i].shape) {
			key = strings.TrimSuffix(key, "s")
		}
		keys[i] = dashed(key)
	}
	return keys
}

// repeats tells whether a key may come more than once.
func repeats(s shape) bool {
	switch s.(type) {
	case listShape[string], dictShape[string]:
		return true
	}
	return false
}

// assign puts the text of one pair where it belongs.
func assign(s shape, dst any, p pair, again bool) (fault, bool) {
	if again && !repeats(s) {
		return fault{"the key " + quote(p.key) + " a second time", "each key once", ""}, true
	}
	switch s.(type) {
	case textShape:
		*dst.(*string) = p.value
	case booleanShape:
		if p.value != "true" && p.value != "false" {
			return fault{p.key + "=" + p.value, "true or false", ""}, true
		}
		*dst.(*bool) = p.value == "true"
	case listShape[string]:
		list := dst.(*[]string)
		*list = append(*list, p.value)
	case dictShape[string]:
		return assignEntry(dst.(*map[string]string), p)
	}
	return fault{}, false
}

// assignEntry takes SCOPE:GUID.
func assignEntry(dst *map[string]string, p pair) (fault, bool) {
	key, value, ok := strings.Cut(p.value, ":")
	if !ok {
		return fault{p.key + "=" + p.value, p.key + "=SCOPE:GUID", ""}, true
	}
	if *dst == nil {
		*dst = map[string]string{}
	}
	(*dst)[key] = value
	return fault{}, false
}

// pair is key=value.
type pair struct{ key, value string }

// splitPairs takes key=value,key="a, b" apart.
func splitPairs(s string) ([]pair, fault, bool) {
	var pairs []pair
	for rest := s; ; {
		key, after, ok := strings.Cut(rest, "=")
		if !ok || strings.Contains(key, ",") {
			part, _, _ := strings.Cut(rest, ",")
			return nil, fault{quote(part), "key=value", "a value with a comma stands in double quotes"}, true
		}
		value, tail, ok := cutValue(after)
		if !ok {
			return nil, fault{strconv.Quote(key + "=" + after), "a closing quote and then a comma", ""}, true
		}
		pairs = append(pairs, pair{strings.TrimSpace(key), value})
		if tail == "" {
			return pairs, fault{}, false
		}
		rest = tail[1:]
	}
}

// cutValue takes the value off the front of the rest of some pairs; the tail begins with a comma or is empty.
func cutValue(s string) (value, tail string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		i := strings.IndexByte(s+",", ',')
		return s[:i], s[i:], true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			b.WriteByte(s[i])
			continue
		}
		if strings.HasPrefix(s[i+1:], `"`) {
			b.WriteByte('"')
			i++
			continue
		}
		tail = s[i+1:]
		return b.String(), tail, tail == "" || tail[0] == ','
	}
	return "", "", false
}

// dashed writes oneLakeFolders as one-lake-folders.
func dashed(key string) string {
	var b strings.Builder
	for _, r := range key {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
