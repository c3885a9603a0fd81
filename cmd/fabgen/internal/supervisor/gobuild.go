package supervisor

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// GoBuild builds a package of a Go module.
type GoBuild struct {
	Dir     string   // of the module
	Package string   // such as ./cmd/server
	Binary  string   // the file to write. It may run: its process keeps what it was started with
	Tag     string   // a build tag beside those of GOFLAGS; "" adds none
	Env     []string // as of Command
}

// Step is the step that builds. The first time has all dependencies to compile, and gives way to what is done beside it.
func (b GoBuild) Step() *Step {
	first := true
	return &Step{Name: "go build", Run: func(ctx context.Context, out io.Writer) error {
		yields := first
		first = false
		return b.run(ctx, out, yields)
	}}
}

// Run builds.
func (b GoBuild) Run(ctx context.Context, out io.Writer) error { return b.run(ctx, out, false) }

func (b GoBuild) run(ctx context.Context, out io.Writer, yields bool) error {
	args := []string{"go", "build", "-o", b.Binary}
	if b.Tag != "" {
		tags, err := b.tags(ctx)
		if err != nil {
			return err
		}
		args = append(args, "-tags="+tags)
	}
	return Command{Args: append(args, b.Package), Dir: b.Dir, Env: b.Env, Yields: yields}.Run(ctx, out)
}

var goTags = regexp.MustCompile(`(?:^|[\s'"])--?tags=([^\s'"]*)`)

// tags has those of GOFLAGS too: the flag alone would take their place.
func (b GoBuild) tags(ctx context.Context) (string, error) {
	var flags bytes.Buffer
	if err := (Command{Args: []string{"go", "env", "GOFLAGS"}, Dir: b.Dir, Env: b.Env}).Run(ctx, &flags); err != nil {
		if said := strings.TrimSpace(flags.String()); said != "" {
			err = fmt.Errorf("%w: %s", err, said)
		}
		return "", fmt.Errorf("asking the go command for its GOFLAGS: %w", err)
	}
	tags := []string{b.Tag}
	if all := goTags.FindAllStringSubmatch(flags.String(), -1); len(all) > 0 { // the last one counts
		tags = append(tags, all[len(all)-1][1])
	}
	return strings.Join(tags, ","), nil
}
