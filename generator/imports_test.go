package generator_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/fabgen/fabgen"

// goFile is a Go file of the repository, generated workloads aside.
type goFile struct {
	path    string // from the top of the repository, with slashes
	imports []string
}

func (f goFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

func (f goFile) under(folder string) bool { return strings.HasPrefix(f.path, folder+"/") }

// own gives the folders of this repository that the file imports.
func (f goFile) own() []string {
	var folders []string
	for _, i := range f.imports {
		if rest, ok := strings.CutPrefix(i, module+"/"); ok {
			folders = append(folders, rest)
		}
	}
	return folders
}

// The stages in their order. A stage imports those before it, and what is handed to all.
var stages = []string{"config", "model", "render", "merge", "plan", "apply"}

func TestStagesImportOnlyStagesBefore(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.isTest() {
			continue
		}
		for n, stage := range stages {
			if !f.under("generator/" + stage) {
				continue
			}
			for _, folder := range f.own() {
				before := slices.ContainsFunc(stages[:n+1], func(s string) bool {
					return folder == "generator/"+s || strings.HasPrefix(folder, "generator/"+s+"/")
				})
				if !before && !(folder == "templates" && stage == "render") {
					t.Errorf("%s imports %s, which is not a stage before %s", f.path, folder, stage)
				}
			}
		}
	}
}

// Packing reads what lies on disk, whoever wrote it: it takes the rules of values from config, and knows no stage.
func TestPackImportsConfigAlone(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, folder := range f.own() {
			if f.under("generator/pack") && !f.isTest() && folder != "generator/config" {
				t.Errorf("%s imports %s", f.path, folder)
			}
			if folder == "generator/pack" && !f.under("cmd") {
				t.Errorf("%s imports %s, which belongs to the command line", f.path, folder)
			}
		}
	}
}

func TestGeneratorKnowsNeitherCommandLineNorRuntime(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.under("generator") || f.isTest() {
			continue
		}
		for _, i := range f.imports {
			if strings.HasPrefix(i, "github.com/spf13/") || strings.HasPrefix(i, "github.com/AlecAivazis/survey") {
				t.Errorf("%s imports %s", f.path, i)
			}
		}
		for _, folder := range f.own() {
			if top, _, _ := strings.Cut(folder, "/"); top != "generator" && top != "templates" {
				t.Errorf("%s imports %s", f.path, folder)
			}
		}
	}
}

// Its tests may start what the tests of all have in common.
func TestRuntimeImportsNothingOfFabgen(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.under("runtime") {
			continue
		}
		for _, folder := range f.own() {
			if !strings.HasPrefix(folder, "runtime/") && !(f.isTest() && strings.HasPrefix(folder, "internal/")) {
				t.Errorf("%s imports %s", f.path, folder)
			}
		}
	}
}

func TestOneFileImportsSurvey(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, i := range f.imports {
			if strings.HasPrefix(i, "github.com/AlecAivazis/survey") && f.path != "cmd/fabgen/internal/cli/survey.go" {
				t.Errorf("%s imports %s", f.path, i)
			}
		}
	}
}

// goFiles reads the imports of every Go file of the repository itself.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	for _, top := range []string{"cmd", "generator", "runtime", "templates"} {
		err := filepath.WalkDir(filepath.Join("..", top), func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "testdata", d.IsDir() && name == filepath.Join("..", "templates", "workload"):
				return fs.SkipDir
			case d.IsDir() || path.Ext(d.Name()) != ".go":
				return nil
			}
			files = append(files, goFile{strings.TrimPrefix(filepath.ToSlash(name), "../"), importsOf(t, name)})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 20 {
		t.Fatalf("found %d Go files only", len(files))
	}
	return files
}

func importsOf(t *testing.T, name string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var imports []string
	for _, spec := range file.Imports {
		i, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		imports = append(imports, i)
	}
	return imports
}

// What a workload links is what it uses: databases, a Redis client and exporters of OpenTelemetry come only with the
// packages that stand apart for them.
func TestTheRuntimeLinksWhatItNeeds(t *testing.T) {
	apart := []string{"runtime/rediscache", "runtime/sqlstore", "runtime/telemetry"}
	allowed := []string{
		module, "github.com/AzureAD/microsoft-authentication-library-for-go/apps", "github.com/golang-jwt/jwt/v5",
		"golang.org/x/sync/singleflight", "golang.org/x/time/rate", "go.opentelemetry.io/otel/attribute",
		"go.opentelemetry.io/otel/codes", "go.opentelemetry.io/otel/metric", "go.opentelemetry.io/otel/propagation",
		"go.opentelemetry.io/otel/trace",
	}
	for _, f := range goFiles(t) {
		if !f.under("runtime") || f.isTest() || slices.Contains(apart, path.Dir(f.path)) {
			continue
		}
		for _, i := range f.imports {
			first, _, _ := strings.Cut(i, "/")
			known := slices.ContainsFunc(allowed, func(a string) bool { return i == a || strings.HasPrefix(i, a+"/") })
			if strings.Contains(first, ".") && !known || slices.Contains(apart, strings.TrimPrefix(i, module+"/")) {
				t.Errorf("%s imports %s, which every workload would inherit", f.path, i)
			}
		}
	}
}
