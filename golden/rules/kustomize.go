package rules

import (
	"path"
	"slices"
	"strings"
)

// build gives the objects that Kustomize makes of a folder, as far as a generated workload goes: resources, components,
// a generated ConfigMap, strategic patches by file, namespace and images.
func (c *checker) build(folder string, objects []*members) []*members {
	k := c.manifest(path.Join(folder, "kustomization.yaml"))
	if k == nil {
		return objects
	}
	c.checkKustomization(folder, k)
	for _, name := range k.optional("resources") {
		if file := path.Join(folder, name); path.Ext(name) != ".yaml" {
			objects = c.build(file, objects)
		} else if m := c.manifest(file); m != nil {
			objects = append(objects, m)
		}
	}
	for _, name := range k.optional("components") {
		objects = c.build(path.Join(folder, name), objects)
	}
	for _, g := range k.elements("configMapGenerator") {
		objects = generate(g, objects)
	}
	for _, p := range k.elements("patches") {
		if patch := c.manifest(path.Join(folder, p.text("path"))); patch != nil {
			objects = patch.applyTo(objects)
		}
	}
	k.transform(objects)
	return objects
}

// optional gives the strings of an array that may be missing.
func (m *members) optional(path string) []string {
	if !m.has(path) {
		return nil
	}
	return m.strings(path)
}

// checkKustomization checks that what the folder has and what the kustomization names are the same.
func (c *checker) checkKustomization(folder string, k *members) {
	want := map[string]string{"Component": "v1alpha1", "Kustomization": "v1beta1"}[k.text("kind")]
	c.equal(k.file, "apiVersion", k.text("apiVersion"), "kustomize.config.k8s.io/"+want)
	named := k.optional("resources")
	for _, p := range k.elements("patches") {
		named = append(named, p.text("path"))
	}
	for _, file := range c.list(folder, ".yaml") {
		if name := path.Base(file); name != "kustomization.yaml" && !slices.Contains(named, name) {
			c.add(k.file, "resources", "nothing of "+name, "each file of the folder")
		}
	}
	if k.has("secretGenerator") {
		k.add("secretGenerator", "a generated secret", "secrets that are made elsewhere")
	}
}

// generate makes a ConfigMap of literals, or adds them to the one that is there.
func generate(g *members, objects []*members) []*members {
	at := slices.IndexFunc(objects, func(o *members) bool {
		return o.text("kind") == "ConfigMap" && o.text("metadata.name") == g.text("name")
	})
	merges := g.text("behavior") == "merge"
	if merges != (at >= 0) {
		g.add("behavior", quote(g.text("behavior")), "merge where the ConfigMap is there, and nothing where it is not")
	}
	if at < 0 {
		at = len(objects)
		objects = append(objects, &members{c: g.c, file: g.file, data: map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{},
			"metadata": map[string]any{"name": g.text("name")},
		}})
	}
	data, _ := objects[at].value("data").(map[string]any)
	for _, literal := range g.strings("literals") {
		name, value, ok := strings.Cut(literal, "=")
		if !ok {
			g.add("literals", quote(literal), "NAME=value")
		}
		data[name] = value
	}
	return objects
}

// applyTo merges a patch into the object of its kind and name, or deletes that.
func (m *members) applyTo(objects []*members) []*members {
	at := slices.IndexFunc(objects, func(o *members) bool {
		same := func(path string) bool { return o.text(path) == m.text(path) }
		return same("apiVersion") && same("kind") && same("metadata.name")
	})
	switch {
	case at < 0:
		m.add("metadata.name", "a patch of nothing", "an object that the patch is for")
	case m.text("$patch") == "delete":
		return slices.Delete(objects, at, at+1)
	default:
		merge(objects[at].data.(map[string]any), m.data.(map[string]any))
	}
	return objects
}

// mergeKeys say by which member the elements of a list are the same.
var mergeKeys = map[string]string{
	"containers": "name", "env": "name", "volumes": "name", "volumeMounts": "mountPath", "ports": "containerPort",
}

func merge(into, patch map[string]any) {
	for key, value := range patch {
		switch v := value.(type) {
		case map[string]any:
			if old, ok := into[key].(map[string]any); ok {
				merge(old, v)
				continue
			}
		case []any:
			if by := mergeKeys[key]; by != "" {
				old, _ := into[key].([]any)
				into[key] = mergeList(old, v, by)
				continue
			}
		}
		into[key] = value
	}
}

func mergeList(into, patch []any, by string) []any {
	for _, element := range patch {
		p, _ := element.(map[string]any)
		at := slices.IndexFunc(into, func(old any) bool { o, _ := old.(map[string]any); return o[by] == p[by] })
		switch {
		case p["$patch"] == "delete" && at >= 0:
			into = slices.Delete(into, at, at+1)
		case at >= 0:
			merge(into[at].(map[string]any), p)
		default:
			into = append(into, p)
		}
	}
	return into
}

// transform gives every object the namespace, and containers the images that stand for theirs.
func (m *members) transform(objects []*members) {
	for _, o := range objects {
		if ns := m.text("namespace"); ns != "" {
			o.value("metadata").(map[string]any)["namespace"] = ns
		}
		if o.text("kind") != "Deployment" {
			continue
		}
		for _, container := range o.list("spec.template.spec.containers") {
			for _, image := range m.elements("images") {
				if name, _, _ := strings.Cut(container.text("image"), ":"); name == image.text("name") {
					container.data.(map[string]any)["image"] = image.text("newName") + ":" + image.text("newTag")
				}
			}
		}
	}
}
