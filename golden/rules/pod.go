package rules

import (
	"fmt"
	"strings"
)

// checkPod checks what a pod may do, and that what its parts name is there.
func (c *cluster) checkPod(pod *members) {
	spec := pod.at("spec")
	c.need(spec, "serviceAccountName", "ServiceAccount", spec.text("serviceAccountName"))
	spec.exactly("automountServiceAccountToken", false)
	spec.exactly("enableServiceLinks", false)
	spec.exactly("securityContext.runAsNonRoot", true)
	spec.equal("securityContext.seccompProfile.type", "RuntimeDefault")
	if spec.whole("securityContext.runAsUser") == 0 {
		spec.add("securityContext.runAsUser", "root or nobody in particular", "the number of a user")
	}
	volumes := map[string]bool{}
	for _, v := range spec.elements("volumes") {
		volumes[v.text("name")] = false
		c.checkVolume(v)
	}
	ports := portsOf(pod)
	for _, container := range spec.list("containers") {
		c.checkContainer(container, ports)
		for _, mount := range container.elements("volumeMounts") {
			if _, ok := volumes[mount.text("name")]; !ok {
				mount.add("name", quote(mount.text("name")), "a volume of the pod's")
			}
			volumes[mount.text("name")] = true
		}
		grace, sleep := spec.whole("terminationGracePeriodSeconds"), container.whole("lifecycle.preStop.sleep.seconds")
		if grace <= sleep+drainSeconds {
			spec.add("terminationGracePeriodSeconds", fmt.Sprint(grace), "more than the server takes to stop")
		}
	}
	for name, mounted := range volumes {
		if !mounted {
			spec.add("volumes", quote(name), "a volume that is mounted")
		}
	}
	c.checkIdentity(pod)
}

func (m *members) exactly(path string, want bool) {
	if m.value(path) != want {
		m.add(path, fmt.Sprint(m.value(path)), fmt.Sprint(want))
	}
}

func (c *cluster) checkVolume(v *members) {
	if v.has("persistentVolumeClaim") {
		c.need(v, "claimName", "PersistentVolumeClaim", v.text("persistentVolumeClaim.claimName"))
	}
	for _, item := range v.elements("secret.items") {
		c.secretKeys(item, v.text("secret.secretName"), item.text("key"))
	}
}

func (c *cluster) checkContainer(m *members, ports map[any]bool) {
	m.exactly("securityContext.allowPrivilegeEscalation", false)
	m.exactly("securityContext.readOnlyRootFilesystem", true)
	if drop := m.at("securityContext.capabilities").strings("drop"); strings.Join(drop, "") != "ALL" {
		m.add("securityContext.capabilities.drop", fmt.Sprint(drop), "ALL")
	}
	for _, resource := range []string{"requests.cpu", "requests.memory", "limits.cpu", "limits.memory"} {
		m.required("resources." + resource)
	}
	if !ports[uint64(serverPort)] {
		m.add("ports", "other ports", fmt.Sprint(serverPort))
	}
	for probe, path := range map[string]string{
		"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz",
	} {
		m.equal(probe+".httpGet.path", path)
		m.port(probe+".httpGet.port", ports)
	}
	c.checkTag(m.file, m.join("image"), m.text("image"))
	for _, source := range m.elements("envFrom") {
		c.need(source, "configMapRef.name", "ConfigMap", source.text("configMapRef.name"))
	}
	for _, env := range m.elements("env") {
		c.checkEnv(env)
	}
}

// checkEnv checks that a secret comes from a secret, and all else by value.
func (c *cluster) checkEnv(env *members) {
	name := env.text("name")
	c.setting(env.file, name)
	secret := name == "DATABASE_URL" || name == "TOKEN_CACHE_URL" || name == "TOKEN_CACHE_KEYS" ||
		name == "FABRIC_CLIENT_SECRET"
	switch {
	case secret && env.has("value"):
		env.add("value", "a value for "+name, "a reference to a secret")
	case env.has("valueFrom"):
		c.secretKeys(env, env.text("valueFrom.secretKeyRef.name"), env.text("valueFrom.secretKeyRef.key"))
	default:
		env.required("value")
	}
}

// checkIdentity checks that label and annotation of Azure's workload identity are both there, or neither.
func (c *cluster) checkIdentity(pod *members) {
	uses := pod.mapping("metadata.labels")["azure.workload.identity/use"] == "true"
	account := c.find("ServiceAccount", pod.text("spec.serviceAccountName"))
	if account == nil {
		return
	}
	client := account.mapping("metadata.annotations")["azure.workload.identity/client-id"]
	if uses != (client != "") {
		account.add("metadata.annotations", quote(client), "a client ID with the pod's label, and none without it")
	}
}

// checkTag checks that an image says which one it is.
func (c *checker) checkTag(file, where, image string) {
	_, tag, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
	if tag == "" || tag == "latest" {
		c.add(file, where, quote(image), "an image with a tag other than latest")
	}
}
