package rules

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	overlaysFolder = "deploy/kubernetes/overlays"
	deployReadme   = "deploy/README.md"

	// drainSeconds is how long the runtime's server lets calls come to their end.
	drainSeconds = 20
	serverPort   = 5000
)

// kinds are the versions of what a workload deploys, and what each must have.
var kinds = map[string]struct {
	apiVersion string
	required   []string
}{
	"ConfigMap":             {"v1", []string{"data"}},
	"Deployment":            {"apps/v1", []string{"spec.replicas", "spec.selector.matchLabels", "spec.template.spec"}},
	"NetworkPolicy":         {"networking.k8s.io/v1", []string{"spec.podSelector.matchLabels", "spec.policyTypes"}},
	"PersistentVolumeClaim": {"v1", []string{"spec.accessModes", "spec.resources.requests.storage"}},
	"PodDisruptionBudget":   {"policy/v1", []string{"spec.minAvailable", "spec.selector.matchLabels"}},
	"Service":               {"v1", []string{"spec.selector", "spec.ports"}},
	"ServiceAccount":        {"v1", nil},
}

var labelPattern = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

// checkKubernetes checks what Kustomize makes of each environment, with one replica and with several.
func (c *checker) checkKubernetes(workloads []workload) {
	for _, w := range workloads {
		name := w.environment
		if name == "" {
			name = "dev"
		}
		for _, overlay := range []string{"single", "replicas"} {
			folder := path.Join(overlaysFolder, overlay, name)
			cluster := &cluster{checker: c, folder: folder}
			for _, o := range c.build(folder, nil) {
				where := o.text("kind") + " " + o.text("metadata.name") // a patch may have made what is wrong with it
				cluster.objects = append(cluster.objects, &members{c: c, file: folder, path: where, data: o.data})
			}
			cluster.check(w)
		}
	}
}

// Objects gives what Kustomize makes of a folder of the workload, as far as this package knows Kustomize.
func Objects(fsys fs.FS, folder string) []map[string]any {
	var out []map[string]any
	for _, o := range (&checker{fsys: fsys}).build(folder, nil) {
		out = append(out, o.data.(map[string]any))
	}
	return out
}

// cluster is the objects of one overlay.
type cluster struct {
	*checker
	folder  string
	objects []*members
}

func (c *cluster) check(w workload) {
	namespace := ""
	for _, o := range c.objects {
		c.checkObject(o)
		if namespace == "" {
			namespace = o.text("metadata.namespace")
		}
		o.equal("metadata.namespace", namespace)
	}
	deployment := c.find("Deployment", "")
	if deployment == nil {
		c.add(c.folder, "", "no Deployment", "one")
		return
	}
	c.checkPod(deployment.at("spec.template"))
	c.checkSelectors(deployment)
	c.checkStores(deployment)
	if settings := c.find("ConfigMap", ""); settings != nil {
		settings.equal("data.FABRIC_CLIENT_ID", w.appID)
		settings.equal("data.FABRIC_AUDIENCE", w.resourceID)
		for name := range settings.mapping("data") {
			c.setting(settings.file, name)
		}
	}
}

func (c *cluster) find(kind, name string) *members {
	for _, o := range c.objects {
		if o.text("kind") == kind && (name == "" || o.text("metadata.name") == name) {
			return o
		}
	}
	return nil
}

// need reports an object that another one names and that is not there.
func (c *cluster) need(from *members, where, kind, name string) {
	if c.find(kind, name) == nil {
		from.add(where, quote(name), "the name of a "+kind)
	}
}

func (c *cluster) checkObject(o *members) {
	known, ok := kinds[o.text("kind")]
	if !ok {
		o.add("kind", quote(o.text("kind")), "a kind that a workload deploys; secrets are made elsewhere")
	}
	o.equal("apiVersion", known.apiVersion)
	for _, name := range []string{"metadata.name", "metadata.namespace"} {
		c.matches(o.file, o.join(name), o.text(name), labelPattern, "a label of RFC 1035")
	}
	o.mapping("metadata.labels")
	for _, required := range known.required {
		o.required(required)
	}
}

// checkSelectors checks that everything that looks for the pods finds them.
func (c *cluster) checkSelectors(deployment *members) {
	labels := deployment.mapping("spec.template.metadata.labels")
	for _, o := range c.objects {
		for kind, where := range map[string]string{
			"Deployment": "spec.selector.matchLabels", "Service": "spec.selector",
			"NetworkPolicy": "spec.podSelector.matchLabels", "PodDisruptionBudget": "spec.selector.matchLabels",
		} {
			if o.text("kind") != kind {
				continue
			}
			for key, value := range o.mapping(where) {
				c.equal(o.file, o.join(where+"."+key), value, labels[key])
			}
		}
	}
	ports := portsOf(deployment.at("spec.template"))
	if service := c.find("Service", ""); service != nil {
		for _, port := range service.list("spec.ports") {
			port.port("targetPort", ports)
		}
	}
	for _, o := range c.objects {
		for _, rule := range o.elements("spec.ingress") {
			for _, port := range rule.list("ports") {
				port.port("port", ports)
			}
		}
	}
}

// portsOf gives the ports of a pod's containers, by number and by name.
func portsOf(pod *members) map[any]bool {
	ports := map[any]bool{}
	for _, container := range pod.list("spec.containers") {
		for _, port := range container.list("ports") {
			ports[port.value("containerPort")], ports[port.text("name")] = true, true
		}
	}
	return ports
}

func (m *members) port(path string, ports map[any]bool) {
	if !ports[m.value(path)] {
		m.add(path, fmt.Sprint(m.value(path)), "a port of the container's")
	}
}

// checkStores checks that one replica has a volume, and that several have none but a database and a budget.
func (c *cluster) checkStores(deployment *members) {
	replicas, claim := deployment.whole("spec.replicas"), c.find("PersistentVolumeClaim", "")
	if (replicas == 1) != (claim != nil) {
		deployment.add("spec.replicas", fmt.Sprint(replicas), "one with a volume, or more without")
	}
	if replicas == 1 {
		deployment.equal("spec.strategy.type", "Recreate")
		return
	}
	for _, name := range []string{"DATABASE_URL", "TOKEN_CACHE_URL", "TOKEN_CACHE_KEYS"} {
		env := deployment.list("spec.template.spec.containers")[0].elements("env")
		if !slices.ContainsFunc(env, func(e *members) bool { return e.text("name") == name }) {
			deployment.add("env", "no "+name, "what several replicas share")
		}
	}
	budget := c.find("PodDisruptionBudget", "")
	if budget == nil || budget.whole("spec.minAvailable") >= replicas {
		deployment.add("spec.replicas", "no budget that lets one go", "a PodDisruptionBudget for fewer than all")
	}
}

// secretKeys are what the workload reads from secrets that it does not make: deploy/README.md must tell of each.
func (c *cluster) secretKeys(m *members, secret, key string) {
	text, _ := fs.ReadFile(c.fsys, deployReadme)
	for _, word := range []string{secret, key} {
		if word == "" || !strings.Contains(string(text), word) {
			m.add("", quote(word), "a secret and a key that "+deployReadme+" tells of")
		}
	}
}
