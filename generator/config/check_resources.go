package config

import (
	"slices"
	"strconv"
	"strings"
)

// checkResource applies the rules of one resource; its defaults are filled in already.
func (r *reader) checkResource(res *Resource, path string) {
	if res.Name == "" || !r.sound(path, path+".name") {
		return
	}
	k, known := Known(res.Name)
	if known {
		r.checkKnown(res, &k, path)
	} else if res.URI == "" && r.sound(path+".uri") {
		r.noURI(res.Name, path)
	}
	if len(res.Scopes) == 0 && r.sound(path+".scopes") {
		r.report(path+".scopes", r.position(path), fault{"nothing", "the scopes that the back-end asks for",
			"name them, such as " + orText(k.DefaultScope, defaultScope)})
	}
	if len(res.Scopes) > 1 && slices.Contains(res.Scopes, defaultScope) && res.As == AsUser {
		r.reportAt(path+".scopes", fault{".default beside other scopes",
			".default alone or the other scopes alone, as Entra asks for", ""})
	}
	r.checkPermissions(res, path)
}

// noURI reports a resource that is neither known nor described.
func (r *reader) noURI(name, path string) {
	if hint := r.hint(name, KnownResources()); hint != "" {
		r.fail(path+".name", r.position(path+".name"), fault{quote(name) + ", which fabgen does not know, without a uri",
			"one of " + strings.Join(KnownResources(), ", ") + ", or the uri of a resource of your own", hint})
		return
	}
	r.report(path+".uri", r.position(path), fault{"nothing", resourceURIRule.want, "give the resource's uri"})
}

// checkKnown refuses a URI or an ID that contradicts what is known.
func (r *reader) checkKnown(res *Resource, k *KnownResource, path string) {
	if !k.OwnURI && res.URI != k.URI && r.sound(path+".uri") {
		r.reportAt(path+".uri", fault{quote(res.URI), quote(k.URI) + ", the URI of " + k.Title,
			"leave the key out, or give the resource another name"})
	}
	if k.OwnURI && !strings.HasPrefix(res.URI, "https://") && r.sound(path+".uri") {
		r.reportAt(path+".uri", fault{quote(res.URI), "the https:// address of the cluster", ""})
	}
	if res.AppID != k.AppID && r.sound(path+".appId") {
		r.reportAt(path+".appId", fault{quote(res.AppID), quote(k.AppID) + ", the application of " + k.Title,
			"leave the key out"})
	}
}

// checkPermissions refuses IDs of scopes that the resource does not list, and IDs that contradict what is known.
func (r *reader) checkPermissions(res *Resource, path string) {
	k, _ := knownFor(res)
	for _, scope := range sortedKeys(res.Permissions) {
		p := join(path+".permissions", scope)
		switch id := k.Permissions[scope]; {
		case !r.sound(p, path+".scopes"):
		case !slices.Contains(res.Scopes, scope):
			r.reportAt(p, fault{"an ID for the scope " + quote(scope), "IDs of the scopes that are listed in scopes",
				r.hint(scope, res.Scopes)})
		case id != "" && res.Permissions[scope] != id:
			r.reportAt(p, fault{quote(res.Permissions[scope]), strconv.Quote(id) + ", the ID of " + scope + " there",
				"leave the key out"})
		}
	}
}

func orText(first, second string) string {
	if first != "" {
		return first
	}
	return second
}
