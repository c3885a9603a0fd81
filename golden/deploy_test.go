package golden

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/diff"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/golden/rules"
	"github.com/fabgen/fabgen/runtime/workload"
)

var settingName = regexp.MustCompile(`(?m)^  ([A-Z0-9_]+), --`)

// What deploys a workload sets nothing that its back-end does not read.
func TestDeployedSettingsAreTheBackends(t *testing.T) {
	var help bytes.Buffer
	nothing := func(string) string { return "" }
	err := new(workload.Settings).Load(workload.Defaults{}, nil, []string{"--help"}, nothing, &help)
	if !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	known := map[string]bool{"GOMEMLIMIT": true} // the Go runtime reads it
	for _, m := range settingName.FindAllStringSubmatch(help.String(), -1) {
		known[m[1]] = true
	}
	for _, s := range scenarios(t) {
		settings := rules.Settings(os.DirFS(s.want))
		if len(settings) < 9 {
			t.Errorf("%s: %v are all that is set", s.name, settings)
		}
		for name, file := range settings {
			if !known[name] {
				t.Errorf("%s: %s sets %s, which is no setting of the back-end's", s.name, file, name)
			}
		}
	}
}

// Names that YAML, DNS or Azure would take for something else.
func TestAwkwardNamesAreDeployed(t *testing.T) {
	source := string(config.Demo())
	for _, name := range []string{"True", "null", "NO", "2nd", "e1", "A", "AaAaAaAaAaAaAaAaAaAaAaAaAaAa"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			yaml := filepath.Join(t.TempDir(), "fabgen.yaml")
			text := strings.ReplaceAll(source, "Org.ContosoForecast", "Org."+name)
			if err := os.WriteFile(yaml, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, err := range rules.Check(os.DirFS(scenario{yaml: yaml}.generate(t))) {
				t.Error(err)
			}
		})
	}
}

// The rules see the manifests as Kustomize makes them: what kubectl builds is what they build.
func TestRulesBuildWhatKustomizeBuilds(t *testing.T) {
	if _, err := exec.LookPath("kubectl"); err != nil {
		t.Skip("kubectl is not installed; the rules hold the manifests all the same")
	}
	for _, s := range scenarios(t) {
		overlays, err := filepath.Glob(filepath.Join(s.want, "deploy/kubernetes/overlays/*/*"))
		if err != nil || len(overlays) < 2 {
			t.Fatalf("%s: %v, %v", s.name, overlays, err)
		}
		for _, overlay := range overlays {
			want := kustomize(t, overlay)
			rel, _ := filepath.Rel(s.want, overlay)
			got := inOrder(t, rules.Objects(os.DirFS(s.want), filepath.ToSlash(rel)))
			if got != want {
				t.Errorf("%s:\n%s", overlay, diff.Diff("kubectl", []byte(want), "rules", []byte(got)))
			}
		}
	}
}

// settingsHash is what Kustomize puts behind the name of a ConfigMap that it makes.
var settingsHash = regexp.MustCompile(`-settings-[a-z0-9]{10}\b`)

func kustomize(t *testing.T, folder string) string {
	t.Helper()
	built := settingsHash.ReplaceAllString(run(t, ".", "kubectl", "kustomize", folder), "-settings")
	var objects []map[string]any
	for dec := yaml.NewDecoder(strings.NewReader(built)); ; {
		var o map[string]any
		if err := dec.Decode(&o); errors.Is(err, io.EOF) {
			return inOrder(t, objects)
		} else if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, o)
	}
}

// inOrder writes objects by kind and name, with the elements of lists that have names by these.
func inOrder(t *testing.T, objects []map[string]any) string {
	t.Helper()
	slices.SortFunc(objects, func(a, b map[string]any) int { return cmp.Compare(identity(a), identity(b)) })
	var out strings.Builder
	for _, o := range objects {
		sortLists(o)
		data, err := yaml.MarshalWithOptions(o, yaml.UseJSONMarshaler())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s---\n", data)
	}
	return out.String()
}

func identity(o map[string]any) string {
	metadata, _ := o["metadata"].(map[string]any)
	return fmt.Sprint(o["kind"], metadata["name"], o["name"], o["mountPath"])
}

func sortLists(value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, element := range v {
			sortLists(element)
		}
	case []any:
		for _, element := range v {
			sortLists(element)
		}
		slices.SortStableFunc(v, func(a, b any) int { return cmp.Compare(elementName(a), elementName(b)) })
	}
}

func elementName(element any) string {
	m, _ := element.(map[string]any)
	return identity(m)
}
