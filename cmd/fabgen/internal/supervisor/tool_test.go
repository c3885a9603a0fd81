package supervisor_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
	"github.com/fabgen/fabgen/internal/testenv"
)

// folder has these files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The step builds what runs, over a program that runs.
func TestGoBuild(t *testing.T) {
	dir := folder(t, map[string]string{
		"go.mod":             "module example.com/x\n\ngo 1.24\n",
		"cmd/server/main.go": "package main\n\nimport \"time\"\n\nfunc main() { println(`first`); time.Sleep(time.Hour) }\n",
	})
	binary := supervisor.Executable(filepath.Join(t.TempDir(), "server"))
	p := supervisor.Process{
		Name: "backend", Command: supervisor.Command{Args: []string{binary}},
		Prepare: supervisor.GoBuild{
			Dir: dir, Package: "./cmd/server", Binary: binary, Env: append(os.Environ(), "GOWORK=off"),
		}.Step(),
	}
	s := run(t, supervisor.Options{}, p)
	s.await("backend", supervisor.Ready)

	main := filepath.Join(dir, "cmd", "server", "main.go")
	write := func(text string) {
		if err := os.WriteFile(main, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.Restart("backend")
	}
	write("package main\n\nfunc main() { wrong }\n")
	e := s.await("backend", supervisor.Unprepared)
	if wrong := filepath.FromSlash("cmd/server/main.go:3:15: undefined: wrong"); len(e.Tail) != 2 || e.Tail[1] != wrong {
		t.Errorf("the tail is %q", e.Tail)
	}
	write("package main\n\nfunc main() { println(`second`) }\n")
	// It ends at once, and well: whether it was ready before that is no matter.
	if e := s.await("backend", supervisor.Failed); len(e.Tail) != 1 || e.Tail[0] != "second" {
		t.Errorf("the tail is %q", e.Tail)
	}
	s.stop()
}

// A tag stands beside those that GOFLAGS has.
func TestGoBuildTag(t *testing.T) {
	printing := func(name string) string {
		return "//go:build " + name + "\n\npackage main\n\nfunc init() { print(`" + name + " `) }\n"
	}
	dir := folder(t, map[string]string{
		"go.mod": "module example.com/x\n\ngo 1.24\n", "main.go": "package main\n\nfunc main() {}\n",
		"a.go": printing("one"), "b.go": printing("two"), "c.go": printing("three"), "d.go": printing("four"),
	})
	binary := supervisor.Executable(filepath.Join(t.TempDir(), "server"))
	for goflags, want := range map[string]string{
		"":                            "one ",
		"-tags=two":                   "one two ",
		"-tags=four --tags=two,three": "one two three ",
		"-mod=mod '-tags=three'":      "one three ",
	} {
		build := supervisor.GoBuild{Dir: dir, Package: ".", Binary: binary, Tag: "one",
			Env: append(os.Environ(), "GOWORK=off", "GOFLAGS="+goflags)}
		if err := build.Run(t.Context(), os.Stderr); err != nil {
			t.Errorf("GOFLAGS=%s: %v", goflags, err)
			continue
		}
		if said, err := exec.Command(binary).CombinedOutput(); err != nil || string(said) != want {
			t.Errorf("GOFLAGS=%s: %v: %q, not %q", goflags, err, said, want)
		}
	}
}

// A tool that is not there is told with where it comes from.
func TestToolsThatAreNotThere(t *testing.T) {
	dir := folder(t, map[string]string{"package.json": "{}", "package-lock.json": `{"packages": {}}`})
	t.Setenv("PATH", t.TempDir())
	for tool, step := range map[string]*supervisor.Step{
		"go": supervisor.GoBuild{Dir: dir, Package: ".", Binary: "x"}.Step(), "node": supervisor.NPM{Dir: dir}.Step(),
	} {
		err := step.Run(t.Context(), os.Stderr)
		var missing *supervisor.ToolError
		if !errors.As(err, &missing) || missing.Tool != tool || missing.Found != "" {
			t.Errorf("%s: %v", tool, err)
			continue
		}
		expectHas(t, err.Error(), tool+" is not in PATH; install ", "https://")
	}
}

// A tool that is too old is told with what is wanted.
func TestToolsThatAreTooOld(t *testing.T) {
	testenv.Tool(t, "npm")
	dir := folder(t, map[string]string{
		"package.json":      `{"name": "x", "version": "1.0.0", "engines": {"node": ">=1", "npm": ">=1000"}}`,
		"package-lock.json": `{"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "x", "version": "1.0.0"}}}`,
	})
	n := supervisor.NPM{Dir: dir, Satisfies: func(version, wanted string) (yes, known bool) {
		if version == "" || strings.HasPrefix(version, "v") {
			t.Errorf("the version is %q", version)
		}
		return wanted != ">=1000", true
	}}
	err := n.Step().Run(t.Context(), os.Stderr)
	var old *supervisor.ToolError
	if !errors.As(err, &old) || old.Tool != "npm" || old.Want != ">=1000" || old.Found == "" {
		t.Fatalf("too old: %v", err)
	}
	expectHas(t, err.Error(), "npm is "+old.Found+", and >=1000 is wanted; ")
}

// npm itself installs a package, which is not needed then; a change of the lock file, or of what is installed, is. What is
// for development is installed wherever this runs.
func TestNPM(t *testing.T) {
	testenv.Tool(t, "npm")
	dir := folder(t, map[string]string{
		"package.json":       `{"name": "x", "version": "1.0.0", "devDependencies": {"local": "file:local"}}`,
		"local/package.json": `{"name": "local", "version": "1.0.0"}`,
		"package-lock.json": `{"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {
			"": {"name": "x", "version": "1.0.0", "devDependencies": {"local": "file:local"}},
			"local": {"version": "1.0.0", "dev": true},
			"node_modules/local": {"resolved": "local", "link": true}}}`,
	})
	n := supervisor.NPM{Dir: dir, Env: append(os.Environ(), "NODE_ENV=production")}
	expectNeeded(t, n, true)
	out := &buffer{}
	if err := n.Step().Run(t.Context(), out); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "local", "package.json")); err != nil {
		t.Error(err)
	}
	expectNeeded(t, n, false)
	if err := os.RemoveAll(filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	expectNeeded(t, n, true)
}

func expectNeeded(t *testing.T, n supervisor.NPM, want bool) {
	t.Helper()
	if got, err := n.Needed(); err != nil || got != want {
		t.Errorf("npm ci is needed: %t, %v; want %t", got, err, want)
	}
}

func TestNPMNeeded(t *testing.T) {
	system, processor := runtime.GOOS, map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	if system == "windows" {
		system = "win32"
	}
	const a = `"node_modules/a": {"version": "1.0.0", "integrity": "sha512-a"}`
	packages := func(list ...string) string { return `{"packages": {` + strings.Join(list, ",") + `}}` }
	binding := func(system, processor string) string {
		return fmt.Sprintf(`"node_modules/b-%s": {"version": "1.0.0", "integrity": "sha512-b", "optional": true, "os": [%[1]q], "cpu": %[2]q}`,
			system, processor)
	}
	for name, c := range map[string]struct {
		wanted, installed string
		needed            bool
	}{
		"the same":                 {packages(`"": {"version": "1.0.0"}`, a), packages(a), false},
		"nothing":                  {packages(), packages(), false},
		"no package":               {packages(a), packages(), true},
		"another version":          {packages(a), packages(strings.Replace(a, "1.0.0", "1.0.1", 1)), true},
		"another content":          {packages(a), packages(strings.Replace(a, "sha512-a", "sha512-b", 1)), true},
		"one that is not wanted":   {packages(), packages(a), true},
		"what npm did not finish":  {packages(a), `{"packages": {`, true},
		"nothing of npm":           {packages(a), "", true},
		"for this machine":         {packages(a, binding(system, processor)), packages(a, binding(system, processor)), false},
		"for others, left out":     {packages(a, binding("plan9", "mips")), packages(a), false},
		"of another machine":       {packages(a, binding("plan9", processor)), packages(a, binding("plan9", processor)), true},
		"of another processor":     {packages(a, binding(system, "mips")), packages(a, binding(system, "mips")), true},
		"for all but this machine": {packages(a, binding("!"+system, "any")), packages(a, binding("!"+system, "any")), true},
		"for all but another":      {packages(a, binding("!plan9", "any")), packages(a, binding("!plan9", "any")), false},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"package-lock.json": c.wanted}
			if c.installed != "" {
				files["node_modules/.package-lock.json"] = c.installed
			}
			expectNeeded(t, supervisor.NPM{Dir: folder(t, files)}, c.needed)
		})
	}
}

func TestNPMWithoutALockFile(t *testing.T) {
	if _, err := (supervisor.NPM{Dir: t.TempDir()}).Needed(); err == nil || !strings.Contains(err.Error(), "run `fabgen generate`") {
		t.Errorf("no lock file: %v", err)
	}
	dir := folder(t, map[string]string{"package-lock.json": "{"})
	if _, err := (supervisor.NPM{Dir: dir}).Needed(); err == nil || !strings.Contains(err.Error(), "reading "+filepath.Join(dir, "package-lock.json")) {
		t.Errorf("a broken lock file: %v", err)
	}
}
