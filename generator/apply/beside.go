package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/generator/plan"
)

// left are folders that tools fill, and that no build needs from another one.
var left = []string{".git", "node_modules", "dist", "coverage", "data"}

// Beside writes what folders of the workload, such as backend, would hold once the plan is carried out into another
// folder, to, which is there and empty. The workload stays as it is. Symbolic links and what tools have made are left
// out.
func Beside(ctx context.Context, p *plan.Plan, to string, folders ...string) error {
	from, err := os.OpenRoot(p.Dir)
	if err != nil {
		return err
	}
	defer from.Close()
	into, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer into.Close()
	b := beside{from, into, map[string]bool{}}
	for _, folder := range folders {
		if err := b.copy(ctx, p, folder); err != nil {
			return fmt.Errorf("copying %s: %w", path.Join(p.Dir, folder), err)
		}
	}
	return nil
}

type beside struct {
	from, into *os.Root
	made       map[string]bool
}

// copy writes one folder: what the plan writes there, and what it leaves.
func (b beside) copy(ctx context.Context, p *plan.Plan, folder string) error {
	planned := map[string]bool{}
	for _, a := range p.Actions {
		if !a.Kind.Touches() || !strings.HasPrefix(a.Path, folder+"/") {
			continue
		}
		planned[a.Path] = true
		if a.Kind.Writes() {
			if err := b.write(a.Path, a.Data, a.Mode); err != nil {
				return err
			}
		}
	}
	err := fs.WalkDir(b.from.FS(), folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir() && slices.Contains(left, d.Name()):
			return fs.SkipDir
		case d.IsDir(), !d.Type().IsRegular(), planned[name]:
			return nil
		}
		data, err := fs.ReadFile(b.from.FS(), name)
		if err != nil {
			return err
		}
		return b.write(name, data, 0o644)
	})
	if errors.Is(err, fs.ErrNotExist) { // the plan alone has it
		return nil
	}
	return err
}

func (b beside) write(name string, data []byte, mode fs.FileMode) error {
	if dir := path.Dir(name); !b.made[dir] {
		if err := b.into.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		b.made[dir] = true
	}
	return b.into.WriteFile(name, data, mode)
}
