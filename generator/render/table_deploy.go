package render

const (
	kubernetes  = "deploy/kubernetes/"
	environment = kubernetes + "environments/{environment}/"
)

// deployRules: what a person decides for each environment is theirs: namespace, image, settings and sizes. What makes a
// deployment sound is fabgen's; an overlay can patch all of it.
var deployRules = []rule{
	{Path: "deploy/README.md", Class: Seeded},
	{Path: "deploy/Dockerfile", Class: Owned},
	{Path: "deploy/Dockerfile.dockerignore", Class: Owned},

	{Path: kubernetes + "base/kustomization.yaml", Class: Owned},
	{Path: kubernetes + "base/deployment.yaml", Class: Owned},
	{Path: kubernetes + "base/networkpolicy.yaml", Class: Owned},
	{Path: kubernetes + "base/persistentvolumeclaim.yaml", Class: Owned},
	{Path: kubernetes + "base/service.yaml", Class: Owned},
	{Path: kubernetes + "components/replicas/kustomization.yaml", Class: Owned},
	{Path: kubernetes + "components/replicas/deployment.yaml", Class: Owned},
	{Path: kubernetes + "components/replicas/networkpolicy.yaml", Class: Owned},
	{Path: kubernetes + "components/replicas/persistentvolumeclaim.yaml", Class: Owned},
	{Path: kubernetes + "components/replicas/poddisruptionbudget.yaml", Class: Owned},
	{Path: environment + "kustomization.yaml", Class: Seeded},
	{Path: environment + "serviceaccount.yaml", Class: Owned},
	{Path: environment + "credential.yaml", Class: Owned},
	{Path: kubernetes + "overlays/single/{environment}/kustomization.yaml", Class: Seeded},
	{Path: kubernetes + "overlays/replicas/{environment}/kustomization.yaml", Class: Seeded},

	{Path: "deploy/azure/main.bicep", Class: Owned},
	{Path: "deploy/azure/{environment}.bicepparam", Class: Seeded},
}
