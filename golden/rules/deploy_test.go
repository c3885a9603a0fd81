package rules

import "testing"

const (
	base           = "deploy/kubernetes/base/"
	baseDeployment = base + "deployment.yaml"
	replicas       = "deploy/kubernetes/components/replicas/"
	dev            = "deploy/kubernetes/environments/dev/"
	prod           = "deploy/kubernetes/environments/prod/"
	devBicep       = "deploy/azure/dev.bicepparam"
)

// deployDefects are one broken rule each, of what deploys the workload.
var deployDefects = []struct{ name, file, old, new, where string }{
	{"base image without a tag", dockerfile, "golang:${GO_VERSION}", "golang", "tag"},
	{"latest base image", dockerfile, "=1.26", "=latest", "tag"},
	{"another Go", dockerfile, "=1.26", "=1.25", "GO_VERSION"},
	{"root in the image", dockerfile, "USER 65532:65532", "USER 0", "USER"},
	{"a user by name", dockerfile, "USER 65532:65532", "USER nobody", "USER"},
	{"shell form", dockerfile, `["/server"]`, "/server", "ENTRYPOINT"},
	{"a command in the last stage", dockerfile, "EXPOSE 5000", "EXPOSE 5000\nRUN true", "RUN"},
	{"another port", dockerfile, "EXPOSE 5000", "EXPOSE 8080", "EXPOSE"},

	{"broken YAML", baseDeployment, "spec:\n  replicas", "spec: [\n  replicas", "YAML"},
	{"a key twice", baseDeployment, "  replicas: 1\n", "  replicas: 1\n  replicas: 1\n", "once"},
	{"unknown version", baseDeployment, "apps/v1", "apps/v1beta1", "apiVersion"},
	{"unknown kind", base + "service.yaml", "kind: Service", "kind: Secret", "secrets are made elsewhere"},
	{"a name that is no label", base + "service.yaml", `name: "tea"`, `name: "2nd_tea"`, "RFC 1035"},
	{"a name that is no text", base + "service.yaml", `app.kubernetes.io/name: "tea"`, "app.kubernetes.io/name: true", "a string"},
	{"service's selector", base + "service.yaml", `selector:
    app.kubernetes.io/name: "tea"`, `selector:
    app.kubernetes.io/name: "coffee"`, "spec.selector"},
	{"service's port", base + "service.yaml", "targetPort: http", "targetPort: web", "targetPort"},
	{"policy's port", base + "networkpolicy.yaml", "port: 5000", "port: 5001", "port"},
	{"policy's pods", base + "networkpolicy.yaml", `matchLabels:
      app.kubernetes.io/name: "tea"`, `matchLabels:
      app.kubernetes.io/name: "coffee"`, "podSelector"},
	{"probe's port", baseDeployment, "port: http", "port: web", "httpGet.port"},
	{"probe's path", baseDeployment, "/readyz", "/ready", "readinessProbe"},
	{"no startup probe", baseDeployment, "startupProbe", "warmUpProbe", "startupProbe"},
	{"root", baseDeployment, "runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot"},
	{"user zero", baseDeployment, "runAsUser: 65532", "runAsUser: 0", "runAsUser"},
	{"writable root", baseDeployment, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "readOnly"},
	{"more rights", baseDeployment, "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "Escalation"},
	{"capabilities", baseDeployment, "- ALL", "- CHOWN", "capabilities"},
	{"seccomp", baseDeployment, "RuntimeDefault", "Unconfined", "seccompProfile"},
	{"token of the cluster", baseDeployment, "automountServiceAccountToken: false", "automountServiceAccountToken: true", "automount"},
	{"no limit", baseDeployment, "limits:", "bounds:", "limits"},
	{"short grace", baseDeployment, "PeriodSeconds: 35", "PeriodSeconds: 25", "terminationGracePeriodSeconds"},
	{"mount of nothing", baseDeployment, "- name: data\n              mountPath", "- name: disk\n              mountPath", "a volume of the pod's"},
	{"volume that nobody mounts", baseDeployment, "volumes:", "volumes:\n        - name: spare", "a volume that is mounted"},
	{"claim of nothing", baseDeployment, "claimName: tea-data", "claimName: tea-disk", "claimName"},
	{"account of nobody", baseDeployment, `serviceAccountName: "tea"`, `serviceAccountName: "coffee"`, "ServiceAccount"},
	{"settings of nothing", baseDeployment, "tea-settings", "coffee-settings", "ConfigMap"},
	{"two with one disk", baseDeployment, "type: Recreate", "type: RollingUpdate", "strategy"},

	{"secret by value", replicas + "deployment.yaml", `              valueFrom:
                secretKeyRef:
                  name: tea-stores
                  key: DATABASE_URL`, "              value: postgres://tea", "a reference to a secret"},
	{"secret that nobody tells of", replicas + "deployment.yaml", "tea-stores", "tea-secrets", "README.md"},
	{"tokens that are not shared", replicas + "deployment.yaml", "name: TOKEN_CACHE_KEYS", "name: TOKEN_CACHE_KEY", "TOKEN_CACHE_KEYS"},
	{"budget for all", replicas + "poddisruptionbudget.yaml", "minAvailable: 2", "minAvailable: 3", "PodDisruptionBudget"},
	{"patch of nothing", replicas + "persistentvolumeclaim.yaml", "tea-data", "tea-disk", "a patch of nothing"},
	{"component's kind", replicas + "kustomization.yaml", "v1alpha1", "v1beta1", "apiVersion"},

	{"client ID of another", dev + "kustomization.yaml", "11111111", "11111112", "FABRIC_CLIENT_ID"},
	{"audience of another", dev + "kustomization.yaml", "Org.Tea/mine", "Org.Tea", "FABRIC_AUDIENCE"},
	{"no namespace", dev + "kustomization.yaml", "namespace:", "nameSpace:", "metadata.namespace"},
	{"latest", dev + "kustomization.yaml", `newTag: "1.0.0"`, `newTag: latest`, "tag"},
	{"generated secret", dev + "kustomization.yaml", "images:", "secretGenerator: []\nimages:", "secretGenerator"},
	{"settings that replace", dev + "kustomization.yaml", "behavior: merge", "behavior: create", "behavior"},
	{"key that nobody tells of", dev + "credential.yaml", "key: certificate.pem", "key: tls.crt", "README.md"},
	{"no client ID of the identity", prod + "serviceaccount.yaml", "client-id", "client", "annotations"},
	{"no label of the identity", prod + "credential.yaml", "identity/use", "identity/used", "annotations"},

	{"open bracket", mainBicep, "output address", "output address = [", "closes"},
	{"bracket too many", mainBicep, "output address", "} output address", "too many"},
	{"secret in the template", mainBicep, "param databaseUrl string", "param databaseUrl string = 'postgres://x'", "databaseUrl"},
	{"parameter that is none", devBicep, "param origin", "param origins", "origins"},
	{"parameter that is missing", devBicep, "param origin", "// origin", "origin"},
	{"secret among the parameters", devBicep, "readEnvironmentVariable('DATABASE_URL')", "'postgres://x'", "readEnvironmentVariable"},
	{"client ID of another in Azure", devBicep, "11111111", "11111112", "clientId"},
	{"image without a tag in Azure", devBicep, "tea:1.0.0'", "tea'", "tag"},
}

// What is wrong with a manifest is told of each overlay that has it, since patches make what is deployed.
func TestEachDefectOfADeploymentIsFound(t *testing.T) {
	for _, d := range deployDefects {
		t.Run(d.name, func(t *testing.T) {
			expect(t, Check(broken(t, d.file, d.old, d.new)), d.where)
		})
	}
}
