package render

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/templates"
)

// Data is what a template sees as its dot: the model, and the one thing that the file is for.
type Data struct {
	*model.Model
	Env      *model.Environment // the default environment, unless the path has {env}
	Item     *model.Item
	Route    *model.Route
	Resource *model.Resource
}

// Render gives every file of the workload, sorted by path. runtimeSource holds the runtime's packages, one folder
// each. An error names the template, its line and what is wrong. Rendering uses every core and stops with ctx.
func Render(ctx context.Context, m *model.Model, runtimeSource fs.FS) ([]File, error) {
	return renderTree(ctx, templates.FS, rules(), m, runtimeSource)
}

func renderTree(ctx context.Context, tree fs.FS, table []rule, m *model.Model, runtimeSource fs.FS) ([]File, error) {
	s, err := newSet(tree)
	if err != nil {
		return nil, err
	}
	files, err := s.renderAll(ctx, expandAll(table, m))
	if err != nil {
		return nil, err
	}
	copies, err := runtimeFiles(runtimeSource)
	if err != nil {
		return nil, err
	}
	files = append(files, copies...)
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return files, checkPaths(files)
}

// renderAll renders the jobs in parallel; each writes its own place of the result.
func (s *set) renderAll(ctx context.Context, jobs []job) ([]File, error) {
	files := make([]File, len(jobs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, j := range jobs {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			data, err := s.render(j)
			files[i] = File{
				Path: j.path, Data: data, Class: j.Class, Template: j.Path, Mode: cmp.Or(j.Mode, fs.FileMode(0o644)),
			}
			return err
		})
	}
	return files, group.Wait()
}

func (s *set) render(j job) ([]byte, error) {
	if j.Draw != nil {
		return j.Draw(j.data), nil
	}
	if data, ok := s.copied[j.Path]; ok {
		return data, nil
	}
	t := s.templates.Lookup(j.Path)
	if t == nil {
		return nil, fmt.Errorf("rendering %s: the table names the template %s, which is not there", j.path, j.Path)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, j.data); err != nil {
		return nil, fmt.Errorf("rendering %s: %w", j.path, err)
	}
	data, err := tidy(j.path, out.Bytes())
	if err != nil {
		return nil, s.explain(j, out.Bytes(), err)
	}
	return data, nil
}

// explain names the template's line for a rendering that does not parse, and shows the rendered one.
func (s *set) explain(j job, rendered []byte, err error) error {
	var syntax *syntaxError
	if !errors.As(err, &syntax) || syntax.line == 0 {
		return fmt.Errorf("rendering %s from the template %s%s: %w", j.path, j.Path, templateSuffix, err)
	}
	line := s.templateLine(j.Path, j.data, syntax.line)
	shown := strings.TrimSpace(nthLine(rendered, syntax.line))
	return fmt.Errorf("rendering %s from the template %s%s, line %d, which gave %q: %w",
		j.path, j.Path, templateSuffix, line, shown, err)
}

func nthLine(data []byte, n int) string {
	lines := strings.SplitN(string(data), "\n", n+1)
	if n > len(lines) {
		return ""
	}
	return lines[n-1]
}

// checkPaths holds what every later stage relies on: paths inside the folder, each once.
func checkPaths(files []File) error {
	for i, f := range files {
		if !fs.ValidPath(f.Path) || path.Clean(f.Path) != f.Path || strings.Contains(f.Path, `\`) {
			return fmt.Errorf("rendering: the template %s gives the path %q, which is not inside the workload's folder",
				f.Template, f.Path)
		}
		if i > 0 && files[i-1].Path == f.Path {
			return fmt.Errorf("rendering: the templates %s and %s both give %s", files[i-1].Template, f.Template, f.Path)
		}
	}
	return nil
}
