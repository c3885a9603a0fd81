package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fabgen/fabgen/generator/pack"
)

// packageFolder is where packages go, one folder an environment; the front-end's server takes them from there.
const packageFolder = "dist"

type packageOptions struct {
	*app
	dir string
	env string
	out string
}

// packageResult is what package prints with --json.
type packageResult struct {
	Dir         string    `json:"dir"`
	Environment string    `json:"environment"`
	File        string    `json:"file"`
	Workload    string    `json:"workload"`
	Version     string    `json:"version"`
	Size        int       `json:"size"` // bytes
	SHA256      string    `json:"sha256"`
	DryRun      bool      `json:"dryRun"`
	Entries     []string  `json:"entries"`
	Notes       []problem `json:"notes"`
}

func newPackageCmd(a *app) *cobra.Command {
	o := &packageOptions{app: a}
	cmd := &cobra.Command{
		Use:   "package",
		Short: "Pack the manifests into the package that Fabric takes",
		Long: `package checks the manifests in manifest/ by every rule that is known of them and packs them into
ManifestPackage.<version>.nupkg: the same files give the same bytes, on each machine and at any time. XML goes to BE/,
JSON, pictures and texts to FE/; the WorkloadManifest is that of the environment. Files whose names begin with a dot
are left out.

Without --out the package goes to dist/<environment>/ in the workload's folder, which git ignores and where the
front-end's development server finds it. Manifests that break a rule end with exit code 2: all problems are told, each
with its file, line, column and element or member, and nothing is written.

JSON: {"dir", "environment", "file", "workload", "version", "size", "sha256", "dryRun", "entries": [name],
"notes": [{"file", "found", "want", "hint"}]}`,
		Example: `  fabgen package
  fabgen package --dir ./contoso --env prod --out contoso.nupkg`,
		Args: positional(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runPackage(cmd.Context(), o) },
	}
	addDirFlag(cmd, &o.dir)
	addEnvFlag(cmd, &o.env)
	cmd.Flags().StringVarP(&o.out, "out", "o", "", "write the package to this `file`")
	must(cmd.MarkFlagFilename("out", "nupkg"))
	return cmd
}

func runPackage(ctx context.Context, o *packageOptions) error {
	s, err := readWorkload(o.dir)
	if err != nil {
		return err
	}
	environments := s.document.Config.EnvironmentNames()
	if !slices.Contains(environments, o.env) {
		return unknownEnvironment(o.env, environments)
	}
	p, err := o.pack(environments)
	if err != nil {
		return err
	}
	o.warn(ctx, p)
	file, err := o.write(ctx, p)
	if err != nil {
		return err
	}
	r := o.packageResult(p, file)
	return o.result(r, func(w io.Writer) { printPackage(w, o, r) })
}

// pack packs what is in the workload's folder and nowhere else, wherever links lead.
func (o *packageOptions) pack(environments []string) (*pack.Package, error) {
	root, err := os.OpenRoot(o.dir)
	if err != nil {
		return nil, fmt.Errorf("opening the workload's folder: %w", err)
	}
	defer root.Close()
	p, err := pack.New(pack.Request{Workload: root.FS(), Environment: o.env, Environments: environments})
	var invalid *pack.InvalidError
	if errors.As(err, &invalid) {
		for i := range invalid.Problems {
			at := &invalid.Problems[i].File
			*at = filepath.Join(o.dir, filepath.FromSlash(*at))
		}
	}
	return p, err
}

// warn says what is no error and should be known: a limit of Fabric's, and manifests that fabgen.yaml no longer gives.
func (o *packageOptions) warn(ctx context.Context, p *pack.Package) {
	for _, n := range p.Notes {
		o.say("note: %s", n.Error())
	}
	_, planned, err := planWorkload(ctx, o.dir)
	if err != nil {
		return // generate and check say so; the manifests are right for all that
	}
	for _, c := range pending(planned) {
		if strings.HasPrefix(c.Path, "manifest/") {
			o.say("note: %s is packed as it is, and is not what fabgen.yaml gives; `fabgen diff` shows what differs", c.Path)
		}
	}
}

// write writes the package, unless this is a dry run, and gives its file.
func (o *packageOptions) write(ctx context.Context, p *pack.Package) (string, error) {
	if o.out != "" {
		folder, name := filepath.Dir(o.out), filepath.Base(o.out)
		if info, err := os.Stat(o.out); err == nil && info.IsDir() {
			return "", usagef("--out %s is a folder; give a file, such as %s", o.out, filepath.Join(o.out, p.Name()))
		}
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return "", usagef("--out %s: there is no folder %s; make it, or name another file", o.out, folder)
		}
		return o.out, o.place(ctx, folder, ".", name, p.Data)
	}
	inside := filepath.Join(packageFolder, o.env)
	return filepath.Join(o.dir, inside, p.Name()), o.place(ctx, o.dir, inside, p.Name(), p.Data)
}

// place writes a file into a folder inside another, out of which no link leads it.
func (o *packageOptions) place(ctx context.Context, dir, inside, name string, data []byte) error {
	if o.dryRun {
		return nil
	}
	err := ctx.Err()
	if err == nil {
		err = replaceFile(dir, inside, name, data)
	}
	if err != nil {
		return fmt.Errorf("writing the package: %w", err)
	}
	return nil
}

func (o *packageOptions) packageResult(p *pack.Package, file string) packageResult {
	sum := sha256.Sum256(p.Data)
	r := packageResult{
		Dir: o.dir, Environment: o.env, File: file, Workload: p.Workload, Version: p.Version, Size: len(p.Data),
		SHA256: hex.EncodeToString(sum[:]), DryRun: o.dryRun, Entries: []string{}, Notes: []problem{},
	}
	for _, e := range p.Entries {
		r.Entries = append(r.Entries, e.Name)
	}
	for _, n := range p.Notes {
		r.Notes = append(r.Notes, problem(n))
	}
	return r
}

func printPackage(w io.Writer, o *packageOptions, r packageResult) {
	what := fmt.Sprintf("%s %s for %s, %d entries, %d bytes, SHA-256 %s", r.Workload, r.Version, r.Environment,
		len(r.Entries), r.Size, r.SHA256)
	switch {
	case o.dryRun:
		fmt.Fprintf(w, "%s: %s (dry run: nothing was written)\n", r.File, what)
	case !o.quiet:
		fmt.Fprintf(w, "%s: %s\n", r.File, what)
	}
}
