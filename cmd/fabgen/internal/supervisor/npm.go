package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// maxLock bounds package-lock.json, in bytes.
const maxLock = 64 << 20

// NPM installs the packages of a front-end.
type NPM struct {
	Dir string   // where package.json and package-lock.json are
	Env []string // as of Command
	// Satisfies says whether a version is in a range as package.json writes it, and whether it knows that form of a range.
	// Without it, no version is checked.
	Satisfies func(version, wanted string) (yes, known bool)
}

// Step is the step that installs what package-lock.json names, where that is not installed.
func (n NPM) Step() *Step { return &Step{Name: "npm ci", Needed: n.Needed, Run: n.install} }

// Needed says whether the packages that are installed are others than those of package-lock.json, by what npm writes
// down in node_modules/.package-lock.json when it is done, or are for another kind of machine.
func (n NPM) Needed() (bool, error) {
	wanted, err := n.packages("package-lock.json")
	if errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("%s has no package-lock.json; run `fabgen generate`", n.Dir)
	}
	if err != nil {
		return false, err
	}
	installed, err := n.packages(filepath.Join("node_modules", ".package-lock.json"))
	if err != nil {
		return true, nil //nolint:nilerr // what npm did not finish is done again
	}
	for path, p := range wanted {
		if there, ok := installed[path]; path != "" && (ok && !there.same(p) || !ok && !p.Optional) {
			return true, nil
		}
	}
	for path, p := range installed {
		if _, ok := wanted[path]; !ok || !p.forThis() {
			return true, nil
		}
	}
	return false, nil
}

// lockedPackage is what a lock file says of a package, as far as it matters here:
// https://docs.npmjs.com/cli/configuring-npm/package-lock-json
type lockedPackage struct {
	Version   string `json:"version"`
	Resolved  string `json:"resolved"`
	Integrity string `json:"integrity"`
	Optional  bool   `json:"optional"` // may be left out, as on other kinds of machines
	OS        names  `json:"os"`
	CPU       names  `json:"cpu"`
}

func (p lockedPackage) same(o lockedPackage) bool {
	return p.Version == o.Version && p.Integrity == o.Integrity && (p.Integrity != "" || p.Resolved == o.Resolved)
}

// forThis says whether a package is for this kind of machine.
func (p lockedPackage) forThis() bool {
	system, processor := runtime.GOOS, runtime.GOARCH
	if system == "windows" {
		system = "win32"
	}
	switch processor { // as Node.js names them
	case "amd64":
		processor = "x64"
	case "386":
		processor = "ia32"
	}
	return p.OS.allow(system) && p.CPU.allow(processor)
}

// names are those that are meant, or, after an exclamation mark, those that are not.
type names []string

// UnmarshalJSON also takes one name alone.
func (n *names) UnmarshalJSON(data []byte) error {
	var one string
	if err := json.Unmarshal(data, &one); err == nil {
		*n = names{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(n))
}

func (n names) allow(name string) bool {
	if slices.Contains(n, "!"+name) {
		return false
	}
	meant := slices.ContainsFunc(n, func(s string) bool { return !strings.HasPrefix(s, "!") })
	return !meant || slices.Contains(n, name) || slices.Contains(n, "any")
}

func (n NPM) packages(name string) (map[string]lockedPackage, error) {
	var lock struct {
		Packages map[string]lockedPackage `json:"packages"`
	}
	if err := n.read(name, &lock); err != nil {
		return nil, err
	}
	return lock.Packages, nil
}

func (n NPM) read(name string, into any) error {
	path := filepath.Join(n.Dir, name)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := json.NewDecoder(io.LimitReader(f, maxLock)).Decode(into); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

func (n NPM) install(ctx context.Context, out io.Writer) error {
	if err := n.checkTools(ctx); err != nil {
		return err
	}
	// What builds the pages is for development, and left out where the person's settings say so.
	return n.command("npm", "ci", "--include=dev", "--no-audit", "--no-fund").Run(ctx, out)
}

// checkTools holds Node.js and npm against engines of package.json.
func (n NPM) checkTools(ctx context.Context) error {
	var manifest struct {
		Engines map[string]string `json:"engines"`
	}
	if err := n.read("package.json", &manifest); err != nil {
		return err
	}
	for _, tool := range []string{"node", "npm"} {
		found, err := versionOf(ctx, n.command(tool, "--version"))
		if err != nil {
			return fmt.Errorf("asking %s for its version: %w", tool, err)
		}
		want := manifest.Engines[tool]
		if want == "" || n.Satisfies == nil {
			continue
		}
		if yes, known := n.Satisfies(found, want); known && !yes {
			return &ToolError{Tool: tool, Found: found, Want: want, Next: gets[tool]}
		}
	}
	return nil
}

func (n NPM) command(args ...string) Command { return Command{Args: args, Dir: n.Dir, Env: n.Env} }
